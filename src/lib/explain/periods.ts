import { daysAfter } from "../dates/days.js";
import { type PreviousSpan, previousSpan } from "../dates/previous-span.js";
import { type DateRange, type NamedRange, parseRange, type Span, typedDay } from "../dates/ranges.js";
import { UserError } from "../errors.js";

/** What is explained, and what it is compared with. */
export interface Periods {
  span: Span;
  against: PreviousSpan;
  /** Whether it is compared with an average day of the other period. */
  isUsual: boolean;
}

/** How many days before a day show what is usual. */
const USUAL_DAYS = 28;

interface Asked {
  day?: string | undefined;
  range?: string | undefined;
  against?: string | undefined;
}

/**
 * A day is compared with an average day of the four weeks before it. A range is compared with what was asked for, or with
 * the period before; of a whole month that it is only a part of, with the same days.
 * @param today today's date @param dataTo the last day in a range that has data; null if none is known
 * @throws UserError `bad_date`, `bad_range`, `no_period_before`
 */
export const periodsOf = (
  { day, range, against }: Asked,
  today: string,
  dataTo: (range: DateRange) => string | null = () => null,
): Periods => {
  if (day !== undefined) {
    if (range === undefined && against === undefined) return usual(day, today);
    throw new UserError(
      "bad_range",
      "A day is compared with a usual one.",
      `Leave out --range and --against, or write it as a range: --range ${day}`,
    );
  }
  const named = parseRange(range ?? "mtd", today);
  const other = against === undefined ? undefined : parseRange(against, today);
  const span = closed(named, "--range");
  return { span, against: otherOf(other, () => previousSpan(named, today, dataTo(named))), isUsual: false };
};

const usual = (text: string, today: string): Periods => {
  const day = typedDay(text, today);
  if (day === null) {
    throw new UserError("bad_date", `“${text}” is not a day.`, `Write it like ${today}, or use --range.`);
  }
  return {
    span: { from: day, to: day },
    against: { from: daysAfter(day, -USUAL_DAYS), to: daysAfter(day, -1) },
    isUsual: true,
  };
};

/** @param before the period before the range */
const otherOf = (other: NamedRange | undefined, before: () => PreviousSpan): PreviousSpan => {
  if (other === undefined) return before();
  const span = closed(other, "--against");
  if (other.kind === "days" || other.kind.endsWith("-to-date")) return span;
  const unit = other.kind as NonNullable<PreviousSpan["unfinished"]>;
  const same = before();
  return same.from === span.from && same.to < span.to ? { ...same, unfinished: unit } : span;
};

const closed = ({ from, to }: NamedRange, flag: string): Span => {
  if (from !== null && to !== null) return { from, to };
  throw new UserError(
    "bad_range",
    `${flag} needs a first and a last day.`,
    `For example: ${flag} last-month`,
  );
};
