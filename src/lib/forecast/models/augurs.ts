import { readFileSync } from "node:fs";
import { eachBand, type Prediction } from "../prediction.js";

/** What a part of `@bsull/augurs` exports, beside its models. */
interface Loadable {
  initSync: (source: { module: Uint8Array<ArrayBuffer> }) => unknown;
}

const ready = new Set<Loadable>();

/** Its own way to load asks over HTTP, which Node refuses for files. */
export const started = <Part extends Loadable>(library: Part, name: "ets" | "mstl" | "prophet"): Part => {
  if (ready.has(library)) return library;
  const wasm = new URL(`${name}_bg.wasm`, import.meta.resolve(`@bsull/augurs/${name}`));
  library.initSync({ module: readFileSync(wasm) });
  ready.add(library);
  return library;
};

/** The models of the library that know their intervals. */
interface Fitted {
  fit: (costs: number[]) => void;
  predict: (horizon: number, level: number) => { point: number[]; intervals: Interval | undefined };
  free: () => void;
}

interface Interval {
  lower: number[];
  upper: number[];
}

/** @throws if the model cannot be fitted, or comes to nothing finite */
export const predictionOf = (model: Fitted, costs: number[], horizon: number): Prediction => {
  try {
    model.fit(costs);
    const { point } = model.predict(horizon, 0.8);
    if (!point.every(Number.isFinite)) throw new Error("The model comes to no finite amount.");
    const bands = eachBand(
      (level) => model.predict(horizon, level / 100).intervals ?? { lower: point, upper: point },
    );
    return { point, bands };
  } finally {
    model.free();
  }
};
