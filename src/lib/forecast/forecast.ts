import type { Api, Coverage, DailySpend, ForecastDay, NewForecast } from "../api.js";
import { daysAfter, daysBetween, daysCount, lastOfMonth } from "../dates/days.js";
import { decimal, type Decimal, plain, rounded } from "../money.js";
import { groupsOf } from "../reports/groups.js";
import { meteredIn, meteredOf } from "../reports/sum.js";
import { type Chosen, choose, LEAST_DAYS, TESTED_FROM } from "./choose.js";
import { type History, historyOf } from "./history.js";
import { MODEL_FACTS } from "./models/facts.js";
import { ModelsAside } from "./models-aside.js";
import { part } from "./series.js";
import { confidenceOf, type Total, totalOf } from "./totals.js";

/** What `--by` divides by. */
export const FORECAST_GROUPS = ["provider", "model"] as const;
export type ForecastGroup = (typeof FORECAST_GROUPS)[number];

/** The forecast of one series: of all spend, of a provider, or of a model. */
export interface SeriesForecast {
  /** Null for all of them. */
  provider: string | null;
  model: string | null;
  history: History;
  /** Null if there is too little history: `reason` says so. */
  made: MadeForecast | null;
  reason: string | null;
}

export interface MadeForecast {
  chosen: Chosen;
  /** From the end of the history on. */
  days: readonly string[];
  /** From 0 to 1; null if there is too little history. */
  confidence: number | null;
}

/** The most series with `--by`; those that cost least are left out, and said. */
const MOST_SERIES = 20;

/** Data that end longer ago say too little of the days ahead. */
const OLDEST_DAYS = 31;

/** Days that decide whether a series is in use, and how much it costs beside others. */
const RECENT_DAYS = 28;

export interface Asked {
  coverage: Coverage;
  /** Today's date. */
  today: string;
  /** From today on. */
  days: number;
  by?: ForecastGroup | undefined;
}

/** All rows that forecasts are made of. */
export const historyQuery = (by?: ForecastGroup): Api["get_daily_spend"]["args"] => ({
  from_date: null,
  to_date: null,
  split_by: by === "model" ? ["model"] : [],
});

/** The last day that is forecast: as asked, at least to the end of the next month, so that a week later this month is whole. */
const lastDay = ({ today, days }: Asked): string => {
  const asked = daysAfter(today, days - 1);
  const next = lastOfMonth(daysAfter(lastOfMonth(today), 1));
  return asked > next ? asked : next;
};

/** The forecast of all spend first, then those of its groups, the dearest first. */
export const forecasts = async (
  rows: readonly DailySpend[],
  asked: Asked,
): Promise<{ all: SeriesForecast; groups: SeriesForecast[]; leftOut: string[] }> => {
  const models = new ModelsAside();
  try {
    const all = await seriesForecast(models, rows, asked, { provider: null, model: null });
    const { shown, leftOut } = groupsIn(rows, asked);
    const groups = [];
    for (const { provider, model, rows } of shown)
      groups.push(await seriesForecast(models, rows, asked, { provider, model }));
    return { all, groups, leftOut };
  } finally {
    models.close();
  }
};

type Key = Pick<SeriesForecast, "provider" | "model">;

const groupsIn = (
  rows: readonly DailySpend[],
  { by, coverage, today }: Asked,
): { shown: (Key & { rows: readonly DailySpend[] })[]; leftOut: string[] } => {
  if (by === undefined) return { shown: [], leftOut: [] };
  const keyOf = ({ provider, model }: DailySpend): string =>
    by === "provider" ? provider : JSON.stringify([provider, model]);
  const all = groupsOf(rows, keyOf).flatMap((group) => {
    const [{ provider, model }] = group;
    const end = coverage.providers[provider]?.ranges.at(-1)?.[1] ?? today;
    const from = daysAfter(end < today ? end : today, -RECENT_DAYS);
    const recent = meteredIn(group.filter(({ date }) => date > from && date < today));
    return recent.gt(0) ? [{ provider, model: by === "model" ? model : null, rows: group, recent }] : [];
  });
  const ordered = all.toSorted((a, b) => b.recent.cmp(a.recent));
  const nameOf = ({ provider, model }: Key): string => model ?? provider ?? "";
  return { shown: ordered.slice(0, MOST_SERIES), leftOut: ordered.slice(MOST_SERIES).map(nameOf) };
};

const seriesForecast = async (
  models: ModelsAside,
  rows: readonly DailySpend[],
  asked: Asked,
  { provider, model }: Key,
): Promise<SeriesForecast> => {
  const { coverage, today } = asked;
  const wanted = provider === null ? undefined : [provider];
  const history = historyOf(rows, { coverage, today, wanted });
  const { series } = history;
  const of = { provider, model, history };
  const reason = whyNot(history, today);
  if (reason !== null) return { ...of, made: null, reason };
  const days = daysBetween(daysAfter(series.days.at(-1) ?? "", 1), lastDay(asked));
  const chosen = await choose(models, series, days);
  const known = chosen.used.days.length;
  const confidence =
    known < TESTED_FROM ? null : (chosen.confidence ?? confidenceOf({ folds: chosen.folds, history: known }));
  return { ...of, made: { chosen, days, confidence }, reason: null };
};

const whyNot = ({ series: { days } }: History, today: string): string | null => {
  const last = days.at(-1);
  if (last === undefined)
    return "No usage is known of a day that is over, so nothing can be forecast. Import a file with: aicost import FILE";
  if (daysCount(last, today) - 1 > OLDEST_DAYS)
    return `The data end on ${last}, more than ${OLDEST_DAYS} days ago: that says too little of the days ahead. See what is missing: aicost coverage`;
  if (days.length < LEAST_DAYS)
    return `Only ${days.length === 1 ? "one day" : `${days.length} days`} with data: a forecast needs at least ${LEAST_DAYS} that are over.`;
  return null;
};

/** US dollars as the database keeps them. */
export const usd = (amount: number): string => plain(rounded(decimal(amount.toFixed(12)), 10));

/** As `save_forecasts` takes it. */
export const toStore = ({ provider, model, history, made }: SeriesForecast): NewForecast | null => {
  if (made === null) return null;
  const { chosen, days, confidence } = made;
  const first = chosen.used.days[0] ?? null;
  return {
    provider,
    model_name: model,
    model_version: MODEL_FACTS[chosen.model].version,
    confidence_score: confidence === null ? null : confidence.toFixed(2),
    training_data_start: first,
    training_data_end: history.series.days.at(-1) ?? "",
    training_record_count: history.recordsSince(first ?? ""),
    metadata: {
      model: chosen.model,
      because: chosen.because,
      training_days: chosen.used.days.length,
      folds: chosen.folds.length,
      errors: Object.fromEntries(
        Object.entries(chosen.errors).map(([name, error]) => [name, shareOrNull(error)]),
      ),
      widened: chosen.widening && { "80": share(chosen.widening[80]), "95": share(chosen.widening[95]) },
    },
    days: days.map((day, at) => dayOf(chosen, day, at)),
  };
};

const share = (value: number): number => Number(value.toFixed(4));

const shareOrNull = (value: number | null): number | null =>
  value === null || !Number.isFinite(value) ? null : share(value);

const dayOf = ({ prediction: { point, bands } }: Chosen, day: string, at: number): ForecastDay => [
  day,
  usd(point[at] ?? 0),
  usd(bands[80].lower[at] ?? 0),
  usd(bands[80].upper[at] ?? 0),
  usd(bands[95].lower[at] ?? 0),
  usd(bands[95].upper[at] ?? 0),
];

/** What the days from one to another come to, ends included. */
export const totalBetween = ({ chosen, days }: MadeForecast, from: string, to: string): Total => {
  const wanted = days.flatMap((day, at) => (day >= from && day <= to ? [at] : []));
  const { prediction, folds } = chosen;
  return totalOf({ prediction, folds, history: chosen.used.days.length }, wanted);
};

/** What usage cost on the last days of the history, for a chart. */
export const recentDays = ({ series }: History, days: number): { date: string; cost: Decimal }[] => {
  const last = part(series, -days);
  return last.days.map((date, at) => ({ date, cost: decimal(usd(last.costs[at] ?? 0)) }));
};

/** What usage cost on each day, exactly; flat fees are not part of it. */
export const usageByDay = (rows: readonly DailySpend[]): Map<string, Decimal> => {
  const found = new Map<string, Decimal>();
  for (const row of rows) found.set(row.date, (found.get(row.date) ?? decimal("0")).plus(meteredOf(row)));
  return found;
};
