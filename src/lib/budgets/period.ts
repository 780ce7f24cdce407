import type { Budget } from "../api.js";
import { daysAfter, lastOfMonth } from "../dates/days.js";
import { daysOfPeriod, periodOf, type Span } from "../dates/ranges.js";

/** The day, the week from Monday on, or the month of a budget that a day is in. */
export const budgetSpan = (
  { period, reset_day }: Pick<Budget, "period" | "reset_day">,
  day: string,
): Span => {
  if (reset_day === null) return daysOfPeriod(periodOf(day, period), period);
  const reset = resetIn(day, reset_day);
  const from = day >= reset ? reset : resetIn(daysAfter(`${day.slice(0, 7)}-01`, -1), reset_day);
  return { from, to: daysAfter(resetIn(daysAfter(lastOfMonth(from), 1), reset_day), -1) };
};

/** The first day of the billing cycle that begins in a month: in a shorter month its last day. @param day any in it */
const resetIn = (day: string, resetDay: number): string => {
  const asked = `${day.slice(0, 7)}-${String(resetDay).padStart(2, "0")}`;
  const last = lastOfMonth(day);
  return asked < last ? asked : last;
};
