import { withoutGaps } from "../series.js";
import { predictionOf, started } from "./augurs.js";
import type { Model } from "./model.js";

/** Exponential smoothing: the level, and perhaps a trend. In this library it knows no weekdays. */
export const ets: Model = {
  version: "augurs-ets 0.10.2",
  title: "exponential smoothing (ETS)",
  leastDays: 7,
  predict: async (series, { length }) => {
    const { AutoETS } = started(await import("@bsull/augurs/ets"), "ets");
    return predictionOf(new AutoETS(1, "ZZN"), withoutGaps(series), length);
  },
};
