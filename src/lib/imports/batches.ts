import type { CostRecord } from "../record.js";

/** Gathers records into batches of limited length and size. */
export class Batches {
  #records: CostRecord[] = [];
  #size = 0;
  #most: number;
  readonly #mostSize: number;

  /**
   * @param most records in a batch
   * @param mostSize characters of JSON in a batch, unless its only record is longer
   */
  constructor(most: number, mostSize: number) {
    this.#most = most;
    this.#mostSize = mostSize;
  }

  /** Takes a record in. @returns the batch that was full before it; else null */
  add(record: CostRecord): CostRecord[] | null {
    const size = JSON.stringify(record).length + 1;
    const isFull = this.#records.length >= this.#most || this.#size + size > this.#mostSize;
    const full = isFull && this.#records.length > 0 ? this.take() : null;
    this.#records.push(record);
    this.#size += size;
    return full;
  }

  /** What is gathered so far; empty after that. */
  take(): CostRecord[] {
    const records = this.#records;
    this.#records = [];
    this.#size = 0;
    return records;
  }

  /** From now on batches hold so many records at most, if that is less than before. */
  limit(most: number): void {
    this.#most = Math.min(this.#most, most);
  }
}
