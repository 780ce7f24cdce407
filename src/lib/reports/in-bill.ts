import type { DailySpend } from "../api.js";
import { flatOf, meteredOf, type Spend } from "./sum.js";

type AccountDay = Pick<DailySpend, "provider" | "date" | "account">;

/**
 * Whether a provider has billed usage of a day: of the same account, or of one that may be the same.
 * @param days all spend of these days, split by account
 */
export const billedDays = (days: readonly DailySpend[]): ((day: AccountDay) => boolean) => {
  const accounts = new Map<string, Set<string | null>>();
  const keyOf = ({ provider, date }: AccountDay): string => `${date} ${provider}`;
  for (const day of days) {
    if (!isBill(day)) continue;
    const found = accounts.get(keyOf(day)) ?? new Set();
    accounts.set(keyOf(day), found.add(day.account));
  }
  return (day) => {
    const found = accounts.get(keyOf(day));
    return found !== undefined && (day.account === null || found.has(null) || found.has(day.account));
  };
};

/** A flat fee is not a bill of usage. */
const isBill = (day: DailySpend): boolean =>
  day.billed_count > 0 && (!meteredOf(day).eq(0) || flatOf(day).eq(0));

/** Whether no amount is named for these tokens because a bill of the same days has their money. */
export const isInBill = (sum: Spend): boolean =>
  sum.billed_count === 0 &&
  sum.estimated_usd === "0" &&
  sum.included_usd === "0" &&
  sum.unpriced_tokens === 0 &&
  sum.in_bill_tokens > 0;
