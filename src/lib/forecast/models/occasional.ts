import { flat } from "../prediction.js";
import { ascending, mean } from "../series.js";
import type { Model } from "./model.js";

/** Days that the level is the mean of: a quarter of a year holds three monthly bills. */
const RECENT = 91;

/** Which share of the days each band leaves above it. */
const ABOVE = { 80: 0.1, 95: 0.025 } as const;

/** Spend on few days: nothing tells which days those will be, only what an average day costs. */
export const occasional: Model = {
  predict: ({ costs }, { length }) => {
    const recent = costs.slice(-RECENT);
    const level = mean(recent);
    const sorted = recent.toSorted(ascending);
    const reached = (above: number): number => {
      const rank = Math.ceil((1 - above) * (sorted.length + 1)) - 1;
      return Math.max(level, sorted[Math.min(rank, sorted.length - 1)] ?? 0);
    };
    const { point, bands } = flat(level, length, { 80: 0, 95: 0 });
    const from0 = (above: number) => ({
      lower: bands[80].lower.map(() => 0),
      upper: bands[80].upper.map(() => reached(above)),
    });
    return { point, bands: { 80: from0(ABOVE[80]), 95: from0(ABOVE[95]) } };
  },
};
