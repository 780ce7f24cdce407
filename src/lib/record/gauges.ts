import { dateIn } from "../dates/ranges.js";
import { type Decimal, plain, ZERO } from "../money.js";
import type { CostRecord } from "./record.js";

export interface DaySums {
  measure: "cost_usd" | "tokens_used";
  /** A decimal string by date. */
  day_totals: Record<string, string>;
}

/** Adds up records by UTC date: their money if any is billed, else their tokens. */
export class DayTotals {
  readonly #cost = new Map<string, Decimal>();
  readonly #tokens = new Map<string, bigint>();
  #isBilled = false;

  add({ timestamp, cost_usd, tokens_used, metadata }: CostRecord): void {
    const date = timestamp.slice(0, 10);
    this.#cost.set(date, (this.#cost.get(date) ?? ZERO).plus(cost_usd));
    this.#tokens.set(date, (this.#tokens.get(date) ?? 0n) + BigInt(tokens_used ?? 0));
    this.#isBilled ||= metadata.cost_basis === "billed";
  }

  get cost(): Decimal {
    return [...this.#cost.values()].reduce((sum, day) => sum.plus(day), ZERO);
  }

  get totals(): DaySums {
    return this.#isBilled
      ? { measure: "cost_usd", day_totals: textsOf(this.#cost, plain) }
      : { measure: "tokens_used", day_totals: textsOf(this.#tokens, String) };
  }
}

const textsOf = <Sum>(sums: ReadonlyMap<string, Sum>, text: (sum: Sum) => string): Record<string, string> =>
  Object.fromEntries([...sums].map(([date, sum]) => [date, text(sum)]));

/** The first and last calendar date of records. Only the outermost moments are converted. */
export class DateGauge {
  readonly #timezone: string;
  readonly #buckets: string[] = [];
  readonly #events: string[] = [];

  constructor(timezone: string) {
    this.#timezone = timezone;
  }

  note({ timestamp, granularity }: CostRecord): void {
    const ends = granularity === "day" || granularity === "month" ? this.#buckets : this.#events;
    if (ends[0] === undefined || timestamp < ends[0]) ends[0] = timestamp;
    if (ends[1] === undefined || timestamp > ends[1]) ends[1] = timestamp;
  }

  get range(): { from: string | null; to: string | null } {
    const dates = [
      ...this.#buckets.map((moment) => moment.slice(0, 10)),
      ...this.#events.map((moment) => dateIn(this.#timezone, moment)),
    ].sort();
    return { from: dates[0] ?? null, to: dates.at(-1) ?? null };
  }
}
