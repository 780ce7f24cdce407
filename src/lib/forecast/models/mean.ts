import { flat } from "../prediction.js";
import { mean } from "../series.js";
import type { Model } from "./model.js";

/** Days that the level is the mean of. */
const RECENT = 7;

/** Of so few days, more than a normal distribution says. */
const DEVIATIONS = { 80: 1.55, 95: 2.6 } as const;

/** The mean of the last week on each day. */
export const average: Model = {
  predict: ({ costs }, { length }) => {
    const level = mean(costs.slice(-RECENT));
    const center = mean(costs);
    const squares = costs.map((cost) => (cost - center) ** 2);
    const deviation = Math.sqrt(squares.reduce((total, square) => total + square, 0) / (costs.length - 1));
    return flat(level, length, { 80: DEVIATIONS[80] * deviation, 95: DEVIATIONS[95] * deviation });
  },
};
