import { backTest, errorOf, type Fold, wideningOf } from "./back-test.js";
import type { ModelName } from "./models/facts.js";
import type { ModelsAside } from "./models-aside.js";
import { neverBelowZero, type Prediction, type Widening, widened } from "./prediction.js";
import { sinceShift } from "./level-shift.js";
import { mean, part, type Series } from "./series.js";
import { unusualDays } from "./unusual-days.js";

/** A forecast of one series. */
export interface Chosen {
  /** What of the series it was made of, and whole sentences about what is left out. */
  used: Series;
  remarks: string[];
  model: ModelName;
  /** Why not Prophet; null if it is. */
  because: string | null;
  prediction: Prediction;
  folds: readonly Fold[];
  /** Of the model, and of the one that it was chosen instead of, the error in the folds; null if it was not tested. */
  errors: Partial<Record<ModelName, number | null>>;
  /** Null if the bands are the model's own. */
  widening: Widening | null;
  /** A score that back-tests do not give; else undefined. */
  confidence?: number;
}

/** With fewer days nothing is said. */
export const LEAST_DAYS = 3;

/** From so many days on Prophet can be tested, and there is a score of confidence. */
export const TESTED_FROM = 28;

/** Bands never come nearer than this share of the usual cost of a day. */
const FLOOR = 0.02;

/** Days that the usual cost is of. */
const RECENT = 7;

/** With spend on a smaller share of the days, no day can be told from another. */
const OFTEN = { share: 0.3, days: 5 };

/** Prophet is left for a simpler model that is so much better in the folds. */
const MUCH_WORSE = 1.1;

/** Random futures of a fold: enough for its bands. */
const FOLD_SAMPLES = 400;

/** What a series is, from few days to many; the first that fits decides. Measured by back-tests: see docs/forecast.md. */
const CASES: readonly Case[] = [
  {
    fits: ({ costs }) => new Set(costs).size === 1,
    model: "constant",
    because: "every day cost the same",
    confidence: 0.7,
  },
  { fits: ({ days }) => days.length < 7, model: "mean", because: "fewer than 7 days are known" },
  {
    fits: ({ days }) => days.length < 14,
    model: "ets",
    because: "fewer than 14 days are known, too few for a weekly pattern",
    widening: { 80: 1.4, 95: 1.6 },
  },
  {
    fits: ({ costs }) =>
      costs.filter((cost) => cost !== 0).length < Math.max(OFTEN.days, OFTEN.share * costs.length),
    model: "occasional",
    because: "only few days cost anything",
    confidence: 0.2,
  },
  { fits: ({ days }) => days.length < 21, ...mstlOf({ 80: 2, 95: 2.4 }) },
  { fits: ({ days }) => days.length < TESTED_FROM, ...mstlOf({ 80: 1.6, 95: 2 }) },
];

interface Case extends Pick<Chosen, "model" | "confidence"> {
  fits: (series: Series) => boolean;
  because: string;
  widening?: Widening;
}

function mstlOf(widening: Widening): Omit<Case, "fits"> {
  return {
    model: "mstl",
    because: `fewer than ${TESTED_FROM} days are known, too few to test Prophet`,
    widening,
  };
}

/**
 * The forecast of a series of at least `LEAST_DAYS`, by the model that back-tests favour. Days that would mislead are
 * left out before.
 */
export const choose = async (
  models: ModelsAside,
  series: Series,
  ahead: readonly string[],
): Promise<Chosen> => {
  const usual = unusualDays(series);
  const { series: used, remarks } = sinceShift(usual.series);
  return { ...(await made(models, used, ahead)), used, remarks: [...usual.remarks, ...remarks] };
};

type Made = Omit<Chosen, "used" | "remarks">;

const made = async (models: ModelsAside, series: Series, ahead: readonly string[]): Promise<Made> => {
  const known = CASES.find(({ fits }) => fits(series));
  if (known === undefined) return bestOf(models, series, ahead);
  const { model, because, widening, confidence } = known;
  const floor = floorOf(series);
  const shown = (prediction: Prediction): Prediction =>
    neverBelowZero(
      model === "occasional" ? prediction : widened(prediction, widening ?? { 80: 1, 95: 1 }, floor),
    );
  try {
    const prediction = shown(await models.predict(model, series, ahead));
    const score = confidence !== undefined && series.days.length >= TESTED_FROM ? { confidence } : {};
    return { model, because, prediction, folds: [], errors: {}, widening: widening ?? null, ...score };
  } catch {
    return byMean(models, series, ahead, `${because}, and ${model} could not be fitted`);
  }
};

const byMean = async (
  models: ModelsAside,
  series: Series,
  ahead: readonly string[],
  because: string,
): Promise<Made> => {
  const prediction = neverBelowZero(await models.predict("mean", series, ahead));
  return { model: "mean", because, prediction, folds: [], errors: {}, widening: null };
};

/** Prophet, unless it fails or the simpler model is clearly better in the folds. */
const bestOf = async (models: ModelsAside, series: Series, ahead: readonly string[]): Promise<Made> => {
  const prophet = await tested(models, "prophet", series, ahead);
  const mstl = await tested(models, "mstl", series, ahead);
  const errors = { prophet: prophet.error, mstl: mstl.error };
  const isBeaten = (prophet.error ?? Infinity) > MUCH_WORSE * (mstl.error ?? Infinity);
  const [model, { prediction, folds, failed }] =
    prophet.prediction !== null && (!isBeaten || mstl.prediction === null)
      ? (["prophet", prophet] as const)
      : (["mstl", mstl] as const);
  if (prediction === null)
    return byMean(models, series, ahead, `no other model could be fitted: ${failed ?? ""}`);
  const widening = wideningOf(folds, floorOf(series)) ?? { 80: 2, 95: 2.4 };
  return {
    model,
    because: model === "prophet" ? null : beatenBy(prophet, mstl),
    prediction: neverBelowZero(widened(prediction, widening, floorOf(series))),
    folds,
    errors,
    widening,
  };
};

interface TestedModel {
  /** Null if it could not be fitted. */
  prediction: Prediction | null;
  failed?: string;
  folds: Fold[];
  error: number | null;
}

const tested = async (
  models: ModelsAside,
  model: ModelName,
  series: Series,
  ahead: readonly string[],
): Promise<TestedModel> => {
  try {
    const prediction = await models.predict(model, series, ahead);
    const folds = await backTest(series, (before, days) =>
      models.predict(model, before, days, { samples: FOLD_SAMPLES }),
    );
    return { prediction, folds, error: errorOf(folds) };
  } catch (error) {
    return { prediction: null, failed: error instanceof Error ? error.message : "", folds: [], error: null };
  }
};

const beatenBy = (prophet: TestedModel, mstl: TestedModel): string =>
  prophet.failed === undefined
    ? `in back-tests Prophet was wrong by ${percent(prophet.error)}, this by ${percent(mstl.error)}`
    : `Prophet could not be fitted: ${prophet.failed}`;

const percent = (share: number | null): string =>
  share === null || share === Infinity ? "any amount" : `${(100 * share).toFixed(0)}%`;

/** US dollars. */
const floorOf = (series: Series): number => FLOOR * Math.abs(mean(part(series, -RECENT).costs));
