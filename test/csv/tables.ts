import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { CsvFormat } from "../../src/lib/csv/format.js";
import { openCsv, type CsvFile, type OpenOptions } from "../../src/lib/csv/open.js";
import { readCsv, type ReadOptions, type RowResult } from "../../src/lib/csv/reader.js";
import { Undecided } from "../../src/lib/csv/styles.js";
import { surveyed } from "../../src/lib/csv/survey.js";
import { UserError } from "../../src/lib/errors.js";
import { formats } from "../../src/lib/providers/index.js";
import type { CostRecord } from "../../src/lib/record/record.js";

export const NOW = new Date("2026-11-22T12:00:00Z");

/** What the totals of the samples were reckoned with. */
export const RATES = { given: { CNY: "0.14", EUR: "1.08" } };

let folder: string | undefined;

/** Where a test has its files; it is removed when the test is over. */
const folderOfTest = (): string => {
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), "aicost-csv-"));
    folder = made;
    onTestFinished(() => {
      folder = undefined;
      rmSync(made, { recursive: true });
    });
  }
  return folder;
};

/** Writes a file and gives its path: each has a folder of its own, so that files of one name can be read at once. */
export const fileOf = (content: string | Uint8Array, name = "table.csv"): string => {
  const path = join(mkdtempSync(join(folderOfTest(), "file-")), name);
  writeFileSync(path, content);
  return path;
};

export interface Table {
  file: CsvFile;
  results: RowResult[];
  records: CostRecord[];
}

/** Opens and reads a file with this content. */
export const read = async (
  content: string | Uint8Array,
  options: Partial<OpenOptions & ReadOptions> = {},
): Promise<Table> => {
  const opened = await openCsv({ path: fileOf(content), name: "table.csv" }, { formats, ...options });
  const { file, results } = await readSettled(opened, { rates: {}, now: NOW, ...options });
  return {
    file,
    results,
    records: results.flatMap((result) => (result.kind === "record" ? [result.record] : [])),
  };
};

/** Reads a file; if its first cells do not decide how it is written, all of them are asked first, as an import does. */
export const readSettled = async (
  file: CsvFile,
  options: ReadOptions,
): Promise<{ file: CsvFile; results: RowResult[] }> => {
  const results: RowResult[] = [];
  try {
    for await (const rows of readCsv(file, options)) results.push(...rows);
    return { file, results };
  } catch (error) {
    if (!(error instanceof Undecided)) throw error;
    return readSettled(await surveyed(file, options), options);
  }
};

/** What a user is told when that fails. */
export const refusal = async (reading: Promise<unknown>): Promise<UserError> => {
  const error: unknown = await reading.then(
    () => new Error("Nothing was refused."),
    (error: unknown) => error,
  );
  if (error instanceof UserError) return error;
  throw error;
};

/** A format of two columns, to try the reader alone. */
export const plainFormat: CsvFormat = {
  id: "plain",
  title: "Plain table",
  provider: "demo",
  source: "demo/plain",
  requires: ["day", "cost"],
  knows: ["model", "currency", "requests", "epoch"],
  date: "day",
  series: "demo/plain",
  dimensions: [],
  read: (row) => {
    const timestamp = row.text("epoch") === null ? row.day("day") : row.epoch("epoch");
    return {
      timestamp,
      granularity: "day",
      model: row.name("model"),
      cost: row.amount("cost"),
      currency: row.currency("currency"),
      basis: "billed",
      requests: row.count("requests"),
      key: [timestamp, row.text("model"), row.text("cost")],
    };
  },
};

export const readPlain = (content: string | Uint8Array, options: Partial<OpenOptions & ReadOptions> = {}) =>
  read(content, { formats: [plainFormat], ...options });
