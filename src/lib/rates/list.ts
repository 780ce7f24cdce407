import type { RateList } from "../api.js";
import { decimal } from "../money.js";
import { byName } from "../reports/groups.js";
import { type RateSource, rateText } from "../record/rates.js";

/** US dollars for one unit of a currency, as a decimal string. */
export interface ListedRate {
  currency: string;
  usd: string;
  /** Calendar date; null if it holds on each day without a dated rate. */
  date: string | null;
  source: Exclude<RateSource, "given">;
}

/** Those that the user set, and the newest of the European Central Bank. */
export const listedRates = ({ set, ecb }: RateList): ListedRate[] => [
  ...set.map((rate) => ({ ...rate, source: "set" as const })),
  ...(ecb === null ? [] : newestRates(ecb)),
];

const newestRates = ({ last_day, rates }: NonNullable<RateList["ecb"]>): ListedRate[] => {
  const { USD: usd = "1", ...others } = rates;
  return Object.entries({ EUR: "1", ...others })
    .map(([currency, units]) => ({
      currency,
      usd: rateText({ from: decimal(units), to: decimal(usd) }),
      date: last_day,
      source: "ecb" as const,
    }))
    .sort((a, b) => byName(a.currency, b.currency));
};
