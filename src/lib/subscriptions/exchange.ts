import type { Api } from "../api.js";
import { type Decimal, decimal } from "../money.js";
import { converted, MOST_DAYS, rateBetween, type StoredRates } from "../record/rates.js";
import { daysAfter } from "../dates/days.js";

/** Converts amounts at the rate of one day. Null without a rate: nothing is ever taken one to one. */
export type Convert = (amount: string, from: string, to: string) => Decimal | null;

/** @param day calendar date */
export const rateOf = async (
  store: { call(name: "get_rates", args: Api["get_rates"]["args"]): Promise<StoredRates> },
  currencies: readonly string[],
  day: string,
): Promise<Convert> => {
  const stored: Record<string, StoredRates> = {};
  for (const currency of new Set(currencies))
    if (currency !== "USD")
      stored[currency] = await store.call("get_rates", {
        currency,
        from_day: daysAfter(day, -MOST_DAYS),
        to_day: day,
      });
  return (amount, from, to) => {
    if (from === to) return decimal(amount);
    const rate = rateBetween(from, to, day, { stored });
    return "error" in rate ? null : converted(decimal(amount), rate);
  };
};
