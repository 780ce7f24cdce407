import { readSync } from "node:fs";

const NEWLINE = 10;
const CHUNK_BYTES = 4 * 1024 * 1024;
/** A longer line is passed over. */
const LONGEST_LINE = 512 * 1024 * 1024;

/** Buffers that no file needs at the moment: one suffices, unless one log leads to another. */
const free: Buffer[] = [];

/** A file's bytes from a place on, in pieces. A piece holds until the next one is asked for. */
export function* chunksOf(descriptor: number, from: number): Generator<Buffer> {
  const buffer = free.pop() ?? Buffer.allocUnsafe(CHUNK_BYTES);
  try {
    for (let at = from; ;) {
      const read = readSync(descriptor, buffer, 0, buffer.length, at);
      if (read === 0) return;
      at += read;
      yield buffer.subarray(0, read);
    }
  } finally {
    free.push(buffer);
  }
}

export interface LineUse {
  /** A line is parsed only if it has one of these in it. */
  marks: readonly string[];
  /** @param at where the line begins, in bytes from the first chunk */
  line: (text: string, at: number) => void;
  /** Is told of each complete line, with its end, that was too long. */
  tooLong: (at: number) => void;
  /** All complete lines are through. @param tail what stands after the last of them, marked or not */
  tail: (tail: Buffer) => void;
}

/**
 * Finds the lines of chunks that have a mark, in large pieces: most bytes of a log are of no interest, and are only
 * searched. @returns the length of all complete lines, and the last 64 bytes of them
 */
export const eachMarkedLine = (
  chunks: Iterable<Buffer>,
  use: LineUse,
): { length: number; end: Uint8Array } => {
  const marks = use.marks.map((mark) => Buffer.from(mark));
  let rest: Buffer = Buffer.alloc(0);
  let end: Uint8Array = rest;
  let length = 0;
  let isTooLong = false;
  for (const chunk of chunks) {
    const piece = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const newlines = piece.lastIndexOf(NEWLINE) + 1;
    // What is left of a line that is too long counts as a line without marks.
    const from = isTooLong && newlines > 0 ? piece.indexOf(NEWLINE) + 1 : 0;
    const lines = piece.subarray(from, newlines);
    const start = length + from;
    markedLines(lines, marks, (at, to) => use.line(lines.toString("utf8", at, to), start + at));
    length += newlines;
    if (newlines > 0) {
      end = Uint8Array.from(piece.subarray(Math.max(0, newlines - ENDING_BYTES), newlines));
      isTooLong = false;
    }
    rest = Buffer.from(piece.subarray(newlines));
    if (rest.length <= LONGEST_LINE && !isTooLong) continue;
    if (!isTooLong) use.tooLong(length);
    isTooLong = true;
    length += rest.length;
    rest = Buffer.alloc(0);
  }
  use.tail(rest);
  return { length, end };
};

/** How many bytes before a place tell whether a file is still the same up to there. */
export const ENDING_BYTES = 64;

const markedLines = (
  lines: Buffer,
  marks: readonly Buffer[],
  found: (from: number, to: number) => void,
): void => {
  const next = marks.map((mark) => lines.indexOf(mark));
  for (let at = 0; at < lines.length;) {
    let first = -1;
    for (const [index, mark] of marks.entries()) {
      let place = next[index] ?? -1;
      if (place !== -1 && place < at) place = next[index] = lines.indexOf(mark, at);
      if (place !== -1 && (first === -1 || place < first)) first = place;
    }
    if (first === -1) return;
    const from = lines.lastIndexOf(NEWLINE, first) + 1;
    const to = lines.indexOf(NEWLINE, first);
    found(from, to);
    at = to + 1;
  }
};
