import type { Coverage, DailySpend, NewForecast } from "../api.js";
import { daysAfter, lastOfMonth } from "../dates/days.js";
import { decimal, plain, toScale, ZERO } from "../money.js";
import { expectedMonth, type KnownCharge } from "../reports/expected.js";
import { flatOf } from "../reports/sum.js";
import {
  forecasts,
  type ForecastGroup,
  type MadeForecast,
  recentDays,
  type SeriesForecast,
  totalBetween,
  toStore,
  usd,
} from "./forecast.js";
import { CONFIDENCE_MEANING } from "./totals.js";

/** A row of `forecast_results`, with the name of its provider. */
export interface ForecastRow extends Omit<NewForecast, "days"> {
  forecast_date: string;
  predicted_cost_usd: string;
  lower_bound_80: string;
  upper_bound_80: string;
  lower_bound_95: string;
  upper_bound_95: string;
}

/** A sum of days, US dollars, and the ends of its bands. */
export interface ForecastSum {
  cost_usd: string;
  lower_bound_80: string;
  upper_bound_80: string;
  lower_bound_95: string;
  upper_bound_95: string;
}

/** What the days ahead come to, in one series. */
export interface ForecastSeries extends Partial<ForecastSum> {
  provider: string | null;
  model: string | null;
  /** Which model made it; null if none could. */
  made_by: string | null;
  /** Why that one, or why none; null if it is Prophet. */
  because: string | null;
  confidence_score: string | null;
}

/** This month, US dollars. */
export interface ForecastMonth {
  month: string;
  spent_usd: string;
  known_charges_usd: string;
  usage_usd: string;
  expected_usd: string;
  lower_bound_80: string;
  upper_bound_80: string;
  lower_bound_95: string;
  upper_bound_95: string;
}

/** The JSON contract of `aicost forecast --json`. Money is decimal strings in US dollars. */
export interface ForecastReport {
  range: { from: string; to: string; timezone: string };
  /** A row a day: of all spend and, with `--by`, of each provider or model. Flat fees are not part of it. */
  forecast: ForecastRow[];
  /** All days of the range together: all spend first. */
  totals: ForecastSeries[];
  /** Charges that are known to come in the range, US dollars. */
  known_charges: KnownCharge[];
  /** Null without a forecast. */
  month: ForecastMonth | null;
  /** What the last days of the history cost, for the chart. */
  history: { date: string; cost_usd: string }[];
  confidence_meaning: string;
  warnings: string[];
}

export interface ReportOptions {
  coverage: Coverage;
  timezone: string;
  today: string;
  days: number;
  by?: ForecastGroup | undefined;
  /** Charges of later days that are not among the rows. */
  charges?: readonly KnownCharge[];
}

/** Days of history in the chart. */
const CHART_DAYS = 28;

/** The forecast, and what of it is to be stored. @param rows of all days */
export const forecastReport = async (
  rows: readonly DailySpend[],
  { timezone, charges = [], ...asked }: ReportOptions,
): Promise<{ report: ForecastReport; toStore: NewForecast[] }> => {
  const { today, days, coverage, by } = asked;
  const to = daysAfter(today, days - 1);
  const { all, groups, leftOut } = await forecasts(rows, asked);
  const series = [all, ...groups];
  const stored = series.flatMap((each) => toStore(each) ?? []);
  const known = [...futureFees(rows, today), ...charges].filter(({ date }) => date > today && date <= to);
  const report: ForecastReport = {
    range: { from: today, to, timezone },
    forecast: stored
      .flatMap(rowsOf)
      .filter(({ forecast_date }) => forecast_date >= today && forecast_date <= to),
    totals: series.map((each) => seriesTotal(each, today, to)),
    known_charges: known.toSorted((a, b) => (a.date < b.date ? -1 : 1)),
    month: all.made && monthOf(all, all.made, rows, { coverage, today, charges }),
    history: recentDays(all.history, CHART_DAYS).map(({ date, cost }) => ({ date, cost_usd: plain(cost) })),
    confidence_meaning: CONFIDENCE_MEANING,
    warnings: [
      ...(all.reason === null ? [] : [all.reason]),
      ...endRemark(all, today),
      ...all.history.remarks,
      ...(all.made?.chosen.remarks ?? []),
      ...(leftOut.length === 0
        ? []
        : [`Too many for a forecast of each: ${leftOut.length} ${by ?? ""}s that cost least are left out.`]),
    ],
  };
  return { report, toStore: stored };
};

const endRemark = ({ history, made }: SeriesForecast, today: string): string[] => {
  const end = history.series.days.at(-1) ?? today;
  return made === null || end >= daysAfter(today, -1)
    ? []
    : [`The data end on ${end}: the days since then are forecast, too.`];
};

const rowsOf = ({ days, ...facts }: NewForecast): ForecastRow[] =>
  days.map(
    ([
      forecast_date,
      predicted_cost_usd,
      lower_bound_80,
      upper_bound_80,
      lower_bound_95,
      upper_bound_95,
    ]) => ({
      ...facts,
      forecast_date,
      predicted_cost_usd,
      lower_bound_80,
      upper_bound_80,
      lower_bound_95,
      upper_bound_95,
    }),
  );

/** Flat fees that are recorded with a later date. */
const futureFees = (rows: readonly DailySpend[], today: string): KnownCharge[] =>
  rows
    .filter((row) => row.date > today && !flatOf(row).eq(0))
    .map((row) => ({ date: row.date, usd: plain(flatOf(row)) }));

const seriesTotal = (
  { provider, model, made, reason }: SeriesForecast,
  from: string,
  to: string,
): ForecastSeries => {
  if (made === null) return { provider, model, made_by: null, because: reason, confidence_score: null };
  const { cost, bands } = totalBetween(made, from, to);
  return {
    provider,
    model,
    cost_usd: usd(cost),
    lower_bound_80: usd(bands[80].lower),
    upper_bound_80: usd(bands[80].upper),
    lower_bound_95: usd(bands[95].lower),
    upper_bound_95: usd(bands[95].upper),
    made_by: made.chosen.model,
    because: made.chosen.because,
    confidence_score: made.confidence === null ? null : made.confidence.toFixed(2),
  };
};

const monthOf = (
  series: SeriesForecast,
  made: MadeForecast,
  rows: readonly DailySpend[],
  { coverage, today, charges }: { coverage: Coverage; today: string; charges: readonly KnownCharge[] },
): ForecastMonth | null => {
  const stored = toStore(series);
  const forecast = stored && { ...stored, made_at: today };
  const month = forecast && expectedMonth(forecast, { days: rows, coverage, date: today, charges });
  if (month === null) return null;
  const { spent, known, usage, open, total } = month;
  const ahead = totalBetween(made, open[0]?.date ?? lastOfMonth(today), lastOfMonth(today));
  const certain = total.minus(usage);
  const forecastOfOpen = decimal(usd(ahead.cost));
  // What is recorded already of the open days is not uncertain any more.
  const end = (bound: number): string => {
    const moved = usage.plus(decimal(usd(bound)).minus(forecastOfOpen));
    return plain(toScale(certain.plus(moved.lt(0) ? ZERO : moved)));
  };
  return {
    month: today.slice(0, 7),
    spent_usd: plain(spent),
    known_charges_usd: plain(known),
    usage_usd: plain(toScale(usage)),
    expected_usd: plain(toScale(total)),
    lower_bound_80: end(ahead.bands[80].lower),
    upper_bound_80: end(ahead.bands[80].upper),
    lower_bound_95: end(ahead.bands[95].lower),
    upper_bound_95: end(ahead.bands[95].upper),
  };
};
