import type { DaySpan } from "../api.js";
import { daysAfter, daysCount } from "../dates/days.js";
import { byName } from "./groups.js";
import type { DateRange, Span } from "../dates/ranges.js";

/** In order, with at least one day between two of them, as `Coverage` has them. */
export type DaySpans = readonly DaySpan[];

/** What of the days is in a range. */
export const within = (spans: DaySpans, { from, to }: DateRange): DaySpan[] =>
  spans.flatMap(([first, last]): DaySpan[] => {
    const start = from !== null && from > first ? from : first;
    const end = to !== null && to < last ? to : last;
    return start <= end ? [[start, end]] : [];
  });

/** The days of all of them. */
export const together = (all: readonly DaySpans[]): DaySpan[] => {
  const joined: [string, string][] = [];
  for (const [from, to] of all.flat().sort(([a], [b]) => byName(a, b))) {
    const last = joined.at(-1);
    if (last === undefined || daysAfter(last[1], 1) < from) joined.push([from, to]);
    else if (to > last[1]) last[1] = to;
  }
  return joined;
};

/** The days between the first and the last that are in none of the spans. */
export const gapsIn = (spans: DaySpans): DaySpan[] =>
  spans.slice(1).map(([next], at) => [daysAfter(spans[at]?.[1] ?? "", 1), daysAfter(next, -1)]);

/** Those of the days that are not among others. */
export const without = (spans: DaySpans, others: DaySpans): DaySpan[] => {
  const [first, last] = [spans[0]?.[0], spans.at(-1)?.[1]];
  if (first === undefined || last === undefined) return [];
  const ends: DaySpans = [
    [daysAfter(first, -1), daysAfter(first, -1)],
    ...within(others, { from: first, to: last }),
    [daysAfter(last, 1), daysAfter(last, 1)],
  ];
  return gapsIn(together([ends])).flatMap(([from, to]) => within(spans, { from, to }));
};

export const countDays = (spans: DaySpans): number =>
  spans.reduce((days, [from, to]) => days + daysCount(from, to), 0);

/** Whether all days from the first to the last are among them. */
export const holds = (spans: DaySpans, { from, to }: Span): boolean =>
  spans.some(([first, last]) => first <= from && to <= last);

export const holdsDay = (spans: DaySpans, day: string): boolean => holds(spans, { from: day, to: day });

/** As the JSON writes them. */
export const spansJson = (spans: DaySpans): Span[] => spans.map(([from, to]) => ({ from, to }));
