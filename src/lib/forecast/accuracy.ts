import type { Coverage, DailySpend, StoredForecast } from "../api.js";
import { daysAfter } from "../dates/days.js";
import { decimal, type Decimal, percentOf, plain, ZERO } from "../money.js";
import { knownProviders } from "../reports/coverage.js";
import { together, within } from "../reports/day-spans.js";
import { holdsDay } from "../reports/day-spans.js";
import { usageByDay } from "./forecast.js";

/** How far ahead a forecast is compared with what came. */
const AHEAD = 30;

/** A stored forecast beside what came. Amounts are US dollars, percentages have one decimal. */
export interface ForecastAccuracy {
  /** RFC 3339. */
  made_at: string;
  training_data_end: string;
  model_version: string;
  confidence_score: string | null;
  /** The last of its days that has come. */
  through: string;
  /** How many of its first 30 days have come and are known. */
  days: number;
  predicted_usd: string;
  actual_usd: string;
  /** By how much the sum was too high or, below zero, too low; null if nothing was spent. */
  error_percent: string | null;
  /** The sum of the errors of all days, as a share of what came (WAPE); null if nothing was spent. */
  daily_error_percent: string | null;
  /** How many percent of the days were within each band. */
  within_80_percent: string;
  within_95_percent: string;
}

/** Of all that are compared. */
export type AccuracyTotal = Pick<
  ForecastAccuracy,
  "days" | "daily_error_percent" | "within_80_percent" | "within_95_percent"
>;

/** The forecasts that have a day in the past, the newest first; and all of their past days together. */
export const accuracyOf = (
  forecasts: readonly StoredForecast[],
  rows: readonly DailySpend[],
  { coverage, today }: { coverage: Coverage; today: string },
): { accuracy: ForecastAccuracy[]; total: AccuracyTotal | null } => {
  const usage = usageByDay(rows);
  const sources = knownProviders(coverage).map(([, spans]) => spans);
  const known = within(together(sources), { from: null, to: daysAfter(today, -1) });
  const isKnown = (day: string): boolean =>
    sources.length === 0 ? day < today && usage.has(day) : holdsDay(known, day);
  const compared = forecasts.map((forecast) => ({
    forecast,
    days: forecast.days
      .slice(0, AHEAD)
      .filter(([day]) => isKnown(day))
      .map(([day, ...predicted]) => ({ day, predicted, actual: usage.get(day) ?? ZERO })),
  }));
  const accuracy = compared.flatMap(({ forecast, days }) => {
    const through = days.at(-1)?.day;
    if (through === undefined) return [];
    const { made_at, training_data_end, model_version, confidence_score } = forecast;
    const facts = { made_at, training_data_end, model_version, confidence_score, through };
    const predicted = days.reduce((sum, { predicted: [cost] }) => sum.plus(cost), ZERO);
    const actual = days.reduce((sum, day) => sum.plus(day.actual), ZERO);
    const sums = { predicted_usd: plain(predicted), actual_usd: plain(actual) };
    return [
      { ...facts, ...sums, error_percent: percentOf(predicted.minus(actual), actual), ...scoresOf(days) },
    ];
  });
  const all = compared.flatMap(({ days }) => days);
  return { accuracy, total: all.length === 0 ? null : scoresOf(all) };
};

interface Day {
  predicted: readonly [cost: string, lower80: string, upper80: string, lower95: string, upper95: string];
  actual: Decimal;
}

const scoresOf = (days: readonly Day[]): AccuracyTotal => {
  const errors = days.map(({ predicted: [cost], actual }) => actual.minus(cost).abs());
  const came = days.reduce((sum, { actual }) => sum.plus(actual), ZERO);
  const held = (isIn: (day: Day) => boolean): string =>
    percentOf(decimal(String(days.filter(isIn).length)), decimal(String(days.length))) ?? "0";
  return {
    days: days.length,
    daily_error_percent: percentOf(
      errors.reduce((sum, error) => sum.plus(error), ZERO),
      came,
    ),
    within_80_percent: held(
      ({ predicted: [, lower, upper], actual }) => actual.gte(lower) && actual.lte(upper),
    ),
    within_95_percent: held(
      ({ predicted: [, , , lower, upper], actual }) => actual.gte(lower) && actual.lte(upper),
    ),
  };
};
