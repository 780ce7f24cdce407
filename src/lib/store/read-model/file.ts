import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { writeWhole } from "../../system/whole-file.js";
import { daysOfLine } from "./days.js";
import type { ReadModel } from "./read-model.js";

/** What the first line begins with; another number is another way to write what follows. */
const FORMAT = "aicost read model 2";

/** The line below the first: everything but the days, and how long the line of each month is. */
interface Head extends Omit<ReadModel, "months"> {
  months: [month: string, bytes: number][];
}

export const modelFile = (dataDir: string): string => join(dataDir, "read-model");

/** Null if there is none that is whole. */
export const readModel = (file: string): ReadModel | null => {
  const bytes = contentOf(file);
  if (bytes === null) return null;
  const start = bytes.indexOf("\n") + 1;
  const body = bytes.subarray(start);
  if (bytes.toString("latin1", 0, start) !== firstLine(body)) return null;
  const headEnd = body.indexOf("\n");
  const { months, ...head } = JSON.parse(body.toString("utf8", 0, headEnd)) as Head;
  let at = headEnd + 1;
  const lines = months.map(([month, length]): [string, ReturnType<typeof daysOfLine>] => {
    const line = body.subarray(at, at + length);
    at += length + 1;
    return [month, daysOfLine(line)];
  });
  return { ...head, months: new Map(lines) };
};

/** Whole or not at all. If it cannot be written, the next command asks the database instead. */
export const writeModel = (file: string, { months, ...rest }: ReadModel): void => {
  const head: Head = {
    ...rest,
    months: [...months].map(([month, { text }]) => [month, Buffer.byteLength(text)]),
  };
  const lines = [JSON.stringify(head), ...[...months.values()].map(({ text }) => text), ""];
  const body = Buffer.from(lines.join("\n"));
  try {
    writeWhole(file, Buffer.concat([Buffer.from(firstLine(body)), body]));
  } catch {
    // Only a faster answer is lost.
  }
};

/**
 * What was cut or changed below it is noticed. A person who can write this file can write to the database too, so it
 * guards only against accidents, and Node is slow to load what guards against more.
 */
const firstLine = (body: Uint8Array): string =>
  `${FORMAT}, crc32 ${crc32(body).toString(16).padStart(8, "0")}, ${body.length} bytes\n`;

const contentOf = (file: string): Buffer | null => {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
};
