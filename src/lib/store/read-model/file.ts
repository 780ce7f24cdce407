import { closeSync, fstatSync, openSync, readSync, rmSync, type Stats } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { systemCode } from "../../errors.js";
import { writeWhole } from "../../system/whole-file.js";
import { daysIn, DAMAGED } from "./days.js";
import {
  type ByMonth,
  CUT_NAMES,
  type CutName,
  type Days,
  type Form,
  FORMS,
  type ReadModel,
  type Who,
} from "./read-model.js";

/** What the first line begins with; another number is another way to write what follows. */
const FORMAT = "aicost read model 10";

/**
 * The parts that stand below the head, a month each, with its first and last day, `05`: where each is follows from the lengths
 * of those before it.
 */
type Parts = [month: string, bytes: number, crc32: number, from: string, to: string][];

/** The line below the first: everything but the days. */
interface Head extends Omit<ReadModel, "months" | "who"> {
  months: Parts;
  who: [cut: CutName, forms: Record<Form, Parts>][] | null;
}

/** Where the day stands in a date. */
const DAY_AT = "2026-11-".length;

/** Enough for the first line. */
const FIRST_BYTES = 100;

export const modelFile = (dataDir: string): string => join(dataDir, "read-model");

/**
 * Null if there is none whose head is whole. Its days are read when they are asked for, so that a report reads few of
 * them. If these are damaged, or if the file has been replaced by then, asking for them throws `DAMAGED`.
 */
export const readModel = (file: string): ReadModel | null =>
  inFile(file, (descriptor) => modelIn(file, descriptor));

const modelIn = (file: string, descriptor: number): ReadModel | null => {
  const start = bytesAt(descriptor, 0, FIRST_BYTES).toString("latin1");
  const [first = "", length = ""] = /^.*, (\d+) bytes\n/.exec(start) ?? [];
  const stamp = stampOf(descriptor);
  const head = bytesAt(descriptor, first.length, Math.min(Number(length), stamp.size));
  if (first !== firstLine(head)) return null;
  const { months, who, ...rest } = JSON.parse(head.toString("utf8")) as Head;
  let at = first.length + head.length;
  const read = (parts: Parts): ByMonth =>
    new Map(
      parts.map(([month, bytes, crc, from, to]): [string, Days] => {
        const position = at;
        at += bytes;
        const span = { from: `${month}-${from}`, to: `${month}-${to}` };
        return [month, daysIn(span, () => partAt({ file, stamp, position, bytes, crc }))];
      }),
    );
  const model = {
    ...rest,
    months: read(months),
    who:
      who &&
      (Object.fromEntries(
        who.map(([cut, forms]) => [cut, eachForm((form) => read(forms[form]))]),
      ) as unknown as Who),
  };
  return stamp.size === at ? model : null;
};

const eachForm = <Made>(make: (form: Form) => Made): Record<Form, Made> =>
  Object.fromEntries(FORMS.map((form) => [form, make(form)])) as Record<Form, Made>;

/** Whole or not at all. If it cannot be written, the next command asks the database instead. */
export const writeModel = (file: string, { months, who, ...rest }: ReadModel): void => {
  try {
    const parts: Buffer[] = [];
    const placed = (days: ByMonth): Parts =>
      [...days].map(([month, { bytes, span }]) => {
        parts.push(bytes);
        return [month, bytes.length, crc32(bytes), span.from.slice(DAY_AT), span.to.slice(DAY_AT)];
      });
    const head: Head = {
      ...rest,
      months: placed(months),
      who: who && CUT_NAMES.map((cut) => [cut, eachForm((form) => placed(who[cut][form]))]),
    };
    const line = Buffer.from(`${JSON.stringify(head)}\n`);
    writeWhole(file, [Buffer.from(firstLine(line)), line, ...parts]);
  } catch {
    // Only a faster answer is lost.
  }
};

/**
 * What was cut or changed below it is noticed. A person who can write this file can write to the database too, so it
 * guards only against accidents, and Node is slow to load what guards against more.
 */
const firstLine = (head: Uint8Array): string =>
  `${FORMAT}, crc32 ${crc32(head).toString(16).padStart(8, "0")}, ${head.length} bytes\n`;

interface Place {
  file: string;
  /** Of the file that has it. */
  stamp: Stamp;
  position: number;
  bytes: number;
  crc: number;
}

/** A file with a damaged part goes: the next command that opens the database makes it again. */
const partAt = ({ file, stamp, position, bytes, crc }: Place): Buffer => {
  const found = inFile(file, (descriptor) =>
    isSame(stampOf(descriptor), stamp) ? bytesAt(descriptor, position, bytes) : null,
  );
  if (found !== null && crc32(found) === crc) return found;
  if (found !== null) rmSync(file, { force: true });
  throw DAMAGED;
};

type Stamp = Pick<Stats, "ino" | "size" | "mtimeMs">;

const isSame = (one: Stamp, two: Stamp): boolean =>
  one.ino === two.ino && one.size === two.size && one.mtimeMs === two.mtimeMs;

const stampOf = (descriptor: number): Stamp => {
  const { ino, size, mtimeMs } = fstatSync(descriptor);
  return { ino, size, mtimeMs };
};

/** As many of them as the file has. */
const bytesAt = (descriptor: number, position: number, length: number): Buffer => {
  const bytes = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const more = readSync(descriptor, bytes, read, length - read, position + read);
    if (more === 0) break;
    read += more;
  }
  return bytes.subarray(0, read);
};

/** Null if it cannot be read. */
const inFile = <Found>(file: string, work: (descriptor: number) => Found): Found | null => {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, "r");
    return work(descriptor);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return null;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
};
