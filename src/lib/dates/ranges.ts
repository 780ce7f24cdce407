import { Temporal } from "temporal-polyfill";
import { clockIn } from "./clock.js";
import { UserError } from "../errors.js";
import { own } from "../system/own.js";

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
  kind: "days" | "month" | "month-to-date" | "year-to-date";
}

export type Period = "day" | "week" | "month";

export const RANGE_FORMS =
  "7d, 12w, 6m, 1y, today, yesterday, mtd, ytd, last-month, 2026-03, 2026-01-15..2026-02-14 or all";

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

type Ends = [from: Temporal.PlainDate, to: Temporal.PlainDate];

const wholeMonth = (day: Temporal.PlainDate): Ends => [
  day.with({ day: 1 }),
  day.with({ day: day.daysInMonth }),
];

const FIXED: Record<string, { kind: NamedRange["kind"]; ends(day: Temporal.PlainDate): Ends }> = {
  today: { kind: "days", ends: (day) => [day, day] },
  yesterday: { kind: "days", ends: (day) => [day.subtract({ days: 1 }), day.subtract({ days: 1 })] },
  mtd: { kind: "month-to-date", ends: (day) => [day.with({ day: 1 }), day] },
  ytd: { kind: "year-to-date", ends: (day) => [day.with({ month: 1, day: 1 }), day] },
  "last-month": { kind: "month", ends: (day) => wholeMonth(day.subtract({ months: 1 })) },
};

const UNITS = { d: "days", w: "weeks", m: "months", y: "years" } as const;

/** Dates before it have fewer than four digits: nothing reads or writes them. */
const FIRST_YEAR = 1000;

/** @param text any of `RANGE_FORMS` @param day today's date in the user's time zone @throws UserError `bad_range` */
export const parseRange = (text: string, day: string): NamedRange => {
  const range = text.trim().toLowerCase();
  if (range === "all") return { kind: "days", from: null, to: null };
  const now = Temporal.PlainDate.from(day);
  const fixed = own(FIXED, range);
  if (fixed) return { kind: fixed.kind, ...span(...fixed.ends(now)) };

  const last = /^(\d{1,4})([dwmy])$/.exec(range);
  if (last && Number(last[1]) > 0) {
    const unit = UNITS[last[2] as keyof typeof UNITS];
    const from = now.subtract({ [unit]: Number(last[1]) }).add({ days: 1 });
    if (from.year >= FIRST_YEAR) return { kind: "days", ...span(from, now) };
  }
  if (parseDate(`${range}-01`)) {
    return { kind: "month", ...span(...wholeMonth(Temporal.PlainDate.from(`${range}-01`))) };
  }
  const single = parseDate(range);
  if (single) return { kind: "days", from: single, to: single };

  const [first, last2, ...rest] = range.split("..");
  if (last2 !== undefined && rest.length === 0) {
    const from = first === "" ? null : parseDate(first ?? "");
    const to = last2 === "" ? null : parseDate(last2);
    const bad =
      (first !== "" && from === null) || (last2 !== "" && to === null) || (first === "" && last2 === "");
    if (!bad && from !== null && to !== null && from > to) {
      throw new UserError(
        "bad_range",
        `The range ${text} ends before it begins.`,
        `Try --range ${to}..${from}`,
      );
    }
    if (!bad) return { kind: "days", from, to };
  }
  throw new UserError("bad_range", `“${text}” is not a range.`, `A range is ${RANGE_FORMS}.`);
};

const span = (from: Temporal.PlainDate, to: Temporal.PlainDate): Span => ({
  from: from.toString(),
  to: to.toString(),
});

/**
 * The period before a range, to compare with. Before a month it is the month before; before the month to date, the same
 * days of the month before, or as many of them as it has; before the year to date, the same days of the year before;
 * before any other range, `12m` and dates included, as many days, right before it.
 * @throws UserError `no_period_before` for an open range, and for one that begins with the calendar
 */
export const previousSpan = ({ kind, from, to }: NamedRange): Span => {
  if (from === null) {
    throw noPeriodBefore("A range without a beginning has no period before it.", "Try --range 30d");
  }
  if (to === null) {
    throw noPeriodBefore(
      `The range ${from}.. has no end: an open-ended range has no previous period.`,
      `Give it an end, for example: --range ${from}..${from.slice(0, 4)}-12-31`,
    );
  }
  const [first, last] = endsBefore[kind](Temporal.PlainDate.from(from), Temporal.PlainDate.from(to));
  if (first.year >= FIRST_YEAR) return span(first, last);
  throw noPeriodBefore(`The period before ${from} to ${to} is too long ago.`, "Try --range 30d");
};

const noPeriodBefore = (message: string, hint: string): UserError =>
  new UserError("no_period_before", message, hint);

const endsBefore: Record<NamedRange["kind"], (first: Temporal.PlainDate, last: Temporal.PlainDate) => Ends> =
  {
    month: (first) => wholeMonth(first.subtract({ months: 1 })),
    "month-to-date": (first, last) => [first.subtract({ months: 1 }), last.subtract({ months: 1 })],
    "year-to-date": (first, last) => [first.subtract({ years: 1 }), last.subtract({ years: 1 })],
    days: (first, last) => [
      first.subtract({ days: first.until(last).days + 1 }),
      first.subtract({ days: 1 }),
    ],
  };

/** The label of the period that a date is in: `2026-11-05`, ISO week `2026-W45`, or `2026-11`. */
export const periodOf = (date: string, period: Period): string => {
  if (period === "day") return date;
  if (period === "month") return date.slice(0, 7);
  const { yearOfWeek, weekOfYear } = Temporal.PlainDate.from(date);
  return `${yearOfWeek}-W${String(weekOfYear).padStart(2, "0")}`;
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
