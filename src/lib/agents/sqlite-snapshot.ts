import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  statSync,
  writeSync,
} from "node:fs";
import { systemCode } from "../errors.js";
import { isPlainFile } from "./plain-file.js";

/** https://www.sqlite.org/fileformat2.html#the_write_ahead_log */
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC = 0x377f0682;
/** Where the header of a database says that it has a log. */
const LOG_MARKS = 18;
const PATIENCE_MS = 5_000;

/**
 * Copies a database with what stands in its log. It takes no lock and writes nothing beside the original; if a writer
 * moved its log into the database meanwhile, it copies again.
 * @throws Error `EBUSY` if that happens all the time
 */
export const snapshot = (path: string, copy: string): void => {
  for (const end = Date.now() + PATIENCE_MS; ;) {
    const before = markOf(path);
    copyFileSync(path, copy, constants.COPYFILE_FICLONE);
    // The original may be one that nobody may write to.
    chmodSync(copy, 0o600);
    const descriptor = openSync(copy, "r+");
    try {
      applyLog(`${path}-wal`, descriptor);
      writeSync(descriptor, Buffer.from([1, 1]), 0, 2, LOG_MARKS);
    } finally {
      closeSync(descriptor);
    }
    if (markOf(path) === before) return;
    if (Date.now() > end) throw busy();
  }
};

const busy = (): Error =>
  Object.assign(new Error("The database changes all the time."), { code: "EBUSY", syscall: "copyfile" });

/**
 * What changes whenever the database itself may have: with a log, when the log begins again; without one, when the
 * database is written to.
 */
const markOf = (path: string): string => {
  const header = withFile(`${path}-wal`, (log) => bytesAt(log, 0, HEADER_BYTES));
  if (header && header.length === HEADER_BYTES) return header.toString("hex");
  const { mtimeNs, size } = statSync(path, { bigint: true });
  return `${mtimeNs} ${size}`;
};

const withFile = <Result>(path: string, use: (descriptor: number) => Result): Result | undefined => {
  if (!isPlainFile(path)) return undefined;
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
};

const bytesAt = (descriptor: number, at: number, length: number): Buffer => {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(descriptor, bytes, 0, length, at));
};

const applyLog = (path: string, copy: number): void => {
  withFile(path, (log) => {
    const { pages, count, pageBytes } = committedPages(log);
    for (const [page, at] of pages) {
      writeSync(copy, bytesAt(log, at, pageBytes), 0, pageBytes, (page - 1) * pageBytes);
    }
    if (count > 0 && fstatSync(copy).size > count * pageBytes) ftruncateSync(copy, count * pageBytes);
  });
};

interface Committed {
  /** Where in the log the newest committed content of a page is. */
  pages: Map<number, number>;
  /** Pages of the database after the last commit; 0 without one. */
  count: number;
  pageBytes: number;
}

/** Frames count up to the last commit before the first one that is not whole, or of an older round. */
const committedPages = (log: number): Committed => {
  const header = bytesAt(log, 0, HEADER_BYTES);
  const committed: Committed = { pages: new Map(), count: 0, pageBytes: 0 };
  if (header.length < HEADER_BYTES || (header.readUInt32BE(0) & ~1) >>> 0 !== MAGIC) return committed;
  const sum = checksum((header.readUInt32BE(0) & 1) === 1);
  sum.add(header, 0, 24);
  if (!sum.equals(header, 24)) return committed;
  committed.pageBytes = header.readUInt32BE(8);
  const frameBytes = FRAME_HEADER_BYTES + committed.pageBytes;
  const open = new Map<number, number>();
  for (let at = HEADER_BYTES; ; at += frameBytes) {
    const frame = bytesAt(log, at, frameBytes);
    if (frame.length < frameBytes || !frame.subarray(8, 16).equals(header.subarray(16, 24))) break;
    sum.add(frame, 0, 8);
    sum.add(frame, FRAME_HEADER_BYTES, frameBytes);
    if (!sum.equals(frame, 16)) break;
    open.set(frame.readUInt32BE(0), at + FRAME_HEADER_BYTES);
    const count = frame.readUInt32BE(4);
    if (count === 0) continue;
    for (const [page, place] of open) committed.pages.set(page, place);
    open.clear();
    committed.count = count;
  }
  return committed;
};

/** Runs on from the header through all frames. */
const checksum = (bigEndian: boolean) => {
  let one = 0;
  let two = 0;
  return {
    add: (bytes: Buffer, from: number, to: number): void => {
      for (let at = from; at < to; at += 8) {
        const [a, b] = bigEndian
          ? [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)]
          : [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)];
        one = (one + a + two) >>> 0;
        two = (two + b + one) >>> 0;
      }
    },
    equals: (bytes: Buffer, at: number): boolean =>
      bytes.readUInt32BE(at) === one && bytes.readUInt32BE(at + 4) === two,
  };
};
