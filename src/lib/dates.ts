import { Temporal } from "temporal-polyfill";
import { usageError } from "./errors.js";

/** Calendar dates `YYYY-MM-DD`, ends included; null is open. */
export interface DateRange {
  from: string | null;
  to: string | null;
}

/** A range with both ends. */
export interface Span {
  from: string;
  to: string;
}

export type Period = "day" | "week" | "month";

/** What `--range` takes, for help texts and hints. */
export const RANGE_FORMS =
  "7d, 12w, 6m, 1y, today, yesterday, mtd, ytd, last-month, 2026-03, 2026-01-15..2026-02-14 or all";

/** Today's calendar date in a time zone. */
export const today = (timezone: string, now: Date = new Date()): string =>
  Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timezone).toPlainDate().toString();

/** True for an IANA time zone that this machine knows, such as `Europe/Berlin`, and for `UTC`. */
export const isTimezone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
};

/** @returns the date in its canonical form, or null if the text is no calendar date `YYYY-MM-DD` */
export const parseDate = (text: string): string | null => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  try {
    return Temporal.PlainDate.from(text, { overflow: "reject" }).toString();
  } catch {
    return null;
  }
};

const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

/**
 * A moment that a person typed, in their time zone: `2026-11-05 14:30`, `2026-11-05T14:30:00`, or with an offset
 * (`…Z`, `…+02:00`), which then counts instead of the time zone.
 * @returns RFC 3339 in UTC, or null if the text is no such moment
 */
export const parseMoment = (text: string, timezone: string): string | null => {
  const iso = text
    .trim()
    .replace(" ", "T")
    .replace(/ (?:UTC|GMT)$/i, "Z");
  const moment = MOMENT.exec(iso);
  if (!moment) return null;
  try {
    const instant = moment[1]
      ? Temporal.Instant.from(iso)
      : Temporal.PlainDateTime.from(iso, { overflow: "reject" }).toZonedDateTime(timezone).toInstant();
    return instant.toString();
  } catch {
    return null;
  }
};

const FIXED: Record<string, (day: Temporal.PlainDate) => [Temporal.PlainDate, Temporal.PlainDate]> = {
  today: (day) => [day, day],
  yesterday: (day) => [day.subtract({ days: 1 }), day.subtract({ days: 1 })],
  mtd: (day) => [day.with({ day: 1 }), day],
  ytd: (day) => [day.with({ month: 1, day: 1 }), day],
  "last-month": (day) => {
    const month = day.with({ day: 1 }).subtract({ months: 1 });
    return [month, month.with({ day: month.daysInMonth })];
  },
};

const UNITS = { d: "days", w: "weeks", m: "months", y: "years" } as const;

/**
 * Reads a range.
 * @param text any of `RANGE_FORMS`
 * @param day today's date in the user's time zone
 * @throws UserError `bad_range`
 */
export const parseRange = (text: string, day: string): DateRange => {
  const range = text.trim().toLowerCase();
  if (range === "all") return { from: null, to: null };
  const now = Temporal.PlainDate.from(day);
  const fixed = Object.hasOwn(FIXED, range) ? FIXED[range] : undefined;
  if (fixed) return span(...fixed(now));

  const last = /^(\d{1,4})([dwmy])$/.exec(range);
  if (last && Number(last[1]) > 0) {
    const unit = UNITS[last[2] as keyof typeof UNITS];
    const from = now.subtract({ [unit]: Number(last[1]) }).add({ days: 1 });
    if (from.year > 0) return span(from, now);
  }
  if (/^\d{4}-\d{2}$/.test(range) && parseDate(`${range}-01`)) {
    const month = Temporal.PlainDate.from(`${range}-01`);
    return span(month, month.with({ day: month.daysInMonth }));
  }
  const single = parseDate(range);
  if (single) return { from: single, to: single };

  const [first, last2, ...rest] = range.split("..");
  if (last2 !== undefined && rest.length === 0) {
    const from = first === "" ? null : parseDate(first ?? "");
    const to = last2 === "" ? null : parseDate(last2);
    const bad =
      (first !== "" && from === null) || (last2 !== "" && to === null) || (first === "" && last2 === "");
    if (!bad && from !== null && to !== null && from > to) {
      throw usageError("bad_range", `The range ${text} ends before it begins.`, `Try --range ${to}..${from}`);
    }
    if (!bad) return { from, to };
  }
  throw usageError("bad_range", `“${text}” is not a range.`, `A range is ${RANGE_FORMS}.`);
};

const span = (from: Temporal.PlainDate, to: Temporal.PlainDate): Span => ({
  from: from.toString(),
  to: to.toString(),
});

/**
 * The period before, to compare with: whole months before whole months; the same days of the month before
 * for a range that begins on a first and stays within its month (month to date); the same days of the year before for
 * year to date; else as many days as the range has, right before it.
 */
export const previousSpan = ({ from, to }: Span): Span => {
  const first = Temporal.PlainDate.from(from);
  const last = Temporal.PlainDate.from(to);
  const wholeMonths = first.day === 1 && last.day === last.daysInMonth;
  if (wholeMonths) {
    const months = (last.year - first.year) * 12 + last.month - first.month + 1;
    return span(first.subtract({ months }), first.subtract({ days: 1 }));
  }
  if (first.day === 1 && first.year === last.year && first.month === last.month) {
    return span(first.subtract({ months: 1 }), last.subtract({ months: 1 }));
  }
  if (first.day === 1 && first.month === 1 && first.year === last.year) {
    return span(first.subtract({ years: 1 }), last.subtract({ years: 1 }));
  }
  const days = first.until(last).days + 1;
  return span(first.subtract({ days }), first.subtract({ days: 1 }));
};

/** The label of the period that a date is in: `2026-11-05`, ISO week `2026-W45`, or `2026-11`. */
export const periodOf = (date: string, period: Period): string => {
  if (period === "day") return date;
  if (period === "month") return date.slice(0, 7);
  const { yearOfWeek, weekOfYear } = Temporal.PlainDate.from(date);
  return `${yearOfWeek}-W${String(weekOfYear).padStart(2, "0")}`;
};

/** The labels of all periods from one date to another, in order, without gaps. */
export const periodsBetween = ({ from, to }: Span, period: Period): string[] => {
  const labels: string[] = [];
  const last = Temporal.PlainDate.from(to);
  for (
    let day = Temporal.PlainDate.from(from);
    Temporal.PlainDate.compare(day, last) <= 0;
    day = day.add({ days: 1 })
  ) {
    const label = periodOf(day.toString(), period);
    if (labels.at(-1) !== label) labels.push(label);
  }
  return labels;
};

/** How many days a span has, both ends counted. */
export const daysIn = ({ from, to }: Span): number =>
  Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to)).days + 1;

/** A moment as a clock in a time zone shows it: `2026-11-05 14:30`, with seconds `2026-11-05 14:30:12`. */
export const localTime = (
  timestamp: string,
  timezone: string,
  precision: "minute" | "second" = "minute",
): string =>
  Temporal.Instant.from(timestamp)
    .toZonedDateTimeISO(timezone)
    .toPlainDateTime()
    .toString({ smallestUnit: precision })
    .replace("T", " ");
