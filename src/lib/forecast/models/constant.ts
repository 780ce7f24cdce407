import { flat } from "../prediction.js";
import type { Model } from "./model.js";

/** Every day cost the same: other models cannot be fitted to that. */
export const constant: Model = {
  predict: ({ costs }, { length }) => flat(costs.at(-1) ?? 0, length, { 80: 0, 95: 0 }),
};
