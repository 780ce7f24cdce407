import { type Fold, totalErrors } from "./back-test.js";
import type { Prediction } from "./prediction.js";
import { mean } from "./series.js";

/**
 * By which share a sum of days is wrong before any back-test, by how many days of history there are; and how much that
 * counts, in folds.
 */
const PRIOR = { folds: 3, share: (history: number) => (history < 14 ? 0.5 : history < 28 ? 0.35 : 0.2) };

/** Of a normal distribution. */
const DEVIATIONS = { 80: 1.2816, 95: 1.96 } as const;

/** What a score of confidence is about: how near the forecast must come, and the highest score that back-tests allow. */
const NEAR = 0.2;
const MOST = 0.9;

export const CONFIDENCE_MEANING =
  "Confidence: how likely the next 30 days together come within 20% of the forecast, by back-tests on your own data.";

/** What a sum of days comes to, US dollars. Bands of days do not add up to those of their sum. */
export interface Total {
  cost: number;
  bands: Record<80 | 95, { lower: number; upper: number }>;
}

/** A forecast, and what its back-tests say of it. */
export interface Tested {
  prediction: Prediction;
  folds: readonly Fold[];
  /** How many days it was made of. */
  history: number;
}

/** @param wanted places of the days ahead that are summed */
export const totalOf = (tested: Tested, wanted: readonly number[]): Total => {
  const { point } = tested.prediction;
  const cost = wanted.reduce((sum, at) => sum + (point[at] ?? 0), 0);
  const deviation = cost * deviationOf(tested, wanted);
  const band = (level: 80 | 95) => ({
    lower: Math.max(0, cost - DEVIATIONS[level] * deviation),
    upper: cost + DEVIATIONS[level] * deviation,
  });
  return { cost, bands: { 80: band(80), 95: band(95) } };
};

/**
 * By which share of itself a sum is wrong: that of the folds over as many days, and before that a guess. The fewer days,
 * the more the noise of each of them weighs.
 */
const deviationOf = ({ prediction, folds, history }: Tested, wanted: readonly number[]): number => {
  if (wanted.length === 0) return 0;
  const { point, bands } = prediction;
  const level = mean(wanted.map((at) => point[at] ?? 0));
  const noise = mean(wanted.map((at) => ((bands[80].upper[at] ?? 0) - (point[at] ?? 0)) / DEVIATIONS[80]));
  const ofNoise = level === 0 ? 0 : noise / level / Math.sqrt(wanted.length);
  return pooled(totalErrors(folds, wanted.length), Math.hypot(PRIOR.share(history), ofNoise));
};

/** The root of the mean square, with a guess that counts as some of the errors. */
const pooled = (errors: readonly number[], prior: number): number =>
  Math.sqrt(
    (PRIOR.folds * prior ** 2 + errors.reduce((sum, error) => sum + error ** 2, 0)) /
      (PRIOR.folds + errors.length),
  );

/** From 0 to 1: see `CONFIDENCE_MEANING`. */
export const confidenceOf = ({ folds, history }: Pick<Tested, "folds" | "history">): number =>
  Math.min(MOST, errorFunction(NEAR / pooled(totalErrors(folds), PRIOR.share(history)) / Math.SQRT2));

/** Abramowitz and Stegun, 7.1.26, for numbers above zero. */
const errorFunction = (x: number): number => {
  const t = 1 / (1 + 0.3275911 * x);
  const terms = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592];
  return 1 - terms.reduce((sum, term) => (sum + term) * t, 0) * Math.exp(-x * x);
};
