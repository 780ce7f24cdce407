import { type CsvFile } from "../csv/open.js";
import { type LineSpan, type ReadOptions, readCsv } from "../csv/reader.js";
import { loadPricer, type Pricer } from "../prices/pricer.js";
import type { StoredPrices } from "../record/price.js";
import type { Rates } from "../record/rates.js";
import { sentFields, sentRow, SentRows } from "../record/sent-rows.js";
import { inBatches } from "../system/batches.js";
import { type Place, placeKey, placeOf } from "./manifest.js";

/** Rows that are sent at once. */
export interface Portion {
  records: SentRows;
  /** The sheets that the records are of, by their numbers in the manifest; a record holds the index in this list. */
  sheets: number[];
}

/** Some rows of a file, as they are sent and kept. */
export interface Batch extends Portion {
  /** Rows that are refused, as they stand in the file. */
  rejected: string[];
  /** How far the file has been read with them. */
  bytesRead: number;
}

export interface BatchOptions {
  rates: Rates;
  /** By which rows without money are priced; null if there are none. */
  prices: StoredPrices | null;
  /** Rows in a batch. */
  most: number;
  /** The sheets whose rows are wanted, with their numbers in the manifest. */
  wanted: readonly WantedSheet[];
  /** Where their rows stand; by default the whole file is read. */
  lines?: LineSpan;
}

export interface WantedSheet extends Place {
  number: number;
}

/** Characters in a batch at most, unless its only row is longer. */
export const BATCH_SIZE = 2_000_000;

/** Reads the wanted rows of a checked file in batches. */
export async function* batchesOf(
  file: CsvFile,
  { rates, prices, most, wanted, lines }: BatchOptions,
): AsyncGenerator<Batch> {
  let bytesRead = 0;
  const pricer = prices && (await loadPricer(prices));
  const rows = rowsOf(file, wanted, pricer, {
    rates,
    onProgress: (bytes) => (bytesRead = bytes),
    ...(lines && { lines }),
  });
  const limits = { most, largest: BATCH_SIZE, sizeOf };
  for await (const batch of inBatches(rows, limits)) {
    const rejected = batch.flatMap((row) => ("rejected" in row ? [row.rejected] : []));
    yield { ...portionOf(batch.filter((row) => "sheet" in row)), rejected, bytesRead };
  }
}

/** Rows as they are sent in one call, with those sheets that they are of. */
export const portionOf = (rows: readonly WrittenRow[]): Portion => {
  const sheets = new Map<number, number>();
  const records = rows.map(({ sheet, fields }) => sentRow(indexIn(sheets, sheet), fields));
  return { records: SentRows.of(records), sheets: [...sheets.keys()] };
};

const indexIn = (sheets: Map<number, number>, sheet: number): number => {
  const known = sheets.get(sheet);
  if (known !== undefined) return known;
  sheets.set(sheet, sheets.size);
  return sheets.size - 1;
};

/** A record without the index of its sheet, which is known by its number in the manifest. */
export interface WrittenRow {
  sheet: number;
  fields: string;
}

/** Or a refused row as it stands in the file. */
type FileRow = WrittenRow | { rejected: string };

const sizeOf = (row: FileRow): number => ("rejected" in row ? row.rejected : row.fields).length + 1;

async function* rowsOf(
  file: CsvFile,
  wanted: readonly WantedSheet[],
  pricer: Pricer | null,
  options: ReadOptions,
): AsyncGenerator<FileRow[]> {
  const numbers = new Map(wanted.map((sheet) => [placeKey(sheet), sheet.number]));
  for await (const rows of readCsv(file, options)) {
    yield rows.flatMap((row): FileRow[] => {
      if (row.kind === "reject") return [{ rejected: row.raw }];
      if (row.kind !== "record") return [];
      const sheet = numbers.get(placeKey(placeOf(row, file.format)));
      return sheet === undefined
        ? []
        : [{ sheet, fields: sentFields(pricer?.priced(row.record) ?? row.record) }];
    });
  }
}
