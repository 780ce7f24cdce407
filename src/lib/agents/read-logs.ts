import { setImmediate } from "node:timers/promises";
import type { Agent, LogFile, LogReader, Place, Reading } from "./agent.js";
import type { AgentCall } from "./call.js";
import { findFiles } from "./find-files.js";
import { AGENTS } from "./index.js";
import { Calls } from "./merge.js";
import type { Problem } from "./problem.js";
import { readFile } from "./read-file.js";
import { type AgentState, type FileState, type LogState, pending } from "./state.js";
import { isUnchanged, stampOf } from "./stamp.js";

export interface LogReading {
  agents: AgentReading[];
  /** What is to be kept once the calls are stored: see `labelled` and `saveState`. */
  state: LogState;
}

export interface AgentReading {
  agent: Agent;
  /** Whether it has logs on this machine, changed or not. */
  found: boolean;
  /** What is new or has grown since the reading before, each call once. */
  calls: AgentCall[];
  /** Keys that turn out to be no calls of their own: an earlier reading may have given them. */
  withdrawn: string[];
  /** How many logs there are. */
  files: number;
  /** RFC 3339: when one of them was last written to. */
  newest: string | null;
  problems: Problem[];
  /** After how many days the agent deletes its own logs; null if it never does. */
  deletesAfterDays: number | null;
}

export interface ReadOptions {
  /** Ids of agents; all without it. */
  only?: readonly string[];
  onProgress?: (progress: Progress) => void;
}

export interface Progress {
  agent: Agent;
  /** Files done, and files that are to be read. */
  done: number;
  of: number;
}

/** Reads what the logs of coding agents have that was not read before. Nothing is written, least of all beside the logs. */
export const readLogs = async (
  where: Place,
  before: LogState,
  options: ReadOptions = {},
): Promise<LogReading> => {
  const state: LogState = { agents: new Map(before.agents) };
  const agents: AgentReading[] = [];
  for (const agent of AGENTS as readonly Agent[]) {
    if (options.only && !options.only.includes(agent.id)) continue;
    const known = before.agents.get(agent.id) ?? { files: new Map<string, FileState>(), carry: undefined };
    const { reading, after } = await readAgent(agent, where, known, options.onProgress);
    agents.push(reading);
    if (after.files.size > 0 || after.carry !== undefined) state.agents.set(agent.id, after);
    else state.agents.delete(agent.id);
  }
  return { agents, state };
};

const readAgent = async (
  agent: Agent,
  place: Place,
  before: AgentState,
  onProgress: ReadOptions["onProgress"],
): Promise<{ reading: AgentReading; after: AgentState }> => {
  const { files, problems } = findFiles(agent, place);
  const { calls, withdrawn, reading } = emptyReading(place, files, before.carry);
  const reader = agent.begin(reading);
  const { unchanged, changed, newest } = compare(files, before, reader);
  const after = new Map(unchanged);
  for (const [done, { file, known }] of changed.entries()) {
    onProgress?.({ agent, done, of: changed.length });
    const read = await readFile(agent, reader, file, known);
    problems.push(...read.problems);
    if (read.state) after.set(file.path, { ...read.state, scans: pending(known?.scans ?? []) });
    // Lets Ctrl+C and a progress bar have their turn.
    if (done % FILES_A_TURN === 0) await setImmediate();
  }
  const carry = reader.end() ?? undefined;
  return {
    reading: {
      agent,
      found: unchanged.length + changed.length > 0,
      calls: calls.list(),
      withdrawn: [...withdrawn].filter((key) => !calls.has(key)),
      files: unchanged.length + changed.length,
      newest: newest > 0n ? new Date(Number(newest / NANOSECONDS_A_MS)).toISOString() : null,
      problems,
      deletesAfterDays: agent.deletesAfterDays(place),
    },
    after: { files: after, carry },
  };
};

const FILES_A_TURN = 64;
const NANOSECONDS_A_MS = 1_000_000n;

const emptyReading = (place: Place, files: readonly LogFile[], carry: unknown) => {
  const calls = new Calls();
  const withdrawn = new Set<string>();
  const reading: Reading = {
    place,
    files,
    carry,
    call: (call) => calls.add(call),
    withdraw: (key) => {
      calls.delete(key);
      withdrawn.add(key);
    },
  };
  return { calls, withdrawn, reading };
};

interface Compared {
  unchanged: [path: string, state: FileState][];
  changed: { file: LogFile; known: FileState | undefined }[];
  /** Nanoseconds since 1970. */
  newest: bigint;
}

/** No file is opened for it. */
const compare = (files: readonly LogFile[], before: AgentState, reader: LogReader): Compared => {
  const compared: Compared = { unchanged: [], changed: [], newest: 0n };
  for (const file of files) {
    const stamp = stampOf(file);
    if (!stamp) continue;
    if (stamp.newest > compared.newest) compared.newest = stamp.newest;
    const known = before.files.get(file.path);
    const again = known !== undefined && (reader.again?.(file, known.carry) ?? false);
    if (known && !again && isUnchanged(stamp, known)) compared.unchanged.push([file.path, known]);
    // Without the place where the last reading stopped, it is read whole.
    else compared.changed.push({ file, known: again ? { ...known, offset: 0, hash: "" } : known });
  }
  return compared;
};
