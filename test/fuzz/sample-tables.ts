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
}

/** The bytes of each sample, as they were downloaded. */
export const sampleBytes: ReadonlyMap<string, Buffer> = new Map(
  readdirSync(SAMPLES)
    .filter((name) => name.endsWith(".csv"))
    .map((name) => [name, readFileSync(join(SAMPLES, name))]),
);

/** Text in the encoding of its byte order mark, or UTF-8; what cannot be read stands as U+FFFD. */
export const textOf = (bytes: Buffer): string => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
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

const tableOf = (name: string, bytes: Buffer): SampleTable => {
  const answer = JSON.parse(readFileSync(join(SAMPLES, name.replace(/\.csv$/, ".records.json")), "utf8")) as {
    delimiter: string;
    headerLine: number;
    results: RowResult[];
  };
  const [header = [], ...below] = cellsOf(textOf(bytes), answer.delimiter).slice(answer.headerLine - 1);
  const rows = below.filter((cells) => cells.length > 1 || cells[0]?.trim() !== "");
  if (rows.length !== answer.results.length) throw new Error(`The answer of ${name} has other rows.`);
  return {
    name,
    header,
    rows: rows
      .map((cells, index) => ({ cells, golden: answer.results[index]! }))
      .filter(({ cells }) => cells.some((cell) => cell.trim() !== "")),
  };
};

/** Every sample that has rows. */
export const sampleTables: readonly SampleTable[] = [...sampleBytes]
  .map(([name, bytes]) => tableOf(name, bytes))
  .filter(({ rows }) => rows.length > 0);
