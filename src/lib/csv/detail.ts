import type { Granularity } from "../record/record.js";
import type { CsvFormat } from "./format.js";
import type { Columns } from "./row.js";

/** A finer bucket weighs more than all dimensions together. */
const FINENESS: Record<Granularity, number> = { month: 0, day: 0, hour: 1000, event: 10_000 };

/** Two bands: the format decides only between files whose dimensions weigh the same. */
const BANDS = 2;

/**
 * Measures how fine a file looks at its series, while its rows pass: by its buckets, then by the dimension columns that
 * it fills, the format's first one weighing most, then by its format. Two files that are split in different ways never
 * weigh the same, so that of two views of the same money one always gives way.
 */
export class DetailGauge {
  readonly #inSeries: boolean;
  readonly #band: number;
  /** Dimension columns that have been empty so far. */
  #empty: { position: number; weight: number }[];
  #filled = 0;
  #finest = 0;

  constructor({ series, dimensions, band = 0 }: CsvFormat, columns: Columns) {
    this.#inSeries = series !== null;
    this.#band = band;
    this.#empty = dimensions
      .map((name, index) => ({
        position: columns.position(name),
        weight: BANDS * 2 ** (dimensions.length - 1 - index),
      }))
      .filter(({ position }) => position !== -1);
  }

  note(cells: readonly string[], granularity: Granularity): void {
    this.#finest = Math.max(this.#finest, FINENESS[granularity]);
    this.#empty = this.#empty.filter(({ position, weight }) => {
      if (!cells[position]?.trim()) return true;
      this.#filled += weight;
      return false;
    });
  }

  get detail(): number {
    return this.#inSeries ? this.#finest + this.#filled + this.#band : 0;
  }
}
