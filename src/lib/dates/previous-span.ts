import { Temporal } from "temporal-polyfill";
import { UserError } from "../errors.js";
import { FIRST_YEAR, LENGTHS, type RangeKind, type Unit, wholeUnit } from "./named-ranges.js";
import type { NamedRange, Span } from "./ranges.js";

export interface PreviousSpan extends Span {
  /** The range is a whole one of these that is not over: the span has the same days of the one before. */
  unfinished?: Unit;
  /** The last day of the range with data, if it is not over or has come to today: only the days until then are compared. */
  data_to?: string;
}

/**
 * The period before a range, to compare with. Before a week, month, quarter or year it is the one before or, if the range
 * is not over today, the same days of that. Before one to date it is the same days too, or as many of them as there are.
 * Before any other range, `12m` and dates included, it is as many days, right before it.
 * @param today today's date @param dataTo the last day in the range that has data; null if none is known @throws UserError `no_period_before` for an open range, and for one that begins with the calendar
 */
export const previousSpan = (
  { kind, from, to }: NamedRange,
  today: string,
  dataTo: string | null = null,
): PreviousSpan => {
  if (from === null) {
    throw noPeriodBefore("A range without a beginning has no period before it.", "Try --range 30d");
  }
  if (to === null) {
    throw noPeriodBefore(
      `The range ${from}.. has no end: an open-ended range has no previous period.`,
      `Give it an end, for example: --range ${from}..${from.slice(0, 4)}-12-31`,
    );
  }
  const unfinished = isWhole(kind) && from <= today && today < to ? kind : undefined;
  const unit = unfinished ?? unitToDate(kind);
  const isCut = unit !== undefined && dataTo !== null && dataTo < today && dataTo < to;
  const last = isCut ? dataTo : today < to ? today : to;
  const span = unit === undefined ? spanBefore(kind, from, to) : sameDays(unit, from, last);
  if (Number(span.from.slice(0, 4)) >= FIRST_YEAR)
    return { ...span, ...(unfinished && { unfinished }), ...(isCut && { data_to: dataTo }) };
  throw noPeriodBefore(`The period before ${from} to ${to} is too long ago.`, "Try --range 30d");
};

const noPeriodBefore = (message: string, hint: string): UserError =>
  new UserError("no_period_before", message, hint);

const isWhole = (kind: RangeKind): kind is Unit => Object.hasOwn(LENGTHS, kind);

/** `month` of a month to date. */
const unitToDate = (kind: RangeKind): Unit | undefined =>
  isWhole(kind) || kind === "days" ? undefined : (kind.replace("-to-date", "") as Unit);

const spanBefore = (kind: RangeKind, from: string, to: string): Span => {
  const first = Temporal.PlainDate.from(from);
  if (isWhole(kind)) return spanOf(...wholeUnit(first.subtract(LENGTHS[kind]), kind));
  return spanOf(first.subtract({ days: first.until(to).days + 1 }), first.subtract({ days: 1 }));
};

/** As many of the same days as the unit before has. */
const sameDays = (unit: Unit, from: string, to: string): Span =>
  spanOf(
    Temporal.PlainDate.from(from).subtract(LENGTHS[unit]),
    Temporal.PlainDate.from(to).subtract(LENGTHS[unit]),
  );

const spanOf = (from: Temporal.PlainDate, to: Temporal.PlainDate): Span => ({
  from: from.toString(),
  to: to.toString(),
});
