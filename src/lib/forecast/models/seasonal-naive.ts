import { eachBand } from "../prediction.js";
import { mean, withoutGaps } from "../series.js";
import type { Model } from "./model.js";

const WEEK = 7;

/** Of a normal distribution: how many deviations each band takes to either side. */
const DEVIATIONS = { 80: 1.2816, 95: 1.96 } as const;

/** Each day costs what the same weekday cost last: the peer that every other model is measured against. */
export const seasonalNaive: Model = {
  predict: (series, ahead) => {
    const costs = withoutGaps(series);
    const errors = costs.slice(WEEK).map((cost, at) => (cost - (costs[at] ?? 0)) ** 2);
    const deviation = Math.sqrt(mean(errors));
    const point = ahead.map((_, at) => costs[costs.length - WEEK + (at % WEEK)] ?? 0);
    // The error of each further week adds to that of the weeks before.
    const spread = (at: number): number => deviation * Math.sqrt(Math.floor(at / WEEK) + 1);
    return {
      point,
      bands: eachBand((level) => ({
        lower: point.map((cost, at) => cost - DEVIATIONS[level] * spread(at)),
        upper: point.map((cost, at) => cost + DEVIATIONS[level] * spread(at)),
      })),
    };
  },
};
