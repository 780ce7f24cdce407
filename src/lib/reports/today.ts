import type { Span } from "../dates/ranges.js";
import { plain, toScale } from "../money.js";
import { daysAfter, lastOfMonth } from "../dates/days.js";
import type { DailySpend } from "../api.js";
import { flatOf, meteredOf, type Spend, sumSpend } from "./sum.js";
import { unpricedWarnings } from "./warnings.js";

/** The JSON contract of `aicost today --json`. Money is decimal strings in US dollars. */
export interface TodaySpend {
  date: string;
  timezone: string;
  today: Spend;
  yesterday: Spend;
  /** From the first of the month to today, ends included. */
  month: Spend;
  /** The month's total at this rate. */
  pace_usd: string;
  /** When these figures were current, RFC 3339 in UTC. */
  as_of: string;
  /** False if newer spend may exist. */
  current: boolean;
  /** What the figures leave out. */
  warnings: string[];
}

/** The month and the day before it. */
export const daysOfToday = (date: string): Span => {
  const first = `${date.slice(0, 7)}-01`;
  const yesterday = daysAfter(date, -1);
  return {
    from: yesterday < first ? yesterday : first,
    to: lastOfMonth(date),
  };
};

/** @param days rows of at least `daysOfToday` */
export const todaySpend = (
  days: readonly DailySpend[],
  known: Pick<TodaySpend, "date" | "timezone" | "as_of" | "current">,
): TodaySpend => {
  const { date, timezone, as_of, current } = known;
  const yesterday = daysAfter(date, -1);
  const month = days.filter((day) => day.date.slice(0, 7) === date.slice(0, 7));
  const untilToday = sumSpend(month.filter((day) => day.date <= date));
  return {
    date,
    timezone,
    today: sumSpend(days.filter((day) => day.date === date)),
    yesterday: sumSpend(days.filter((day) => day.date === yesterday)),
    month: untilToday,
    pace_usd: pace(untilToday, sumSpend(month), date),
    as_of,
    current,
    warnings: unpricedWarnings(days.filter((day) => day.date <= date)),
  };
};

/** What is metered goes on at the daily rate, today as a whole day. The rest counts as it is, even on future days. */
const pace = (untilToday: Spend, month: Spend, date: string): string => {
  const metered = meteredOf(untilToday)
    .times(dayOf(lastOfMonth(date)))
    .div(dayOf(date));
  return plain(toScale(metered.plus(flatOf(month))));
};

const dayOf = (date: string): number => Number(date.slice(8));
