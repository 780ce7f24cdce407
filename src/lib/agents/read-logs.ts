import { setImmediate } from "node:timers/promises";
import type { Agent, LogFile, LogReader, Place, Reading } from "./agent.js";
import type { AgentCall } from "./call.js";
import { findFiles } from "./find-files.js";
import { AGENTS } from "./index.js";
import { Calls } from "./merge.js";
import type { Problem } from "./problem.js";
import { type FileReading, readFile } from "./read-file.js";
import { type Log, readAside, type SiftedLog, useSifted } from "./reading-aside.js";
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
  let done = 0;
  await readChanged(agent, reader, changed, ({ file, known }, read) => {
    onProgress?.({ agent, done: done++, of: changed.length });
    problems.push(...read.problems);
    if (read.state) after.set(file.path, { ...read.state, scans: pending(known?.scans ?? []) });
  });
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

const NANOSECONDS_A_MS = 1_000_000n;

/** Reads logs, much of it in two threads. */
const readChanged = async (
  agent: Agent,
  reader: LogReader,
  changed: readonly Changed[],
  take: (log: Log, read: FileReading) => void,
): Promise<void> => {
  const next = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const use = (log: SiftedLog): void => {
    const of = changed[log.place] as Changed;
    take(of, useSifted(reader, of, log));
  };
  const isMuch = agent.sift !== undefined && changed.reduce((sum, { bytes }) => sum + bytes, 0) > MUCH;
  const readHere = async (): Promise<void> => {
    for (let place; (place = Atomics.add(next, 0, 1)) < changed.length;) {
      const log = changed[place] as Changed;
      take(log, await readFile(agent, reader, log.file, log.known));
      // Lets Ctrl+C, a progress bar and the other thread have their turn.
      if (isMuch || place % FILES_A_TURN === 0) await setImmediate();
    }
  };
  await Promise.all([isMuch && readAside(agent, { logs: changed, next, use }), readHere()]);
};

const FILES_A_TURN = 64;

/** So many bytes take longer to read than a thread to start. */
const MUCH = 50_000_000;

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

interface Changed extends Log {
  /** How much of it is to be read, at least. */
  bytes: number;
}

interface Compared {
  unchanged: [path: string, state: FileState][];
  changed: Changed[];
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
    else {
      const from = again ? { ...known, offset: 0, hash: "" } : known;
      compared.changed.push({ file, known: from, bytes: Math.max(0, stamp.size - (from?.offset ?? 0)) });
    }
  }
  return compared;
};
