import { dateIn } from "../dates/ranges.js";
import { plain } from "../money.js";
import type { Estimate } from "../prices/pricer.js";
import type { CallCounts } from "../record/calls.js";
import { DollarSum } from "../record/dollar-sum.js";
import type { QuarterHour } from "./quarter-hour.js";

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
  readonly #timezone: string;
  /** Milliseconds since 1970. */
  #first = Infinity;
  #last = -Infinity;
  readonly #included = new DollarSum();
  readonly #estimated = new DollarSum();
  readonly #unpriced = new Set<string | null>();
  #unpricedTokens = 0;
  #unknown = 0;

  /** @param timezone the user's */
  constructor(timezone: string) {
    this.#timezone = timezone;
  }

  /** @param estimate what it comes to at list price; null if no list has one */
  add({ at, input, output }: CallCounts, { of }: QuarterHour, estimate: Estimate | null): void {
    const { paid_by } = of.payer;
    if (at < this.#first) this.#first = at;
    if (at > this.#last) this.#last = at;
    if (paid_by === "unknown") this.#unknown++;
    if (estimate === null) {
      this.#unpricedTokens += input + output;
      this.#unpriced.add(of.model);
    } else if (paid_by === "key") this.#estimated.add(estimate.usd);
    else this.#included.add(estimate.usd);
  }

  get sums(): CallSums {
    return {
      from: this.#dateOf(this.#first),
      to: this.#dateOf(this.#last),
      included_usd: plain(this.#included.total),
      estimated_usd: plain(this.#estimated.total),
      unpriced_tokens: this.#unpricedTokens,
      unpriced_models: [...this.#unpriced].sort(),
      unknown_payer: this.#unknown,
    };
  }

  #dateOf(moment: number): string | null {
    return Number.isFinite(moment) ? dateIn(this.#timezone, new Date(moment).toISOString()) : null;
  }
}
