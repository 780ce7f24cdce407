import { Temporal } from "temporal-polyfill";
import { clockIn } from "./clock.js";
import { FIRST_YEAR, namedRange, type RangeKind } from "./named-ranges.js";
import { UserError } from "../errors.js";

/** Calendar dates `YYYY-MM-DD`, ends included; null is open. */
export interface DateRange {
  from: string | null;
  to: string | null;
}

export interface Span {
  from: string;
  to: string;
}

/** What a person asked for: it decides which period is the one before. */
export interface NamedRange extends DateRange {
  kind: RangeKind;
}

export type Period = "day" | "week" | "month";

export const RANGE_FORMS =
  "7d, 12w, 6m, 1y, today, yesterday, wtd, mtd, qtd, ytd, this-week, last-week, last-month, last-quarter, last-year, 2026, 2026-Q4, 2026-W45, 2026-03, 2026-01-15..2026-02-14 or all";

/** @param moment RFC 3339 */
export const dateIn = (timezone: string, moment: string): string =>
  Temporal.Instant.from(moment).toZonedDateTimeISO(timezone).toPlainDate().toString();

export const today = (timezone: string, now: Date = new Date()): string => clockIn(timezone, now).date;

/** True for an IANA time zone that this machine knows, such as `Europe/Berlin`, and for `UTC`. */
export const isTimezone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
};

/** Null if the text is not a calendar date `YYYY-MM-DD` of the years 1000 to 9999. */
export const parseDate = (text: string): string | null => {
  if (!/^[1-9]\d{3}-\d{2}-\d{2}$/.test(text)) return null;
  try {
    return Temporal.PlainDate.from(text, { overflow: "reject" }).toString();
  } catch {
    return null;
  }
};

const MOMENT = /^[1-9]\d{3}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

/**
 * A moment without an offset (`2026-11-05 14:30`, `2026-11-05T14:30:00`) is in the time zone; an offset (`…Z`,
 * `…+02:00`) counts instead. @returns RFC 3339 in UTC, or null if the text is not such a moment
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

const UNITS = { d: "days", w: "weeks", m: "months", y: "years" } as const;

/** @param text any of `RANGE_FORMS` @param day today's date in the user's time zone @throws UserError `bad_range` */
export const parseRange = (text: string, day: string): NamedRange => {
  const range = text.trim().toLowerCase();
  if (range === "all") return { kind: "days", from: null, to: null };
  const found = lastDays(range, day) ?? namedRange(range, day) ?? betweenEnds(range, day);
  if (found !== null) return found;
  throw new UserError("bad_range", `“${text}” is not a range.`, `A range is ${RANGE_FORMS}.`);
};

/** Whether a text is one of `RANGE_FORMS`. */
export const isRange = (text: string): boolean => {
  try {
    parseRange(text, "2026-01-01");
    return true;
  } catch {
    return false;
  }
};

/** A day as people type it: `2026-11-05`, `today` or `yesterday`; null if it is none. @param day today's date */
export const typedDay = (text: string, day: string): string | null => {
  const name = text.trim().toLowerCase();
  return name === "today" || name === "yesterday" ? (namedRange(name, day)?.from ?? null) : parseDate(name);
};

const lastDays = (range: string, day: string): NamedRange | null => {
  const [, count, letter] = /^(\d{1,4})([dwmy])$/.exec(range) ?? [];
  if (Number(count ?? 0) === 0) return null;
  const now = Temporal.PlainDate.from(day);
  const from = now.subtract({ [UNITS[letter as keyof typeof UNITS]]: Number(count) }).add({ days: 1 });
  return from.year < FIRST_YEAR ? null : { kind: "days", from: from.toString(), to: day };
};

/** `A..B`, from the beginning of A to the end of B. Either may be left out. @throws UserError `bad_range` */
const betweenEnds = (range: string, day: string): NamedRange | null => {
  const [first = "", last, ...rest] = range.split("..");
  if (last === undefined || rest.length > 0 || first + last === "") return null;
  const from = first === "" ? null : namedRange(first, day)?.from;
  const to = last === "" ? null : namedRange(last, day)?.to;
  if (from === undefined || to === undefined) return null;
  if (from === null || to === null || from <= to) return { kind: "days", from, to };
  throw new UserError(
    "bad_range",
    `The range ${range} ends before it begins.`,
    `Try --range ${last}..${first}`,
  );
};

/** The label of the period that a date is in: `2026-11-05`, ISO week `2026-W45`, or `2026-11`. */
export const periodOf = (date: string, period: Period): string => {
  if (period === "day") return date;
  if (period === "month") return date.slice(0, 7);
  const { yearOfWeek, weekOfYear } = Temporal.PlainDate.from(date);
  return `${yearOfWeek}-W${String(weekOfYear).padStart(2, "0")}`;
};

export const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

export const weekdayOf = (date: string): string =>
  WEEKDAYS[Temporal.PlainDate.from(date).dayOfWeek - 1] ?? "";

/** The first and last day of a period. @param label as `periodOf` gives it */
export const daysOfPeriod = (label: string, period: Period): Span => {
  const first = startOf(label, period);
  return {
    from: first.toString(),
    to: first
      .add({ [`${period}s`]: 1 })
      .subtract({ days: 1 })
      .toString(),
  };
};

/** Both are counted. */
export const periodCount = (first: string, last: string, period: Period): number => {
  const unit = `${period}s` as const;
  return startOf(first, period).until(startOf(last, period), { largestUnit: unit })[unit] + 1;
};

/** In order, without gaps. */
export const periodsBetween = (first: string, last: string, period: Period): string[] => {
  const start = startOf(first, period);
  return Array.from({ length: periodCount(first, last, period) }, (_, i) =>
    periodOf(start.add({ [`${period}s`]: i }).toString(), period),
  );
};

const startOf = (label: string, period: Period): Temporal.PlainDate => {
  if (period === "day") return Temporal.PlainDate.from(label);
  if (period === "month") return Temporal.PlainDate.from(`${label}-01`);
  const [year, week] = label.split("-W");
  // The fourth of January is always in the first week.
  const inFirst = Temporal.PlainDate.from(`${year}-01-04`);
  return inFirst.subtract({ days: inFirst.dayOfWeek - 1 }).add({ weeks: Number(week) - 1 });
};

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
