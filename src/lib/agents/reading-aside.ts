import { on } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { keepHeapSmall } from "../system/memory.js";
import { PACKAGE_ROOT } from "../system/package-root.js";
import type { Agent, LogFile, LogReader } from "./agent.js";
import { type FileReading, unread } from "./read-file.js";
import type { FileState } from "./state.js";

/** What runs is the built program, also where this file is run from `src`. */
const PROGRAM = join(PACKAGE_ROOT, "dist/lib/agents/reading-thread.js");

/** Room for young objects: with more of it the thread is no faster. */
const YOUNG_MB = 4;

/** A log that is to be read, and what is known of it. */
export interface Log {
  file: LogFile;
  known: FileState | undefined;
}

/** What the thread is told. */
export interface Task {
  agent: string;
  logs: readonly Log[];
  /** The place of the next log that nobody reads yet, which both threads take theirs from. */
  next: Int32Array;
}

/** What the thread sends: a log that it has read, or that the list is done. */
export type Said = { log: SiftedLog } | "end";

export interface SiftedLog extends FileReading {
  /** In the list of logs. */
  place: number;
  /** It was read from where the reading before stopped. */
  goesOn: boolean;
  /** What was sifted of its lines, as JSON. */
  values: string;
  /** How many of them are of lines that are complete. */
  whole: number;
}

/** Reads logs in another thread, which takes them from the same list, and calls `use` for each. Resolves when the list is done. */
export const readAside = async (
  agent: Agent,
  { logs, next, use }: { logs: readonly Log[]; next: Int32Array; use: (log: SiftedLog) => void },
): Promise<void> => {
  const thread = new Worker(PROGRAM, {
    workerData: { agent: agent.id, logs: logs.map(withoutCarry), next } satisfies Task,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  thread.once("online", keepHeapSmall);
  try {
    for await (const [said] of on(thread, "message") as AsyncIterable<[Said]>) {
      if (said === "end") return;
      use(said.log);
    }
  } finally {
    await thread.terminate();
  }
};

/** The thread only says whether it would go on with it. */
const withoutCarry = ({ file, known }: Log): Log => ({ file, known: known && { ...known, carry: true } });

/** Gives what was sifted of a log to its reader. @returns as `readFile` */
export const useSifted = (reader: LogReader, log: Log, sifted: SiftedLog): FileReading => {
  try {
    return used(reader, log, sifted);
  } catch (error) {
    return unread(log.file, error);
  }
};

const used = (
  reader: LogReader,
  { file, known }: Log,
  { goesOn, values, whole, state, problems }: SiftedLog,
): FileReading => {
  const fileReader = reader.open(file, goesOn ? known?.carry : undefined);
  const sifted = JSON.parse(values) as unknown[];
  const give = (value: unknown): void => fileReader.value?.(value);
  sifted.slice(0, whole).forEach(give);
  const carry: unknown = structuredClone(fileReader.carry?.());
  sifted.slice(whole).forEach(give);
  return { ...(state && { state: { ...state, carry } }), problems };
};
