import { type CsvFile, readCsv } from "../csv/reader.js";
import type { Rates } from "../record/rates.js";
import { RawRows } from "../record/raw-json.js";
import type { CostRecord } from "../record/record.js";

/** Some rows of a file, as they are sent and kept. */
export interface Batch {
  records: RawRows;
  /** Rows that are refused, as they stand in the file. */
  rejected: string[];
  /** How far the file has been read with them. */
  bytesRead: number;
}

/** Characters that a batch holds at most, unless its only row is longer. */
const BATCH_SIZE = 2_000_000;

/** Reads the rows of a checked file in batches. @param most rows in a batch @throws what `readCsv` throws */
export async function* batchesOf(file: CsvFile, rates: Rates, most: number): AsyncGenerator<Batch> {
  const batches = new Batches(most, BATCH_SIZE);
  const onProgress = (bytesRead: number): void => void (batches.bytesRead = bytesRead);
  for await (const row of readCsv(file, { rates, onProgress })) {
    const full =
      row.kind === "record"
        ? batches.add(row.record)
        : row.kind === "reject"
          ? batches.addRejected(row.raw)
          : null;
    if (full !== null) yield full;
  }
  yield batches.take();
}

/** Gathers rows into batches of limited length and size. */
export class Batches {
  bytesRead = 0;
  /** The JSON of each record. */
  #records: string[] = [];
  #rejected: string[] = [];
  #size = 0;
  readonly #most: number;
  readonly #mostSize: number;

  /**
   * @param most rows in a batch
   * @param mostSize characters of JSON in a batch, unless its only row is longer
   */
  constructor(most: number, mostSize: number) {
    this.#most = most;
    this.#mostSize = mostSize;
  }

  /** Takes a record in. @returns the batch that was full before it; else null */
  add(record: CostRecord): Batch | null {
    const json = JSON.stringify(record);
    const full = this.#makeRoom(json.length + 1);
    this.#records.push(json);
    return full;
  }

  /** Takes a row in that is refused. @returns the batch that was full before it; else null */
  addRejected(row: string): Batch | null {
    const full = this.#makeRoom(row.length + 1);
    this.#rejected.push(row);
    return full;
  }

  /** What is gathered so far; empty after that. */
  take(): Batch {
    const batch = {
      records: RawRows.of(this.#records),
      rejected: this.#rejected,
      bytesRead: this.bytesRead,
    };
    this.#records = [];
    this.#rejected = [];
    this.#size = 0;
    return batch;
  }

  #makeRoom(size: number): Batch | null {
    const rows = this.#records.length + this.#rejected.length;
    const isFull = rows >= this.#most || (rows > 0 && this.#size + size > this.#mostSize);
    const full = isFull ? this.take() : null;
    this.#size += size;
    return full;
  }
}
