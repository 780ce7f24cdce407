import type {
  Prophet as ProphetModel,
  ProphetHoliday,
  ProphetOptimizer,
  ProphetStanData,
} from "@bsull/augurs/prophet";
import { daysCount } from "../../dates/days.js";
import type { Prediction } from "../prediction.js";
import { mean, type Series } from "../series.js";
import { started } from "./augurs.js";
import { bandsOfFutures } from "./futures.js";
import { BrokenModel, isTrap, type Model, type ModelOptions } from "./model.js";

/** From so many days of the calendar on, a yearly pattern can be told from a trend. */
const YEARLY_FROM = 730;

/** The default optimizer may hang for ever on fewer days; the other one takes twice as long. */
const SHORT = 100;

/** How much of its daily change the trend keeps from one day ahead to the next (Gardner and McKenzie, 1985). */
const DAMPING = 0.95;

/** The last days, whose mean error moves the forecast to their level. */
const RECENT = 7;

const SAMPLES = 1000;

const DAY_SECONDS = 86_400;

/** Facebook's Prophet: a trend that bends, weekly and yearly patterns, and the first day of each month. */
export const prophet: Model = {
  predict: async (series, ahead, options) => {
    const optimizer = await quietOptimizer();
    const { Prophet } = started(await import("@bsull/augurs/prophet"), "prophet");
    return predicted(Prophet, optimizer, { series, ahead, options });
  },
};

/** Stan writes on the streams of the process when a fit fails, and the library on the console when it panics. */
const quietOptimizer = async (): Promise<ProphetOptimizer> => {
  const cli = (await import("@bytecodealliance/preview2-shim/cli")) as unknown as Streams;
  const { streams } = (await import("@bytecodealliance/preview2-shim/io")) as unknown as {
    streams: { OutputStream: { prototype: object } };
  };
  const nothing = (): void => undefined;
  const sink = Object.assign(Object.create(streams.OutputStream.prototype) as object, {
    checkWrite: () => 65_536n,
    write: nothing,
    blockingWriteAndFlush: nothing,
    flush: nothing,
    blockingFlush: nothing,
    [Symbol.dispose]: nothing,
  });
  cli._setStdout(sink);
  cli._setStderr(sink);
  const { optimizer } = await import("@bsull/augurs-prophet-wasmstan");
  return optimizer;
};

interface Streams {
  _setStdout: (stream: object) => void;
  _setStderr: (stream: object) => void;
}

interface Asked {
  series: Series;
  ahead: readonly string[];
  options: ModelOptions;
}

const predicted = (
  Prophet: typeof ProphetModel,
  optimizer: ProphetOptimizer,
  { series, ahead, options }: Asked,
): Prediction => {
  const { anchored = true, multiplicative = false, samples = SAMPLES } = options;
  const { days, costs } = series;
  const back = Math.min(RECENT, days.length);
  const past = days.map(seconds);
  const future = ahead.map(seconds);
  const fit: Fit = {};
  const off = { type: "manual", enabled: false } as const;
  const isLong = daysCount(days[0] ?? "", days.at(-1) ?? "") >= YEARLY_FROM;
  const model = new Prophet({
    optimizer: listening(optimizer, fit),
    uncertaintySamples: 0,
    holidays: firstsOfMonth(days, ahead) as Map<string, ProphetHoliday>,
    dailySeasonality: off,
    yearlySeasonality: isLong ? { type: "auto" } : off,
    seasonalityMode: multiplicative ? "multiplicative" : "additive",
  });
  let parts;
  try {
    model.fit({ ds: past, y: [...costs] }, { seed: 1, algorithm: days.length < SHORT ? "bfgs" : "lbfgs" });
    parts = model.predict({ ds: [...past.slice(-back), ...future] });
  } catch (error) {
    throw fit.trap === undefined ? error : new BrokenModel(fit.trap);
  } finally {
    model.free();
  }
  const { yhat, trend, additive, multiplicative: shares } = parts;
  if (fit.found === undefined || !yhat.point.every(Number.isFinite))
    throw new Error("Prophet comes to no finite amount.");
  const errors = costs.slice(-back).map((cost, at) => cost - (yhat.point[at] ?? 0));
  const offset = anchored ? mean(errors) : 0;
  const levels = anchored ? damped(trend.point, back) : trend.point.slice(back);
  const costAt = (level: number, at: number): number =>
    level * (1 + (shares.point[back + at] ?? 0)) + (additive.point[back + at] ?? 0) + offset;
  const [start = 0, end = 1] = [past[0], past.at(-1)];
  const { params, data } = fit.found;
  const bends = params.delta;
  const facts = {
    changes: data.t_change.length,
    size: mean(bends.map(Math.abs)) + 1e-8,
    noise: params.sigmaObs,
    scale: Math.max(...costs.map(Math.abs)),
  };
  const times = future.map((time) => (time - start) / (end - start));
  return { point: levels.map(costAt), bands: bandsOfFutures(levels, { times, costAt, facts, samples }) };
};

const seconds = (day: string): number => Date.parse(day) / 1000;

interface Fit {
  found?: { data: ProphetStanData; params: { delta: number[]; sigmaObs: number } };
  /** What WebAssembly said when it failed: the library hides that. */
  trap?: string;
}

/** Keeps what the optimizer found: the library does not tell. */
const listening = (optimizer: ProphetOptimizer, fit: Fit): ProphetOptimizer => ({
  optimize: (init, data, options) => {
    try {
      const result = optimizer.optimize(init, data, options);
      const { delta, sigmaObs } = result.params as unknown as { delta: ArrayLike<number>; sigmaObs: number };
      fit.found = {
        data: JSON.parse(data) as ProphetStanData,
        params: { delta: Array.from(delta), sigmaObs },
      };
      return result;
    } catch (error) {
      if (isTrap(error)) fit.trap = error.message;
      throw error;
    }
  },
});

/** Many bills come on the first of a month. One of them in the history would say nothing about the next. */
const firstsOfMonth = (days: readonly string[], ahead: readonly string[]): Map<string, object> => {
  const isFirst = (day: string): boolean => day.endsWith("-01");
  const isDaily = daysCount(days[0] ?? "", days.at(-1) ?? "") < 7 * days.length;
  if (!isDaily || days.filter(isFirst).length < 2) return new Map();
  const occurrences = [...days, ...ahead]
    .filter(isFirst)
    .map((day) => ({ start: seconds(day), end: seconds(day) + DAY_SECONDS }));
  return new Map([["month_start", { occurrences }]]);
};

/** @param trend of some of the last days of the history, as many as `back`, and of those ahead */
const damped = (trend: readonly number[], back: number): number[] => {
  let level = trend[back - 1] ?? 0;
  return trend.slice(back).map((value, at) => {
    level += (value - (trend[back + at - 1] ?? value)) * DAMPING ** (at + 1);
    return level;
  });
};
