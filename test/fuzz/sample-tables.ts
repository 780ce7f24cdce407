import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RowResult } from "../../src/lib/csv/reader.js";

const SAMPLES = join(import.meta.dirname, "../samples");

/** A sample as a plain reader sees it, with the answer to each row that lies beside it. */
export interface SampleTable {
  name: string;
  header: string[];
  /** None of them blank. */
  rows: { cells: string[]; golden: RowResult }[];
  /** All answers, in the order in which they come. */
  answers: readonly RowResult[];
  /** The lines above the header. */
  above: readonly string[][];
  /** The name of the file, or its columns alone, do not say what a row is. */
  isOfPeriod: boolean;
}

/** The bytes of each sample, as they were downloaded. */
export const sampleBytes: ReadonlyMap<string, Buffer> = new Map(
  readdirSync(SAMPLES)
    .filter((name) => name.endsWith(".csv"))
    .map((name) => [name, readFileSync(join(SAMPLES, name))]),
);

/** Text in the encoding of its byte order mark, else in UTF-16 if every second byte is a NUL, or UTF-8; what cannot be read stands as U+FFFD. */
export const textOf = (bytes: Buffer): string => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  const nuls = [...bytes.subarray(0, 4)].map((byte) => Number(byte === 0)).join("");
  if (nuls === "0101") return new TextDecoder("utf-16le").decode(bytes);
  if (nuls === "1010") return new TextDecoder("utf-16be").decode(bytes);
  return new TextDecoder().decode(bytes);
};

/** The cells of text that is right by RFC 4180. It knows nothing of the reader that is tested by it. */
const cellsOf = (text: string, delimiter: string): string[][] => {
  let row = [""];
  const rows = [row];
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (quoted && sign === '"' && text[at + 1] === '"') row.push(`${row.pop()}${text[at++]}`);
    else if (sign === '"') quoted = !quoted;
    else if (quoted) row.push(`${row.pop()}${sign}`);
    else if (sign === delimiter) row.push("");
    else if (sign === "\n" || (sign === "\r" && text[at + 1] !== "\n")) rows.push((row = [""]));
    else if (sign !== "\r") row.push(`${row.pop()}${sign}`);
  }
  return rows;
};

interface Answer {
  delimiter: string;
  headerLine: number;
  period?: unknown;
  results: RowResult[];
}

const tableOf = (name: string, bytes: Buffer): SampleTable => {
  const answer = JSON.parse(
    readFileSync(join(SAMPLES, name.replace(/\.csv$/, ".records.json")), "utf8"),
  ) as Answer;
  const all = cellsOf(textOf(bytes), answer.delimiter);
  const [header = [], ...below] = all.slice(answer.headerLine - 1);
  const rows = below.filter((cells) => cells.length > 1 || cells[0]?.trim() !== "");
  const first = answer.results.filter((result) => !("beside" in result));
  if (rows.length !== first.length) throw new Error(`The answer of ${name} has other rows.`);
  return {
    name,
    header,
    rows: rows
      .map((cells, index) => ({ cells, golden: first[index]! }))
      .filter(({ cells }) => cells.some((cell) => cell.trim() !== "")),
    answers: answer.results.filter((result) => result.kind !== "skip" || result.reason !== "blank row"),
    above: all.slice(0, answer.headerLine - 1),
    isOfPeriod: answer.period !== undefined,
  };
};

/** Every sample that has rows. */
export const allTables: readonly SampleTable[] = [...sampleBytes]
  .map(([name, bytes]) => tableOf(name, bytes))
  .filter(({ rows }) => rows.length > 0);

/** 11/02/26, or 11/02/2026. */
const AMERICAN = /^\d{1,2}\/\d{1,2}\/(?:\d{4}|\d{2})$/;

export const hasAmericanDates = ({ rows }: SampleTable): boolean =>
  rows.some(({ cells }) => cells.some((cell) => AMERICAN.test(cell)));

/** What a spreadsheet cannot save again without a loss, although it says nothing: thousands, long numbers, seconds. */
const FRAGILE = [
  /^-?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/,
  /^\d{12,}$/,
  /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:(?:0[1-9]|[1-5]\d)$/,
];

const isFragile = ({ rows, name }: SampleTable): boolean =>
  // Some of its moments have a fraction of a second.
  name.startsWith("langfuse_observations_v2") ||
  rows.some(({ cells }) => cells.some((cell) => FRAGILE.some((form) => form.test(cell))));

/** Those whose rows say all by themselves, each of one record, in dollars and whatever stands between the cells. */
export const sampleTables: readonly SampleTable[] = allTables.filter(
  (table) =>
    table.answers.length === table.rows.length &&
    table.answers.every(
      (result) => result.kind !== "part" && !JSON.stringify(result).includes('"original"'),
    ) &&
    table.above.flat().every((cell) => cell === "") &&
    !table.isOfPeriod &&
    !hasAmericanDates(table) &&
    !isFragile(table),
);
