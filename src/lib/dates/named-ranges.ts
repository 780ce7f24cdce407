import { Temporal } from "temporal-polyfill";

export type Unit = "week" | "month" | "quarter" | "year";

export type RangeKind = "days" | Unit | `${Unit}-to-date`;

/** Dates before it have fewer than four digits: nothing reads or writes them. */
export const FIRST_YEAR = 1000;

export const LENGTHS = {
  week: { days: 7 },
  month: { months: 1 },
  quarter: { months: 3 },
  year: { years: 1 },
} as const satisfies Record<Unit, object>;

/** Weeks begin on Monday. */
const firstDay: Record<Unit, (day: Temporal.PlainDate) => Temporal.PlainDate> = {
  week: (day) => day.subtract({ days: day.dayOfWeek - 1 }),
  month: (day) => day.with({ day: 1 }),
  quarter: (day) => day.with({ month: day.month - ((day.month - 1) % 3), day: 1 }),
  year: (day) => day.with({ month: 1, day: 1 }),
};

type Ends = [first: Temporal.PlainDate, last: Temporal.PlainDate];

/** The week, month, quarter or year that a day is in. */
export const wholeUnit = (day: Temporal.PlainDate, unit: Unit): Ends => {
  const first = firstDay[unit](day);
  return [first, first.add(LENGTHS[unit]).subtract({ days: 1 })];
};

interface Named {
  kind: RangeKind;
  /** Calendar dates, ends included. */
  from: string;
  to: string;
}

const named = (kind: RangeKind, [from, to]: Ends): Named => ({
  kind,
  from: from.toString(),
  to: to.toString(),
});

/**
 * A day, week, month, quarter or year by its name: `yesterday`, `last-week`, `qtd`, `2026-Q4`, `2026-11-05`.
 * @param text in lower case @param day today's date @returns null if the text is not such a name
 */
export const namedRange = (text: string, day: string): Named | null => {
  const now = Temporal.PlainDate.from(day);
  if (text === "today") return named("days", [now, now]);
  if (text === "yesterday") return named("days", [now.subtract({ days: 1 }), now.subtract({ days: 1 })]);
  const [, which, unit] = /^(this|last)-(week|month|quarter|year)$/.exec(text) ?? [];
  if (unit !== undefined) return relative(which === "last", unit as Unit, now);
  const toDate = TO_DATE.get(text);
  if (toDate !== undefined) return named(`${toDate}-to-date`, [firstDay[toDate](now), now]);
  return calendar(text);
};

const TO_DATE: ReadonlyMap<string, Unit> = new Map([
  ["wtd", "week"],
  ["mtd", "month"],
  ["qtd", "quarter"],
  ["ytd", "year"],
]);

const relative = (isLast: boolean, unit: Unit, now: Temporal.PlainDate): Named =>
  named(unit, wholeUnit(isLast ? now.subtract(LENGTHS[unit]) : now, unit));

/** `2026`, `2026-q4`, `2026-w45`, `2026-11`, `2026-11-05`. */
const calendar = (text: string): Named | null => {
  const [, year, quarter, week, month, day] =
    /^([1-9]\d{3})(?:-q([1-4])|-w(\d\d)|-(\d\d)(?:-(\d\d))?)?$/.exec(text) ?? [];
  if (year === undefined) return null;
  if (week !== undefined) return weekOf(Number(year), Number(week));
  const number = quarter === undefined ? Number(month ?? 1) : Number(quarter) * 3;
  const date = dateOrNull(Number(year), number, Number(day ?? 1));
  if (date === null) return null;
  if (day !== undefined) return named("days", [date, date]);
  const unit = quarter !== undefined ? "quarter" : month === undefined ? "year" : "month";
  return named(unit, wholeUnit(date, unit));
};

const weekOf = (year: number, week: number): Named | null => {
  // The fourth of January is always in the first week.
  const date = new Temporal.PlainDate(year, 1, 4).add({ weeks: week - 1 });
  return date.yearOfWeek === year && date.weekOfYear === week ? named("week", wholeUnit(date, "week")) : null;
};

const dateOrNull = (year: number, month: number, day: number): Temporal.PlainDate | null => {
  try {
    return new Temporal.PlainDate(year, month, day);
  } catch {
    return null;
  }
};
