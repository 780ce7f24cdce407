import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { systemCode } from "../errors.js";
import { jsonIn } from "../system/json.js";
import type { Agent, FileReader, LogFile, LogReader } from "./agent.js";
import { chunksOf, eachMarkedLine, ENDING_BYTES } from "./lines.js";
import type { Problem } from "./problem.js";
import { withDatabase } from "./sqlite.js";
import { type Stamp, stampOf } from "./stamp.js";
import type { FileState } from "./state.js";
import { unzstd } from "./zstd.js";

export interface FileReading {
  /** Undefined if the file is gone, or could not be read: the next reading tries it again. */
  state?: Omit<FileState, "scans">;
  problems: Problem[];
}

/** Reads a log from where the reading before stopped, or whole if it is another file now. */
export const readFile = async (
  agent: Agent,
  reader: Pick<LogReader, "open">,
  file: LogFile,
  known: FileState | undefined,
): Promise<FileReading> => {
  try {
    // From before it is read: what is written meanwhile makes it a changed file in the next reading.
    const stamp = stampOf(file);
    return stamp ? await READERS[file.kind]({ agent, reader, file, known, stamp }) : { problems: [] };
  } catch (error) {
    return unread(file, error);
  }
};

/** What to tell of a log because of an error; nothing if something vanished while it was read. */
export const unread = (file: LogFile, error: unknown): FileReading => {
  const code = systemCode(error);
  if (code === "ENOENT") return { problems: [] };
  return { problems: [{ file: file.path, says: `It could not be read (${code ?? "damaged"}).` }] };
};

interface Job {
  agent: Agent;
  reader: Pick<LogReader, "open">;
  file: LogFile;
  known: FileState | undefined;
  stamp: Stamp;
}

const readLines = ({ agent, reader, file, known, stamp }: Job): FileReading => {
  const descriptor = openSync(file.path, "r");
  try {
    const from = known && continues(descriptor, known, stamp) ? known.offset : 0;
    const fileReader = reader.open(file, from > 0 ? known?.carry : undefined);
    const lines = useLines(agent, file, fileReader, chunksOf(descriptor, from));
    if (lines.badAt !== undefined && lines.problem)
      lines.problem.line = lineAt(descriptor, from + lines.badAt);
    const offset = from + lines.length;
    const hash =
      lines.length > 0
        ? hashOf(lines.end.length < ENDING_BYTES ? endingAt(descriptor, offset) : lines.end)
        : (known?.hash ?? "");
    return {
      state: { ...stampState(stamp), offset, hash: offset === 0 ? "" : hash, carry: lines.carry },
      problems: lines.problem ? [lines.problem] : [],
    };
  } finally {
    closeSync(descriptor);
  }
};

const stampState = ({ size, mtime, inode }: Stamp) => ({ size, mtime, inode });

/** The same file that only became longer. */
const continues = (descriptor: number, known: FileState, stamp: Stamp): boolean =>
  known.offset > 0 &&
  stamp.inode === known.inode &&
  stamp.size >= known.offset &&
  hashOf(endingAt(descriptor, known.offset)) === known.hash;

const endingAt = (descriptor: number, offset: number): Buffer => {
  const ending = Buffer.alloc(Math.min(ENDING_BYTES, offset));
  const read = readSync(descriptor, ending, 0, ending.length, offset - ending.length);
  return ending.subarray(0, read);
};

const hashOf = (bytes: Uint8Array): string =>
  createHash("sha256").update(bytes).digest("base64").slice(0, 16);

interface Lines {
  length: number;
  end: Uint8Array;
  carry: unknown;
  /** Of the first line that is not JSON: where it begins. */
  badAt: number | undefined;
  problem: Problem | undefined;
}

const useLines = (agent: Agent, file: LogFile, reader: FileReader, chunks: Iterable<Buffer>): Lines => {
  let badAt: number | undefined;
  let bad = 0;
  const spoilt = (at: number): void => {
    bad += 1;
    badAt ??= at;
  };
  const use = (line: unknown): void => {
    const value = agent.sift ? agent.sift(line) : line;
    if (value !== undefined) reader.value?.(value);
  };
  let carry: unknown;
  const { length, end } = eachMarkedLine(chunks, {
    marks: agent.marks,
    line: (text, at) => {
      const line = jsonIn(text);
      if (line === undefined) spoilt(at);
      else use(line);
    },
    tooLong: spoilt,
    // A last line that is being written counts if it is whole, and is read again with its end.
    tail: (tail) => {
      carry = structuredClone(reader.carry?.());
      if (agent.marks.every((mark) => !tail.includes(mark))) return;
      const line = jsonIn(tail.toString("utf8"));
      if (line !== undefined) use(line);
    },
  });
  return {
    length,
    end,
    carry,
    badAt,
    problem: bad === 0 ? undefined : { file: file.path, says: badLines(bad) },
  };
};

const badLines = (count: number): string =>
  count === 1
    ? "A line is not JSON. It was passed over."
    : `${count} lines are not JSON. They were passed over.`;

/** Which line begins at this byte; the first is 1. */
const lineAt = (descriptor: number, offset: number): number => {
  let line = 1;
  let left = offset;
  for (const chunk of chunksOf(descriptor, 0)) {
    const part = chunk.subarray(0, left);
    for (let at = part.indexOf(10); at !== -1; at = part.indexOf(10, at + 1)) line += 1;
    left -= part.length;
    if (left === 0) break;
  }
  return line;
};

const readCompressed = ({ agent, reader, file, stamp }: Job): FileReading => {
  const descriptor = openSync(file.path, "r");
  try {
    const fileReader = reader.open(file, undefined);
    const { carry, problem } = useLines(agent, file, fileReader, unzstd(chunksOf(descriptor, 0)));
    return {
      state: { ...stampState(stamp), offset: 0, hash: "", carry },
      problems: problem ? [problem] : [],
    };
  } finally {
    closeSync(descriptor);
  }
};

/** Agents write these whole: while one is being written it is not JSON yet, and is looked at again. */
const readJson = ({ reader, file, known, stamp }: Job): FileReading => {
  const value = jsonIn(readFileSync(file.path, "utf8"));
  if (value === undefined) return { problems: [{ file: file.path, says: "It is not JSON." }] };
  const fileReader = reader.open(file, known?.carry);
  fileReader.value?.(value);
  return {
    state: { ...stampState(stamp), offset: 0, hash: "", carry: fileReader.carry?.() },
    problems: [],
  };
};

const readDatabase = async ({ reader, file, known, stamp }: Job): Promise<FileReading> => {
  const fileReader = reader.open(file, known?.inode === stamp.inode ? known.carry : undefined);
  await withDatabase(file.path, (database) => fileReader.database?.(database));
  return {
    state: { ...stampState(stamp), offset: 0, hash: "", carry: fileReader.carry?.() },
    problems: [],
  };
};

const READERS = {
  lines: readLines,
  "zstd-lines": readCompressed,
  json: readJson,
  database: readDatabase,
};
