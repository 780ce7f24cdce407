import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { CsvFormat } from "../../src/lib/csv/format.js";
import { openCsv, type CsvFile, type OpenOptions } from "../../src/lib/csv/open.js";
import { readCsv, type ReadOptions, type RowResult } from "../../src/lib/csv/reader.js";
import { UserError } from "../../src/lib/errors.js";
import { formats } from "../../src/lib/providers/index.js";
import type { CostRecord } from "../../src/lib/record/record.js";

export const NOW = new Date("2026-11-22T12:00:00Z");

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

/** Writes a file and gives its path. */
export const fileOf = (content: string | Uint8Array, name = "table.csv"): string => {
  const path = join(folderOfTest(), name);
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
  const file = await openCsv({ path: fileOf(content), name: "table.csv" }, { formats, ...options });
  const results: RowResult[] = [];
  for await (const result of readCsv(file, { rates: {}, now: NOW, ...options })) results.push(result);
  return {
    file,
    results,
    records: results.flatMap((result) => (result.kind === "record" ? [result.record] : [])),
  };
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
  series: null,
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
      key: row.all(),
    };
  },
};

export const readPlain = (content: string | Uint8Array, options: Partial<OpenOptions & ReadOptions> = {}) =>
  read(content, { formats: [plainFormat], ...options });
