import type { Coverage, DailySpend } from "../api.js";
import { daysBetween, daysCount } from "../dates/days.js";
import type { Span } from "../dates/ranges.js";
import { type Decimal, ZERO } from "../money.js";
import { knownProviders } from "../reports/coverage.js";
import { countDays, holdsDay, within } from "../reports/day-spans.js";
import type { KnownCharge } from "../reports/expected.js";
import { meteredIn, meteredOf } from "../reports/sum.js";

/** What each day of a period costs, or is expected to. */
export type DayCosts = ReadonlyMap<string, Decimal>;

/** What is recorded on the days of a period; a day without records has no entry. */
export const recordedByDay = (rows: readonly DailySpend[]): Map<string, Decimal> => {
  const costs = new Map<string, Decimal>();
  for (const { date, cost_usd } of rows) costs.set(date, (costs.get(date) ?? ZERO).plus(cost_usd));
  return costs;
};

/** Adds amounts to days. */
export const addedTo = (costs: DayCosts, more: readonly (readonly [string, Decimal])[]): DayCosts => {
  const all = new Map(costs);
  for (const [day, amount] of more) all.set(day, (all.get(day) ?? ZERO).plus(amount));
  return all;
};

export const chargesByDay = (charges: readonly KnownCharge[]): [string, Decimal][] =>
  charges.map(({ date, usd }) => [date, ZERO.plus(usd)]);

/**
 * What usage beyond the records comes to on each day of a period, if it goes on as on its days with data: as the pace of
 * `aicost today`, of each provider by itself. A day with data, and one with records, costs what is recorded. Null if no day
 * has data.
 * @param rows of the period @param day today
 */
export const paceByDay = (
  rows: readonly DailySpend[],
  coverage: Coverage,
  span: Span,
  day: string,
): [string, Decimal][] | null => {
  const providers = new Map(knownProviders(coverage));
  const soFar = { from: span.from, to: day };
  if (![...providers.values()].some((spans) => within(spans, soFar).length > 0)) return null;
  return [...new Set(rows.map(({ provider }) => provider))].flatMap((provider): [string, Decimal][] => {
    const covered = within(providers.get(provider) ?? [], soFar);
    const known = countDays(covered);
    if (known === 0) return [];
    const past = rows.filter((row) => row.provider === provider && row.date <= day);
    const outside = past.filter((row) => !holdsDay(covered, row.date) && !meteredOf(row).eq(0));
    const own = new Set(outside.map(({ date }) => date));
    const rate = meteredIn(past).minus(meteredIn(outside)).div(known);
    return daysBetween(span.from, span.to)
      .filter((each) => !holdsDay(covered, each) && !own.has(each))
      .map((each) => [each, rate]);
  });
};

/** The sum of all days up to one, ends included. */
export const totalThrough = (costs: DayCosts, last: string): Decimal =>
  [...costs].reduce((total, [day, cost]) => (day <= last ? total.plus(cost) : total), ZERO);

/** The day from which on the sum of a period stays above a limit until its last day; null if it ends at or below it. */
export const crossingDay = (costs: DayCosts, { from, to }: Span, limit: Decimal): string | null => {
  let total = ZERO;
  let crossed: string | null = null;
  for (const day of daysBetween(from, to)) {
    total = total.plus(costs.get(day) ?? ZERO);
    if (total.lte(limit)) crossed = null;
    else crossed ??= day;
  }
  return crossed;
};

/** How many of the days of a period that have begun have data. */
export const knownDays = (
  coverage: Coverage,
  { from }: Span,
  day: string,
): { known: number; begun: number } => {
  const all = knownProviders(coverage).map(([, spans]) => spans);
  const days = daysBetween(from, day).filter((each) => {
    const spans = all.filter((of) => (of[0]?.[0] ?? each) <= each);
    return spans.length > 0 && spans.every((of) => holdsDay(of, each));
  });
  return { known: days.length, begun: daysCount(from, day) };
};
