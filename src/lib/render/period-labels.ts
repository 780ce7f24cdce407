import { type DateRange, daysOfPeriod, type Period, type Span } from "../dates/ranges.js";
import type { Group } from "../reports/groups.js";
import { dayText } from "./day-text.js";

/** `2–8 Nov`, `30 Nov–6 Dec`; with years `28 Dec 2026–3 Jan 2027`. */
export const spanText = ({ from, to }: Span, withYear: boolean, dash = "–"): string => {
  const last = dayText(to, withYear);
  if (from === to) return last;
  if (from.slice(0, 7) === to.slice(0, 7)) return `${Number(from.slice(8))}${dash}${last}`;
  return `${dayText(from, withYear && from.slice(0, 4) !== to.slice(0, 4))}${dash}${last}`;
};

/** Some periods that a chart draws as one. */
export interface Bucket {
  periods: Group<string>;
  span: Span;
  /** Marked with `*` if the report has only a part of it. */
  label: string;
}

export interface Labelling {
  /** What the report is grouped by. */
  key: Period;
  /** What each bucket is; null if it is several periods. */
  each: Period | null;
  range: DateRange;
  /** Whether the terminal shows no more than ASCII. */
  ascii: boolean;
}

/** A day by its date, a month by its name in reports, a week and several periods by their first and last day. */
export const labelled = (
  groups: readonly Group<string>[],
  { key, each, range, ascii }: Labelling,
): Bucket[] => {
  const spans = groups.map((periods) => ({
    from: daysOfPeriod(periods[0], key).from,
    to: daysOfPeriod(periods.at(-1) ?? periods[0], key).to,
  }));
  const years = new Set(spans.flatMap(({ from, to }) => [from.slice(0, 4), to.slice(0, 4)]));
  return groups.map((periods, i) => {
    const span = spans[i] ?? { from: "", to: "" };
    const name = nameOf(span, each, years.size > 1, ascii ? "-" : "–");
    return { periods, span, label: isPartial(span, range) ? `${name}*` : name };
  });
};

const nameOf = (span: Span, each: Period | null, withYear: boolean, dash: string): string => {
  if (each === "day") return span.from;
  return each === "month" ? span.from.slice(0, 7) : spanText(span, withYear, dash);
};

const isPartial = ({ from, to }: Span, range: DateRange): boolean =>
  (range.from !== null && from < range.from) || (range.to !== null && to > range.to);

/** What the `*` of the first and the last bucket means; empty if none has one. */
export const partialText = (buckets: readonly Bucket[], { from, to }: DateRange): string => {
  const [first, last] = [buckets[0], buckets.at(-1)];
  if (!first || !last || from === null || to === null) return "";
  const withYear = from.slice(0, 4) !== to.slice(0, 4);
  const parts = [
    ...(first.span.from < from ? [`from ${dayText(from, withYear)}`] : []),
    ...(last.span.to > to ? [`until ${dayText(to, withYear)}`] : []),
  ];
  return parts.length === 0 ? "" : `* Only ${parts.join(", and ")}.`;
};
