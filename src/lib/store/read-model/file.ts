import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { writeWhole } from "../../system/whole-file.js";
import { daysOfLine } from "./days.js";
import type { ByMonth, ReadModel } from "./read-model.js";

/** What the first line begins with; another number is another way to write what follows. */
const FORMAT = "aicost read model 5";

/** How long the line of each month is, in bytes. */
type Lengths = [month: string, bytes: number][];

/** The line below the first: everything but the days. Below it stand `months`, `who.days` and `who.sums`. */
interface Head extends Omit<ReadModel, "months" | "who"> {
  months: Lengths;
  who: { days: Lengths; sums: Lengths } | null;
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
  const { months, who, ...head } = JSON.parse(body.toString("utf8", 0, headEnd)) as Head;
  let at = headEnd + 1;
  const read = (lengths: Lengths): ByMonth =>
    new Map(
      lengths.map(([month, length]) => {
        const line = body.subarray(at, at + length);
        at += length + 1;
        return [month, daysOfLine(line)];
      }),
    );
  return {
    ...head,
    months: read(months),
    who: who && { days: read(who.days), sums: read(who.sums) },
  };
};

/** Whole or not at all. If it cannot be written, the next command asks the database instead. */
export const writeModel = (file: string, { months, who, ...rest }: ReadModel): void => {
  const head: Head = {
    ...rest,
    months: lengthsOf(months),
    who: who && { days: lengthsOf(who.days), sums: lengthsOf(who.sums) },
  };
  const lines = [months, who?.days ?? [], who?.sums ?? []].flatMap((part) =>
    [...part].map(([, { text }]) => text),
  );
  const body = Buffer.from([JSON.stringify(head), ...lines, ""].join("\n"));
  try {
    writeWhole(file, Buffer.concat([Buffer.from(firstLine(body)), body]));
  } catch {
    // Only a faster answer is lost.
  }
};

const lengthsOf = (months: ByMonth): Lengths =>
  [...months].map(([month, { text }]) => [month, Buffer.byteLength(text)]);

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
