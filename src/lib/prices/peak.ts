import { isWeekend } from "../dates/days.js";
import { decimal, plain } from "../money.js";
import type { Rate, RateTable } from "../record/price.js";

/** Whose prices some hours change. */
const SELLER = "deepseek";
const MODELS = /^deepseek-(?:v4-(?:flash|pro)|flash)$/;

/** The first days of peak prices, and of weekends without them. https://github.com/pydantic/genai-prices/issues/582 */
const FIRST_DAY = "2026-08-17";
const FIRST_WEEKEND = "2026-08-23";

/** From and to which hour, UTC. */
const PEAKS = [
  [1, 4],
  [6, 10],
] as const;

/** Whether a model costs twice as much at some hours of that day. @param nameOf its name in lists @param day UTC date */
export const hasPeaks = (seller: string | null, nameOf: () => string, day: string): boolean =>
  seller === SELLER && day >= FIRST_DAY && MODELS.test(nameOf()) && (day < FIRST_WEEKEND || !isWeekend(day));

/** @param moment RFC 3339, UTC, of a day with peaks */
export const isPeak = (moment: string): boolean => {
  const hour = Number(moment.slice(11, 13));
  return PEAKS.some(([from, to]) => hour >= from && hour < to);
};

/** Twice the rates of tokens. */
export const peakRates = (rates: RateTable): RateTable =>
  Object.fromEntries(
    Object.entries(rates).map(([name, rate]) => [name, name.endsWith("_mtok") ? twice(rate) : rate]),
  );

const twice = (rate: Rate): Rate => {
  const double = (text: string): string => plain(decimal(text).times(2));
  if (typeof rate === "string") return double(rate);
  return {
    base: double(rate.base),
    tiers: rate.tiers.map(({ above, price }) => ({ above, price: double(price) })),
  };
};
