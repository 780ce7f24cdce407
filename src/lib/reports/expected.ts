import type { Coverage, DailySpend, Due, DueCharge, StoredForecast } from "../api.js";
import { daysAfter, daysBetween, daysCount, lastOfMonth } from "../dates/days.js";
import type { Span } from "../dates/ranges.js";
import { type Decimal, decimal, ZERO } from "../money.js";
import { knownProviders } from "./coverage.js";
import { holdsDay } from "./day-spans.js";
import { flatOf, meteredIn, sumSpend } from "./sum.js";

/** A forecast is used for a week: by then it has missed what changed. */
const FRESH_DAYS = 7;

/** Whether a forecast tells of the days ahead. @param day today */
export const isFresh = ({ made_at, days }: StoredForecast, day: string): boolean => {
  const age = daysCount(made_at.slice(0, 10), day) - 1;
  const last = days.at(-1)?.[0] ?? "";
  return age <= FRESH_DAYS && daysAfter(day, -1) <= last && made_at.slice(0, 10) <= daysAfter(day, 1);
};

/** What usage is expected to cost on a day, without flat fees. US dollars, decimal. */
export interface ExpectedDay {
  date: string;
  usd: string;
  lower_80: string;
  upper_80: string;
}

/** The days of a span that a fresh forecast tells of; null without one. @param day today */
export const expectedDays = (
  forecast: StoredForecast | null,
  { from, to }: Span,
  day: string,
): ExpectedDay[] | null => {
  if (forecast === null || !isFresh(forecast, day)) return null;
  return forecast.days
    .filter(([date]) => date >= from && date <= to)
    .map(([date, usd, lower_80, upper_80]) => ({ date, usd, lower_80, upper_80 }));
};

/** A charge that is not recorded yet, but known to come. US dollars. */
export interface KnownCharge {
  date: string;
  usd: string;
}

/** Of charges to come, those that have a rate. */
export const knownCharges = (charges: readonly DueCharge[]): KnownCharge[] =>
  charges.flatMap(({ due_on, usd }) => (usd === null ? [] : [{ date: due_on, usd }]));

/** What is known of the days ahead. */
export interface Ahead {
  /** Null without one, or if forecasts are turned off. */
  forecast: StoredForecast | null;
  charges: readonly KnownCharge[];
}

export const aheadOf = (forecast: StoredForecast | null, { coming }: Due): Ahead => ({
  forecast,
  charges: knownCharges(coming),
});

/** What a month or another period comes to, US dollars. */
export interface ExpectedSpend {
  spent: Decimal;
  /** Flat fees that come after today. */
  known: Decimal;
  /** Usage from the end of the data to the end of the period, beyond what is recorded. */
  usage: Decimal;
  /** The days that usage is expected on, with what is recorded of each already. */
  open: readonly { date: string; recorded: Decimal; expected: Decimal }[];
  total: Decimal;
}

interface Asked {
  /** Rows of at least the period, also of later days. */
  days: readonly DailySpend[];
  coverage: Coverage;
  /** Today. */
  date: string;
  /** Charges of later days that are not among `days`. */
  charges?: readonly KnownCharge[];
}

/** The whole of this month: see `expectedSpend`. */
export const expectedMonth = (forecast: StoredForecast, asked: Asked): ExpectedSpend | null =>
  expectedSpend(forecast, { from: `${asked.date.slice(0, 7)}-01`, to: lastOfMonth(asked.date) }, asked);

/**
 * The total of a period that has begun: what is spent, flat fees to come, and usage by the forecast. Earlier days without
 * data are not guessed. A day that is not over, or that not all sources tell of, costs what is forecast, or what is
 * recorded if that is more. Null if the forecast does not go to the end of the period.
 */
export const expectedSpend = (
  forecast: StoredForecast,
  { from, to }: Span,
  { days, coverage, date, charges = [] }: Asked,
): ExpectedSpend | null => {
  if ((forecast.days.at(-1)?.[0] ?? "") < to) return null;
  const ofSpan = days.filter((day) => day.date >= from && day.date <= to);
  const past = ofSpan.filter((day) => day.date <= date);
  const spent = past.reduce((total, { cost_usd }) => total.plus(cost_usd), ZERO);
  const coming = charges.filter((charge) => charge.date > date && charge.date <= to);
  const known = coming.reduce(
    (total, { usd }) => total.plus(usd),
    flatOf(sumSpend(ofSpan.filter((day) => day.date > date))),
  );
  const predicted = new Map(forecast.days.map(([day, cost]) => [day, decimal(cost)]));
  const sources = knownProviders(coverage).map(([, spans]) => spans);
  const isOver = (day: string): boolean =>
    day <= forecast.training_data_end || (day < date && sources.every((spans) => holdsDay(spans, day)));
  const open = daysBetween(from, to)
    .filter((day) => !isOver(day))
    .map((day) => ({
      date: day,
      recorded: meteredIn(ofSpan.filter((row) => row.date === day)),
      expected: predicted.get(day) ?? ZERO,
    }));
  const usage = open.reduce(
    (total, { recorded, expected }) => (expected.gt(recorded) ? total.plus(expected.minus(recorded)) : total),
    // What is recorded of later days is to come as well.
    meteredIn(ofSpan.filter((day) => day.date > date)),
  );
  return { spent, known, usage, open, total: spent.plus(known).plus(usage) };
};
