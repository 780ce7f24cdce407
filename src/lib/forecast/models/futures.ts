import { eachBand, type Prediction } from "../prediction.js";
import { quantile } from "../series.js";

/** What Prophet knows of how its trend changes, in its own units: time from 0 to 1 over the history, costs as shares. */
export interface TrendFacts {
  /** How often the trend changed, and how large a change is on average. */
  changes: number;
  size: number;
  /** The deviation of what it does not explain. */
  noise: number;
  /** US dollars of one unit. */
  scale: number;
}

/** Without this, two runs would show two forecasts. */
const SEED = 42;

/**
 * Bands of random futures, as Prophet makes them (Taylor and Letham, 2018, section 3.1.4): its trend goes on to change as
 * often and as much as before. The library draws its own from the system's random numbers, which differ each time.
 * @param times of the days ahead: 1 is the end of the history
 * @param costAt of a day ahead, with its trend
 */
export const bandsOfFutures = (
  trend: readonly number[],
  {
    times,
    costAt,
    facts,
    samples,
  }: {
    times: readonly number[];
    costAt: (trend: number, at: number) => number;
    facts: TrendFacts;
    samples: number;
  },
): Prediction["bands"] => {
  const random = randomNumbers(SEED);
  const end = times.at(-1) ?? 1;
  const costs = trend.map(() => new Float64Array(samples));
  for (let sample = 0; sample < samples; sample++) {
    const bends = Array.from({ length: poisson(facts.changes * (end - 1), random) }, () => ({
      from: 1 + random() * (end - 1),
      slope: laplace(facts.size, random) * facts.scale,
    })).sort((a, b) => a.from - b.from);
    let next = 0;
    // The slopes so far, and where they would meet zero, as one line.
    let slope = 0;
    let offset = 0;
    trend.forEach((level, at) => {
      const time = times[at] ?? end;
      for (let bend = bends[next]; bend !== undefined && bend.from < time; bend = bends[++next]) {
        slope += bend.slope;
        offset += bend.slope * bend.from;
      }
      const column = costs[at];
      if (column)
        column[sample] =
          costAt(level + slope * time - offset, at) + normal(random) * facts.noise * facts.scale;
    });
  }
  for (const column of costs) column.sort();
  return eachBand((level) => ({
    lower: costs.map((column) => quantile(column, (1 - level / 100) / 2)),
    upper: costs.map((column) => quantile(column, (1 + level / 100) / 2)),
  }));
};

type Random = () => number;

/** Numbers from 0 to below 1 that are the same in each run: the generator mulberry32. */
export const randomNumbers = (seed: number): Random => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** Box and Muller's. */
export const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** The exponential of less than its negative is zero. */
const MOST = 700;

/** Knuth's. */
const poisson = (rate: number, random: Random): number => {
  const limit = Math.exp(-Math.min(rate, MOST));
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count++;
  return count;
};

const laplace = (size: number, random: Random): number => {
  const place = random() - 0.5;
  return -size * Math.sign(place) * Math.log(1 - 2 * Math.abs(place));
};
