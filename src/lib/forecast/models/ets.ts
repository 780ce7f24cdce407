import { withoutGaps } from "../series.js";
import { predictionOf, started } from "./augurs.js";
import type { Model } from "./model.js";

/** Exponential smoothing: the level, and perhaps a trend. In this library it knows no weekdays. */
export const ets: Model = {
  predict: async (series, { length }) => {
    const { AutoETS } = started(await import("@bsull/augurs/ets"), "ets");
    return predictionOf(new AutoETS(1, "ZZN"), withoutGaps(series), length);
  },
};
