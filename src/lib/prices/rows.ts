import { modelName } from "../record/model-name.js";
import type { PriceRow } from "../record/price.js";
import type { Asked } from "./names.js";

/** Rows of a price list, to be found by model and day. */
export class PriceRows<Row extends PriceRow = PriceRow> {
  readonly #rows = new Map<string, Row[]>();

  constructor(rows: Iterable<Row>) {
    for (const row of rows) {
      const { provider, model } = row;
      const names = new Set([model.toLowerCase(), modelName(provider ?? "", model).toLowerCase()]);
      for (const name of names) {
        const key = keyOf(provider, name);
        const others = this.#rows.get(key);
        if (others === undefined) this.#rows.set(key, [row]);
        else others.push(row);
      }
    }
  }

  /** All rows of a model, the first name that has any deciding. A row of its seller comes before one of any seller. */
  of({ provider, seller, names }: Asked): readonly Row[] {
    const providers = [...new Set([provider, seller, null])];
    for (const name of names) {
      const rows = providers.flatMap((each) => this.#rows.get(keyOf(each, name)) ?? []);
      if (rows.length > 0) return rows;
    }
    return [];
  }

  /** The row that holds on a day: the last that began by then; of a day, what the vendor calls exactly so comes first. */
  on(asked: Asked, day: string): Row | undefined {
    let best: Row | undefined;
    for (const row of this.of(asked)) {
      if (row.since !== null && row.since > day) continue;
      if (best === undefined || isBetter(row, best, asked)) best = row;
    }
    return best;
  }
}

const isBetter = (row: PriceRow, best: PriceRow, { names }: Asked): boolean => {
  if ((row.provider === null) !== (best.provider === null)) return best.provider === null;
  if ((row.since ?? "") !== (best.since ?? "")) return (row.since ?? "") > (best.since ?? "");
  const place = ({ model }: PriceRow): number =>
    (names.indexOf(model.toLowerCase()) + names.length + 1) % (names.length + 1);
  return place(row) < place(best);
};

const keyOf = (provider: string | null, name: string): string => `${provider ?? "*"}\t${name}`;
