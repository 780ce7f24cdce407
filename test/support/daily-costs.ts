import { normal, randomNumbers } from "../../src/lib/forecast/models/futures.js";
import type { Series } from "../../src/lib/forecast/series.js";
import { daysAfter } from "../../src/lib/dates/days.js";

type Random = () => number;

/** What a day costs, by its place; the history is `length` days, and more come. */
type CostOf = (length: number, random: Random, dayOf: (day: number) => string) => (day: number) => number;

/** More on working days: day 0 is a Monday. */
const week = (day: number): number => [1.2, 1.25, 1.2, 1.15, 1.1, 0.6, 0.5][day % 7] ?? 1;

/** The deviation of a day from its usual cost. */
const NOISE = 0.03;

const noisy = (cost: number, random: Random): number => cost * (1 + NOISE * normal(random));

/** A level with the pattern of a week beside it, which does not grow and fall with the level. */
const weekly = (level: number, usual: number, day: number, random: Random): number =>
  level + usual * (week(day) - 1 + NOISE * normal(random));

/** Kinds of daily costs that people have: those of the table in docs/forecast.md. */
export const FAMILIES: Readonly<Record<string, CostOf>> = {
  "trend and week": (_, random) => (day) => weekly(30 + 0.3 * day, 30, day, random),
  "flat and week": (_, random) => (day) => weekly(40, 40, day, random),
  "level shift": (length, random) => {
    const shift = length - 10 - Math.floor(random() * 40);
    const after = random() < 0.5 ? 1.6 : 0.6;
    return (day) => weekly(30 * (day >= shift ? after : 1), 30, day, random);
  },
  sparse: (_, random) => () => (random() < 1 / 6 ? 5 + 20 * random() : 0),
  growth: (_, random) => (day) => noisy(15 * 1.006 ** day * week(day), random),
  "random walk": (_, random) => {
    let level = 30;
    return () => (level = Math.max(1, level + 0.6 * normal(random)));
  },
  "month spike": (_, random, dayOf) => (day) =>
    weekly(30, 30, day, random) + (dayOf(day).endsWith("-01") ? 24 : 0),
  autoregressive: (_, random) => {
    let error = 0;
    return () => {
      error = 0.6 * error + 5 * normal(random);
      return 40 + error;
    };
  },
  "shut down": (length, random) => {
    const end = length - 15 - Math.floor(random() * 30);
    return (day) => weekly(day >= end ? 6 : 30, 6, day, random);
  },
};

/** A Monday. Each seed begins some weeks later, at another place of the month. */
const FIRST = "2025-01-06";

/** Days of a family, with a seed of its own. @param ahead days that come after the history */
export const costsOf = (
  family: string,
  { length, ahead, seed }: { length: number; ahead: number; seed: number },
) => {
  const random = randomNumbers(1000 * (Object.keys(FAMILIES).indexOf(family) + 1) + seed);
  const dayOf = (day: number): string => daysAfter(FIRST, 7 * seed + day);
  const costOf = FAMILIES[family]?.(length, random, dayOf);
  if (costOf === undefined) throw new Error(`There is no family ${family}.`);
  const costs = Array.from({ length: length + ahead }, (_, day) => Math.max(0, costOf(day)));
  const history: Series = {
    days: costs.slice(0, length).map((_, day) => dayOf(day)),
    costs: costs.slice(0, length),
  };
  const days = Array.from({ length: ahead }, (_, at) => dayOf(length + at));
  return { history, ahead: days, actual: costs.slice(length) };
};
