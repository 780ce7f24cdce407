import { daysCount, lastOfMonth } from "../dates/days.js";
import { daysOfPeriod, type Period, periodOf, periodsBetween, type Span } from "../dates/ranges.js";
import type { CoverageRow } from "../reports/coverage-report.js";
import { countDays, within } from "../reports/day-spans.js";
import { dayText, monthText } from "./day-text.js";

/** What a character of a strip stands for. */
export type CellState = "data" | "empty" | "partly" | "unknown";

export interface Cells {
  /** The days of each character, in order. */
  spans: Span[];
  /** What each is: `day`, `week`, `month` or `6 months`. */
  unit: string;
}

/** Longer strips of days would not be read at a glance. */
const MOST_BLOCKS = 3;

/**
 * A character a day, in a few blocks of whole months; if these are too many, one block with a character a week, a month, or
 * as many months as it takes.
 */
export const blocksOf = (range: Span, columns: number): Cells[] => {
  const blocks = monthsTogether(range, columns);
  if (blocks.length <= MOST_BLOCKS) {
    return blocks.map((block) => ({ spans: spansOf(block, "day", 1), unit: "day" }));
  }
  const weeks = daysCount(range.from, range.to) <= columns * 7 ? spansOf(range, "week", 1) : [];
  if (weeks.length > 0 && weeks.length <= columns) return [{ spans: weeks, unit: "week" }];
  const each = Math.ceil(spansOf(range, "month", 1).length / columns);
  return [{ spans: spansOf(range, "month", each), unit: each === 1 ? "month" : `${each} months` }];
};

/** As many months a block as have a column for each day. */
const monthsTogether = (range: Span, columns: number): Span[] => {
  const blocks: Span[] = [];
  for (const { from, to } of spansOf(range, "month", 1)) {
    const last = blocks.at(-1);
    if (last !== undefined && daysCount(last.from, to) <= columns) last.to = to;
    else blocks.push({ from, to });
  }
  return blocks;
};

const spansOf = (range: Span, period: Period, each: number): Span[] => {
  const labels = periodsBetween(periodOf(range.from, period), periodOf(range.to, period), period);
  return labels.flatMap((label, at) => {
    if (at % each !== 0) return [];
    const { from } = daysOfPeriod(label, period);
    const { to } = daysOfPeriod(labels[Math.min(at + each, labels.length) - 1] ?? label, period);
    return [{ from: from < range.from ? range.from : from, to: to > range.to ? range.to : to }];
  });
};

/** What is known of the days of a character. */
export const stateOf = ({ from, to }: Span, ranges: CoverageRow["ranges"]): CellState => {
  const known = within(
    ranges.map((range) => [range.from, range.to]),
    { from, to },
  );
  if (known.length === 0) return "unknown";
  if (countDays(known) < countDays([[from, to]])) return "partly";
  const hasData = ranges.some((range) => range.state === "data" && range.from <= to && range.to >= from);
  return hasData ? "data" : "empty";
};

/** Dates above the first character and those in which a month or, if each is a month or more, a year begins. */
export const axisOf = ({ spans, unit }: Cells): string => {
  const isCoarse = unit.includes("month");
  let text = "";
  spans.forEach(({ from, to }, at) => {
    const label = at === 0 ? firstLabel(from, unit) : labelIn(from, to, isCoarse);
    const fits = at === 0 || at > text.length;
    if (label !== "" && fits && at + label.length <= spans.length) text = text.padEnd(at) + label;
  });
  return text;
};

const firstLabel = (date: string, unit: string): string => {
  if (unit === "day") return dayText(date, false);
  return unit === "week" ? monthText(date) : date.slice(0, 4);
};

/** The month or year that begins in some days; empty if none does. */
const labelIn = (from: string, to: string, isCoarse: boolean): string => {
  const isFirst = from.endsWith("-01");
  const begins = isFirst ? from : lastOfMonth(from) < to ? to : "";
  if (begins === "") return "";
  if (!isCoarse) return begins.slice(5, 7) === "01" ? begins.slice(0, 4) : monthText(begins);
  const year = from.slice(5, 7) === "01" ? from.slice(0, 4) : to.slice(0, 4);
  return from.slice(5, 7) === "01" || from.slice(0, 4) < to.slice(0, 4) ? year : "";
};
