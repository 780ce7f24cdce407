import { type CsvFile } from "../csv/open.js";
import { type ReadOptions, readCsv } from "../csv/reader.js";
import { RawRows } from "../record/raw-json.js";
import type { Rates } from "../record/rates.js";
import { inBatches } from "../system/batches.js";

/** Some rows of a file, as they are sent and kept. */
export interface Batch {
  records: RawRows;
  /** Rows that are refused, as they stand in the file. */
  rejected: string[];
  /** How far the file has been read with them. */
  bytesRead: number;
}

/** Characters in a batch at most, unless its only row is longer. */
const BATCH_SIZE = 2_000_000;

/** Reads the rows of a checked file in batches. @param most rows in a batch */
export async function* batchesOf(file: CsvFile, rates: Rates, most: number): AsyncGenerator<Batch> {
  let bytesRead = 0;
  const rows = rowsOf(file, { rates, onProgress: (bytes) => (bytesRead = bytes) });
  const limits = { most, largest: BATCH_SIZE, sizeOf: ({ text }: SentRow) => text.length + 1 };
  for await (const batch of inBatches(rows, limits)) {
    const records = batch.filter(({ isRecord }) => isRecord).map(({ text }) => text);
    const rejected = batch.filter(({ isRecord }) => !isRecord).map(({ text }) => text);
    yield { records: RawRows.of(records), rejected, bytesRead };
  }
}

interface SentRow {
  isRecord: boolean;
  /** The JSON of a record; a refused row as it stands in the file. */
  text: string;
}

async function* rowsOf(file: CsvFile, options: ReadOptions): AsyncGenerator<SentRow> {
  for await (const row of readCsv(file, options)) {
    if (row.kind === "record") yield { isRecord: true, text: JSON.stringify(row.record) };
    else if (row.kind === "reject") yield { isRecord: false, text: row.raw };
  }
}
