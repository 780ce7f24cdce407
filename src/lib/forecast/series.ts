import { daysAfter, daysCount } from "../dates/days.js";

/** What each day cost, oldest first, US dollars. A day that is absent is not known: it did not cost $0. */
export interface Series {
  /** Calendar dates. */
  days: readonly string[];
  /** One for each day; a model needs no exact decimals. */
  costs: readonly number[];
}

/** The days from one place of the series to another, the second one not included. */
export const part = ({ days, costs }: Series, from: number, to?: number): Series => ({
  days: days.slice(from, to),
  costs: costs.slice(from, to),
});

/** The days that come after the last one of the series. */
export const daysAhead = ({ days }: Series, horizon: number): string[] =>
  Array.from({ length: horizon }, (_, at) => daysAfter(days.at(-1) ?? "", at + 1));

/** How many same weekdays beside an unknown day tell what it may have cost. */
const NEIGHBOURS = 4;

/**
 * One cost for each day from the first to the last, for models that cannot leave days out: an unknown day has the median
 * of the nearest same weekdays.
 */
export const withoutGaps = ({ days, costs }: Series): number[] => {
  const [first = "", last = ""] = [days[0], days.at(-1)];
  const known = new Map(days.map((day, at) => [day, costs[at] ?? 0]));
  const length = daysCount(first, last);
  if (length === days.length) return [...costs];
  return Array.from({ length }, (_, at) => {
    const day = daysAfter(first, at);
    return known.get(day) ?? median(nearest(known, day, length)) ?? median(costs) ?? 0;
  });
};

const nearest = (known: ReadonlyMap<string, number>, day: string, length: number): number[] => {
  const found: number[] = [];
  for (let weeks = 1; weeks * 7 <= length && found.length < NEIGHBOURS; weeks++)
    for (const days of [-7, 7]) {
      const cost = known.get(daysAfter(day, weeks * days));
      if (cost !== undefined) found.push(cost);
    }
  return found;
};

export const mean = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0) / values.length;

/** Null without values. */
export const median = (values: readonly number[]): number | null =>
  values.length === 0 ? null : quantile(new Float64Array(values).sort(), 0.5);

/** Between the two nearest values. @param sorted in ascending order, not empty */
export const quantile = (sorted: ArrayLike<number>, share: number): number => {
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const at = (index: number): number => sorted[Math.min(index, sorted.length - 1)] ?? 0;
  return at(low) + (at(low + 1) - at(low)) * (place - low);
};

export const ascending = (a: number, b: number): number => a - b;
