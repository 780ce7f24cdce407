import type { DailySpend } from "../api.js";
import { tokensOf } from "./ratios.js";
import { flatOf, meteredOf, type Spend } from "./sum.js";

type ProviderDay = Pick<DailySpend, "provider" | "date">;

const keyOf = ({ provider, date }: ProviderDay): string => `${date} ${provider}`;

/** @param days all spend of these days @returns whether a provider has billed usage of a day */
export const billedDays = (days: readonly DailySpend[]): ((day: ProviderDay) => boolean) => {
  const billed = new Set(days.filter(isBill).map(keyOf));
  return (day) => billed.has(keyOf(day));
};

/** A flat fee is not a bill of usage. */
const isBill = (day: DailySpend): boolean =>
  day.billed_count > 0 && (!meteredOf(day).eq(0) || flatOf(day).eq(0));

/** Whether no amount is named for these tokens because a bill of the same days has their money. */
export const isInBill = (
  group: readonly DailySpend[],
  sum: Spend,
  isBilled: (day: ProviderDay) => boolean,
): boolean => {
  const isNamed = sum.billed_count > 0 || sum.estimated_usd !== "0" || sum.included_usd !== "0";
  if (isNamed || sum.unpriced_tokens > 0 || (tokensOf(sum) ?? 0) === 0) return false;
  return group.every((day) => (tokensOf(day) ?? 0) === 0 || isBilled(day));
};
