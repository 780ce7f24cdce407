import type { Prediction } from "../prediction.js";
import type { Series } from "../series.js";

/** A way to forecast. It runs in a thread of its own, because it may never come back. */
export interface Model {
  /** @param ahead the days to predict, in order @throws if it cannot be fitted to the series; then a simpler model may do */
  predict: (
    series: Series,
    ahead: readonly string[],
    options: ModelOptions,
  ) => Prediction | Promise<Prediction>;
}

/** After this, what the model is made of may answer wrongly, or never: its thread must end. */
export class BrokenModel extends Error {}

/** Whether WebAssembly came to a point that it cannot go on from. */
export const isTrap = (error: unknown): error is Error =>
  error instanceof Error && error.constructor.name === "RuntimeError";

export interface ModelOptions {
  /** How many random futures the bands are made of. */
  samples?: number;
  /** Whether seasons are shares of the trend instead of amounts beside it. */
  multiplicative?: boolean;
  /** Whether the forecast starts at the level of the last days, and its trend fades out. Default: true. */
  anchored?: boolean;
}
