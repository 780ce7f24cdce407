import { plain } from "../money.js";
import { DollarSum } from "../record/dollar-sum.js";
import { DateGauge } from "../record/gauges.js";
import type { CostRecord } from "../record/record.js";

/** What calls come to. Amounts are US dollars, decimal. */
export interface CallSums {
  /** The first and last date, in the user's time zone; null without any. */
  from: string | null;
  to: string | null;
  /** What a plan includes, at list price. */
  included_usd: string;
  estimated_usd: string;
  unpriced_tokens: number;
  /** As their log names them; null if it names none. */
  unpriced_models: (string | null)[];
  /** Calls for which nothing says whether a plan or a key pays. */
  unknown_payer: number;
}

/** Adds up calls. */
export class CallSum {
  readonly #dates: DateGauge;
  readonly #included = new DollarSum();
  readonly #estimated = new DollarSum();
  readonly #unpriced = new Set<string | null>();
  #unpricedTokens = 0;
  #unknown = 0;

  /** @param timezone the user's */
  constructor(timezone: string) {
    this.#dates = new DateGauge(timezone);
  }

  add(record: CostRecord): void {
    const { metadata, estimated_cost_usd: usd } = record;
    this.#dates.note(record);
    if (metadata["paid_by"] === "unknown") this.#unknown++;
    if (usd === null) {
      this.#unpricedTokens += record.tokens_used ?? 0;
      this.#unpriced.add(record.model_name);
    } else if (metadata.cost_basis === "included") this.#included.add(usd);
    else this.#estimated.add(usd);
  }

  get sums(): CallSums {
    return {
      ...this.#dates.range,
      included_usd: plain(this.#included.total),
      estimated_usd: plain(this.#estimated.total),
      unpriced_tokens: this.#unpricedTokens,
      unpriced_models: [...this.#unpriced].sort(),
      unknown_payer: this.#unknown,
    };
  }
}
