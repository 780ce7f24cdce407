import { withoutGaps } from "../series.js";
import { predictionOf, started } from "./augurs.js";
import type { Model } from "./model.js";

const WEEK = 7;

/** The pattern of the week, and exponential smoothing of the rest. */
export const mstl: Model = {
  predict: async (series, { length }) => {
    const { MSTL } = started(await import("@bsull/augurs/mstl"), "mstl");
    return predictionOf(MSTL.ets([WEEK]), withoutGaps(series), length);
  },
};
