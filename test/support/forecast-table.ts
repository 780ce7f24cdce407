import { choose } from "../../src/lib/forecast/choose.js";
import type { ModelName } from "../../src/lib/forecast/models/facts.js";
import { ModelsAside } from "../../src/lib/forecast/models-aside.js";
import { neverBelowZero, type Level, type Prediction } from "../../src/lib/forecast/prediction.js";
import type { Series } from "../../src/lib/forecast/series.js";
import { costsOf, FAMILIES } from "./daily-costs.js";

/** What a table compares: a model as it is, or what `aicost forecast` chooses. */
export type Contestant = ModelName | "chosen";

export interface Scores {
  /** Forecasts of 30 days. */
  origins: number;
  /** The geometric mean of the error as a share of that of repeating the last week. */
  relative: number;
  /** The median error as a share of what came, in percent. */
  error: number;
  /** How many percent of what came each band held. */
  held: Record<Level, number>;
}

const AHEAD = 30;

const errorOf = (predicted: readonly number[], actual: readonly number[]): number => {
  const wrong = actual.reduce((sum, cost, at) => sum + Math.abs(cost - predicted[at]!), 0);
  return (
    wrong /
    Math.max(
      1e-9,
      actual.reduce((sum, cost) => sum + cost, 0),
    )
  );
};

const predictionOf = async (
  models: ModelsAside,
  name: Contestant,
  history: Series,
  ahead: readonly string[],
): Promise<Prediction> =>
  name === "chosen"
    ? (await choose(models, history, ahead)).prediction
    : neverBelowZero(await models.predict(name, history, ahead));

/** Back-tests of histories of one length, of all families with each seed. */
export const scoresOf = async (
  contestants: readonly Contestant[],
  {
    length,
    seeds,
    families = Object.keys(FAMILIES),
  }: { length: number; seeds: readonly number[]; families?: readonly string[] },
): Promise<Record<Contestant, Scores>> => {
  const models = new ModelsAside();
  const all = new Map(
    contestants.map((name) => [
      name,
      { relatives: [] as number[], errors: [] as number[], held: { 80: 0, 95: 0 }, days: 0 },
    ]),
  );
  try {
    for (const family of families)
      for (const seed of seeds) {
        const { history, ahead, actual } = costsOf(family, { length, ahead: AHEAD, seed });
        const naive = await models.predict("seasonal-naive", history, ahead);
        const base = errorOf(naive.point, actual);
        for (const [name, sums] of all) {
          const prediction = await predictionOf(models, name, history, ahead).catch(() => null);
          // What is chosen always comes to something; Prophet as it is may not.
          if (prediction === null && name !== "chosen") continue;
          const { point, bands } = prediction!;
          const error = errorOf(point, actual);
          sums.errors.push(error);
          sums.relatives.push(Math.log(Math.max(1e-3, error) / Math.max(1e-3, base)));
          sums.days += AHEAD;
          for (const level of [80, 95] as const)
            sums.held[level] += actual.filter(
              (cost, at) => cost >= bands[level].lower[at]! - 1e-9 && cost <= bands[level].upper[at]! + 1e-9,
            ).length;
        }
      }
  } finally {
    models.close();
  }
  return Object.fromEntries(
    [...all].map(([name, { relatives, errors, held, days }]) => [
      name,
      {
        origins: errors.length,
        relative: Math.exp(relatives.reduce((a, b) => a + b, 0) / relatives.length),
        error: 100 * errors.toSorted((a, b) => a - b)[Math.floor(errors.length / 2)]!,
        held: { 80: (100 * held[80]) / days, 95: (100 * held[95]) / days },
      } satisfies Scores,
    ]),
  ) as Record<Contestant, Scores>;
};
