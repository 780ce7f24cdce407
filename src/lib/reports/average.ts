import { plain, toScale } from "../money.js";
import type { DailySpend } from "../api.js";
import { daysIn } from "../dates/days.js";
import type { DateRange, Span } from "../dates/ranges.js";
import type { Average } from "./report.js";
import { flatOf, meteredIn, meteredOf } from "./sum.js";

interface Days {
  /** Those with data. */
  covered: readonly Span[];
  range: DateRange;
  /** Days after it do not count. */
  today?: string | undefined;
}

/**
 * What usage cost on an average day with data. If nothing tells of any day, that is a day of the calendar. Nothing if no
 * usage is recorded, or no such day is over or has begun.
 */
export const averageOf = (
  found: readonly DailySpend[],
  { covered, range, today }: Days,
): { average?: Average } => {
  const usage = found.filter(isUsage);
  if (usage.length === 0) return {};
  const over = covered.length > 0 ? "covered" : "calendar";
  const spans = (over === "covered" ? covered : calendar(range)).map(({ from, to }) => ({
    from,
    to: today !== undefined && today < to ? today : to,
  }));
  const days = daysIn(spans);
  if (days === 0) return {};
  const counts = usage.filter(({ date }) => spans.some(({ from, to }) => date >= from && date <= to));
  const metered = meteredIn(counts);
  return { average: { usd_per_day: plain(toScale(metered.div(days))), days, over } };
};

const calendar = ({ from, to }: DateRange): Span[] => (from === null || to === null ? [] : [{ from, to }]);

/** Whether a day has usage. If it only has a flat fee or a top-up, that says nothing about usage. */
export const isUsage = (day: DailySpend): boolean => {
  const counts = [day.input_tokens, day.output_tokens, day.request_count];
  if (counts.some((count) => count !== null)) return true;
  if (!meteredOf(day).eq(0) || day.included_usd !== "0") return true;
  return flatOf(day).eq(0) && day.topup_usd === "0";
};
