import type { DailySpend } from "../api.js";
import { type Decimal, decimal, plain, roundedOnce } from "../money.js";
import { converted, rateBetween, rateMissing, type Rate, type StoredRates } from "../record/rates.js";
import type { FilledReport, RatesUsed } from "./report.js";
import { MONEY, type PaidByCredit, type Saved, type Spend } from "./sum.js";

/** Turns dollars into another currency, each day's at the rate of that day. */
export class Exchange {
  readonly #rates: Readonly<Record<string, StoredRates>>;
  readonly #factors = new Map<string, Decimal>();
  readonly #used = new Map<string, RatesUsed>();

  constructor(
    readonly currency: string,
    rates: StoredRates,
  ) {
    this.#rates = { [currency]: rates };
  }

  /** All money of a day's spend in the currency, unrounded. @throws UserError `currency_rate_missing` */
  shown(spend: DailySpend & Partial<Saved & PaidByCredit>, day = spend.date): DailySpend & Spend {
    const amounts = MONEY.flatMap((name) =>
      spend[name] === "0" ? [] : [[name, this.amount(spend[name], day)] as const],
    );
    const saved_usd = spend.saved_usd && this.amount(spend.saved_usd, day);
    const paid = spend.paid_by_credit_usd;
    return {
      ...spend,
      ...Object.fromEntries(amounts),
      ...(saved_usd && { saved_usd }),
      ...(paid !== undefined && { paid_by_credit_usd: paid === "0" ? paid : this.amount(paid, day) }),
      currency: this.currency,
    };
  }

  /** A day's spend with its cost in the currency, unrounded. @throws UserError `currency_rate_missing` */
  beside(spend: DailySpend, day = spend.date): DailySpend & Spend {
    const { cost_usd } = spend;
    const cost = cost_usd === "0" ? "0" : this.amount(cost_usd, day);
    return { ...spend, currency: this.currency, cost };
  }

  /** Those that were used until now. */
  get used(): RatesUsed[] {
    return [...this.#used.values()];
  }

  /** Dollars in the currency, at the rate of a day, unrounded. @throws UserError `currency_rate_missing` */
  amount(usd: string, day: string): string {
    let factor = this.#factors.get(day);
    if (factor === undefined) {
      factor = converted(decimal("1"), this.#rateOn(day));
      this.#factors.set(day, factor);
    }
    return plain(decimal(usd).times(factor));
  }

  #rateOn(day: string): Rate {
    const rate = rateBetween("USD", this.currency, day, { stored: this.#rates });
    if ("error" in rate) throw rateMissing(rate, day);
    const { source, date } = rate;
    const key = `${source} ${date === null ? "undated" : "dated"}`;
    const { from, to } = this.#used.get(key) ?? { from: date, to: date };
    if (source !== null) {
      const isEarlier = date !== null && from !== null && date < from;
      const isLater = date !== null && to !== null && date > to;
      this.#used.set(key, { source, from: isEarlier ? date : from, to: isLater ? date : to });
    }
    return rate;
  }
}

/** As many decimals as other amounts have. */
const COST_DECIMALS = 10;

/** A sum of what was converted, rounded once. */
export const roundedCost = (amount: string): string => plain(roundedOnce(decimal(amount), COST_DECIMALS));

/** The report as JSON has it: what was converted is rounded, in rows without spend too. */
export const withCosts = (report: FilledReport, currency: string): FilledReport => {
  const costOf = ({ cost = "0" }: Spend) => ({ currency, cost: roundedCost(cost) });
  return {
    ...report,
    totals: { ...report.totals, ...costOf(report.totals) },
    rows: report.rows.map((row) => (row.cost_usd === null ? row : { ...row, ...costOf(row) })),
  };
};
