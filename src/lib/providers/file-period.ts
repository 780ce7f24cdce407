import { basename } from "node:path";
import type { FilePeriod } from "../csv/format.js";
import { isWholeMonth, lastOfMonth } from "../dates/days.js";
import { parseDate } from "../dates/ranges.js";

const DAY = String.raw`(?<![\da-f])(20\d\d)[-_](\d\d)[-_](\d\d)(?!\d)`;
const DAYS = new RegExp(DAY, "gi");
const MONTH = /(?<![\da-f])(20\d\d)[-_](0[1-9]|1[0-2])(?![-_]?\d)/i;

/** The dates of a name such as `spend-report-2026-10-01-to-2026-10-06.csv`. */
const daysIn = (name: string): string[] =>
  [...basename(name).matchAll(DAYS)].flatMap(
    ([, year, month, day]) => parseDate(`${year}-${month}-${day}`) ?? [],
  );

const monthOf = (month: string): FilePeriod => ({
  timestamp: `${month}-01T00:00:00Z`,
  granularity: "month",
  until: lastOfMonth(month),
  written: month,
});

/** The period that a name has: two dates, or a month. */
export const periodInName = (name: string): FilePeriod | undefined => {
  const [from, to] = daysIn(name);
  if (from !== undefined && to !== undefined && from <= to) {
    if (isWholeMonth(from, to)) return monthOf(from.slice(0, 7));
    const isDay = from === to;
    return {
      timestamp: `${from}T00:00:00Z`,
      granularity: isDay ? "day" : "month",
      until: to,
      written: isDay ? from : `${from}..${to}`,
    };
  }
  const [, year, month] = from === undefined ? (MONTH.exec(basename(name)) ?? []) : [];
  return year === undefined ? undefined : monthOf(`${year}-${month}`);
};

/** The month of a file of this month so far, by the last date in its name. */
export const monthInName = (name: string): FilePeriod | undefined => {
  const day = daysIn(name).at(-1);
  return day === undefined ? periodInName(name) : monthOf(day.slice(0, 7));
};
