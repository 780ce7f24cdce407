import type { Granularity } from "../record/record.js";
import type { CsvFormat } from "./format.js";
import type { Columns } from "./row.js";

/** A finer bucket weighs more than all dimensions together. */
const FINENESS: Record<Granularity, number> = { month: 0, day: 0, hour: 1000, event: 10_000 };

/** Two bands: the format decides only between files whose dimensions weigh the same. */
const BANDS = 2;

/** How fine rows look at their series. */
export interface Fineness {
  /** A bit for each dimension column that is filled, that of the format's first one being the highest. */
  filled: number;
  /** Of the finest bucket. */
  granularity: Granularity;
}

/** Finds which dimension columns a row fills. */
export class Dimensions {
  readonly #columns: { position: number; bit: number }[];

  constructor({ dimensions }: CsvFormat, columns: Columns) {
    this.#columns = dimensions
      .map((name, index) => ({
        position: columns.position(name),
        bit: BANDS * 2 ** (dimensions.length - 1 - index),
      }))
      .filter(({ position }) => position !== -1);
  }

  filledBy(cells: readonly string[]): number {
    let filled = 0;
    for (const { position, bit } of this.#columns) if (cells[position]?.trim()) filled |= bit;
    return filled;
  }
}

/**
 * How fine a sheet looks at its series: by its buckets, then by the dimension columns that its rows fill, the format's
 * first one weighing most, then by its format. Two sheets that are split in different ways never weigh the same, so that
 * of two views of the same money one always gives way.
 */
export class DetailGauge {
  readonly #band: number;
  #filled = 0;
  #finest = 0;

  constructor({ band = 0 }: Pick<CsvFormat, "band">) {
    this.#band = band;
  }

  note({ filled, granularity }: Fineness): void {
    this.#filled |= filled;
    const finest = FINENESS[granularity];
    if (finest > this.#finest) this.#finest = finest;
  }

  get detail(): number {
    return this.#finest + this.#filled + this.#band;
  }
}
