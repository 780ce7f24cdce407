import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "vitest";
import type { Place } from "../../src/lib/agents/agent.js";
import type { AgentCall } from "../../src/lib/agents/call.js";
import { mergeCall } from "../../src/lib/agents/merge.js";
import { type AgentReading, type LogReading, readLogs } from "../../src/lib/agents/read-logs.js";
import { emptyState, type LogState } from "../../src/lib/agents/state.js";

export const SAMPLES = path.join(import.meta.dirname, "../samples/agents");

const made: string[] = [];
afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is removed after the tests of the file. */
export const newFolder = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), "aicost-agents-"));
  made.push(folder);
  return folder;
};

/** A copy of the samples: opening their database in place would spoil them. */
export const sampleHome = (): string => {
  const home = newFolder();
  cpSync(path.join(SAMPLES, "home"), home, { recursive: true });
  return home;
};

export const placeOf = (home: string): Place => ({ env: {}, home, platform: "linux" });

/** What is stored after some scans: what each gives is merged into what is there. */
export class Stored {
  readonly calls = new Map<string, AgentCall>();
  state: LogState = emptyState();

  async scan(home: string, only?: readonly string[]): Promise<LogReading> {
    const reading = await readLogs(placeOf(home), this.state, only ? { only } : {});
    for (const agent of reading.agents) this.store(agent);
    this.state = reading.state;
    return reading;
  }

  store({ agent, calls, withdrawn }: AgentReading): void {
    for (const key of withdrawn) this.calls.delete(`${agent.id} ${key}`);
    for (const call of calls) {
      const id = `${agent.id} ${call.key}`;
      const known = this.calls.get(id);
      this.calls.set(id, known ? mergeCall(known, call) : call);
    }
  }

  /** In the order of their keys, each with its agent. */
  list(): (AgentCall & { agent: string })[] {
    return [...this.calls]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([id, call]) => ({ agent: id.split(" ")[0]!, ...call }));
  }
}

/** All calls of a home, in one scan. */
export const callsOf = async (home: string, only?: readonly string[]): Promise<Stored> => {
  const stored = new Stored();
  await stored.scan(home, only);
  return stored;
};
