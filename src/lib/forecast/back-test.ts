import { LEVELS, neverBelowZero, type Prediction, type Widening } from "./prediction.js";
import { ascending, part, type Series } from "./series.js";

/** Days of each fold, at most. */
const FOLD_DAYS = 30;

/** With fewer days before it, a fold says nothing of a model. */
const LEAST_DAYS = 14;

/** Bands are widened so much at most. */
const WIDEST = 8;

/** What a fold cannot be wrong by more than: a model that is useless is useless. */
const WORST = 2;

/** A forecast made of the days before a fold, beside what came. */
export interface Fold {
  predicted: Prediction;
  actual: readonly number[];
}

export type Predict = (series: Series, ahead: readonly string[]) => Promise<Prediction>;

/**
 * Forecasts the last days of the series as if they had not come, in two folds, from 60 days on in three.
 * A fold that the model cannot be fitted to is left out.
 */
export const backTest = async (series: Series, predict: Predict): Promise<Fold[]> => {
  const { length } = series.days;
  const size = Math.min(FOLD_DAYS, Math.floor(length / 4));
  const folds: Fold[] = [];
  for (let number = 1; number <= (length >= 60 ? 3 : 2); number++) {
    const start = length - number * size;
    const before = part(series, 0, start);
    // A model that takes changes cannot be fitted to what never changes.
    if (start < LEAST_DAYS || new Set(before.costs).size < 3) break;
    const came = part(series, start, start + size);
    try {
      folds.push({ predicted: neverBelowZero(await predict(before, came.days)), actual: came.costs });
    } catch {
      continue;
    }
  }
  return folds;
};

/** The sum of all errors as a share of what came (WAPE); null without folds. */
export const errorOf = (folds: readonly Fold[]): number | null => {
  if (folds.length === 0) return null;
  const all = folds.flatMap(({ predicted, actual }) =>
    actual.map((cost, at) => ({ cost, error: Math.abs(cost - (predicted.point[at] ?? 0)) })),
  );
  const total = all.reduce((sum, { cost }) => sum + cost, 0);
  const wrong = all.reduce((sum, { error }) => sum + error, 0);
  return total === 0 ? (wrong === 0 ? 0 : Infinity) : wrong / total;
};

/** How much wider the bands must be to hold what came in the folds; null without folds. @param floor US dollars */
export const wideningOf = (folds: readonly Fold[], floor: number): Widening | null => {
  if (folds.length === 0) return null;
  const [of80, of95] = LEVELS.map((level) => {
    const ratios = folds.flatMap(({ predicted: { point, bands }, actual }) =>
      actual.map((cost, at) => {
        const half = ((bands[level].upper[at] ?? 0) - (bands[level].lower[at] ?? 0)) / 2;
        return Math.abs(cost - (point[at] ?? 0)) / Math.max(1e-9, floor, half);
      }),
    );
    const rank = Math.ceil((level / 100) * (ratios.length + 1)) - 1;
    const ratio = ratios.toSorted(ascending)[Math.min(rank, ratios.length - 1)] ?? 1;
    return Math.min(WIDEST, Math.max(1, ratio));
  });
  return { 80: of80 ?? 1, 95: of95 ?? 1 };
};

/** By which share of what came the sum of the first days of each fold was wrong. */
export const totalErrors = (folds: readonly Fold[], days = Infinity): number[] =>
  folds.map(({ predicted, actual }) => {
    const came = actual.slice(0, days).reduce((sum, cost) => sum + cost, 0);
    const said = predicted.point.slice(0, Math.min(days, actual.length)).reduce((sum, cost) => sum + cost, 0);
    return Math.min(WORST, Math.abs(said - came) / Math.max(1e-9, came));
  });
