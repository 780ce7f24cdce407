import { daysAfter, daysBetween, monthsAfter } from "../dates/days.js";
import { median, type Series } from "../forecast/series.js";

/** A day that cost much more than the days before it let expect. US dollars. */
export interface Outlier {
  day: string;
  cost: number;
  /** What such a weekday usually costs, at the level of the last two weeks. */
  usual: number;
  /** By how many robust deviations it costs more. */
  score: number;
}

/** So many days before a day show what is usual. */
const WINDOW_DAYS = 56;

/** With fewer known days in the window nothing is said. */
const LEAST_DAYS = 14;

/** With spend on a smaller share of the days, each of them is far above the others. */
const LEAST_SPENT = 0.5;

/** The level is the median of so many known days with spend, or of half or twice as many if that is higher. */
const LEVEL_DAYS = 14;

/** Of a weekday, so many days are needed before it has a share of its own. */
const LEAST_OF_WEEKDAY = 3;

/** The least deviation, as a share of the level: a series that never moved may move a little. */
const LEAST_DEVIATION = 0.08;

/** The median of absolute deviations, as a standard deviation. */
const MAD_TO_DEVIATION = 1.4826;

/** So many known days in a row are not outliers, but the new level. */
const NEW_LEVEL_DAYS = 3;

/** Days before the first one that is looked at: whether something comes each month is known by two months. */
const LEAD_DAYS = 14;

/** What stands out. */
export interface Limits {
  /** Robust deviations. */
  score: number;
  /** Times what is usual. */
  times: number;
}

export const DEFAULT_LIMITS: Limits = { score: 5, times: 1.5 };

/**
 * The days of a series that cost much more than is usual for their weekday: each is compared with known days before it
 * only. A day that comes again a month later, or in a third week, is usual; of a level that stays, only the first days stand out.
 * @param since the first day that is looked at
 * @param partly days of the series that may have cost more than it says: such a day can stand out, but shows nothing of others
 */
export const outliersIn = (
  { days, costs }: Series,
  since: string,
  { score: least, times }: Limits = DEFAULT_LIMITS,
  partly: ReadonlySet<string> = new Set(),
): Outlier[] => {
  const found: Outlier[] = [];
  // Days that no longer show what is usual, or not yet.
  const left = new Set(days.flatMap((day, at) => (partly.has(day) ? [at] : [])));
  const high = new Map<string, number>();
  // Reports by day wait for this, so what neighbouring days have in common is computed once.
  const around: Around = new Map();
  const known = days.map((day, place): Known => ({
    place,
    weekday: weekdayOf(day),
    cost: costs[place] ?? 0,
  }));
  let run: number[] = [];
  let levelFrom = 0;
  const start = daysAfter(since, -WINDOW_DAYS - LEAD_DAYS);
  for (let at = days.findIndex((day) => day >= start); at >= 0 && at < days.length; at++) {
    const day = days[at] ?? "";
    const cost = costs[at] ?? 0;
    const first = daysAfter(day, -WINDOW_DAYS);
    const from = days.findIndex((each) => each >= first);
    const before = known.slice(from, at).filter(({ place }) => !left.has(place));
    const usual = usualOf(before, { weekday: known[at]?.weekday ?? 0, levelFrom, around });
    const isMore = usual !== null && cost >= times * usual.cost;
    const score = isMore ? (cost / usual.cost - 1) / deviationOf(usual.plain) : 0;
    const isHigh = isMore && score >= least;
    const isPartly = partly.has(day);
    if (usual !== null && (isHigh || !isPartly)) high.set(day, isHigh ? cost : 0);
    if (isPartly) {
      if (isHigh && day >= since && !comesAgain(high, day))
        found.push({ day, cost, usual: usual.cost, score });
      continue;
    }
    if (!isHigh) {
      run = [];
      continue;
    }
    left.add(at);
    around.clear();
    run.push(at);
    if (day >= since && !comesAgain(high, day)) found.push({ day, cost, usual: usual.cost, score });
    if (run.length < NEW_LEVEL_DAYS) continue;
    levelFrom = run[0] ?? at;
    for (const each of run) left.delete(each);
    run = [];
  }
  return found;
};

interface Usual {
  /** Above zero. */
  cost: number;
  /** What the days before cost, without their weekdays. */
  plain: number[];
}

/** Medians of stretches of days, by their first and last place: right as long as the same days are left out. */
type Around = Map<number, number>;

interface Day {
  weekday: number;
  /** The place of the first day of the level. */
  levelFrom: number;
  around: Around;
}

/** What a day would usually cost; null if the days before do not tell. */
const usualOf = (before: readonly Known[], { weekday, levelFrom, around }: Day): Usual | null => {
  if (before.length < LEAST_DAYS) return null;
  if (before.filter(({ cost }) => cost > 0).length < LEAST_SPENT * before.length) return null;
  const shares = weekdayShares(before, around);
  const plain = before.map(({ weekday, cost }) => cost / shareOf(shares, weekday));
  // Days off do not lower what a day with spend usually costs.
  const sinceLevel = plain.filter((cost, at) => cost > 0 && (before[at]?.place ?? 0) >= levelFrom);
  const levelOf = (days: number): number => median(sinceLevel.slice(-days)) ?? 0;
  // After a drop, the level before it is usual, too, for two weeks.
  const level = Math.max(levelOf(LEVEL_DAYS / 2), levelOf(LEVEL_DAYS), levelOf(2 * LEVEL_DAYS));
  const cost = level * shareOf(shares, weekday);
  return cost > 0 ? { cost, plain } : null;
};

interface Known {
  place: number;
  weekday: number;
  cost: number;
}

const costOf = ({ cost }: Known): number => cost;

const weekdayOf = (day: string): number => new Date(day).getUTCDay();

/** What each weekday costs, as a share of the days around it. */
const weekdayShares = (before: readonly Known[], around: Around): Map<number, number> => {
  const shares = new Map<number, number[]>();
  before.forEach(({ weekday, cost }, at) => {
    const usual = medianAround(before, at, around);
    if (usual <= 0) return;
    const same = shares.get(weekday);
    if (same === undefined) shares.set(weekday, [cost / usual]);
    else same.push(cost / usual);
  });
  return new Map(
    [...shares].flatMap(([weekday, values]) => {
      const share = values.length < LEAST_OF_WEEKDAY ? null : median(values);
      return share === null ? [] : [[weekday, share] as const];
    }),
  );
};

/** What the days around one cost, a week to each side. */
const medianAround = (before: readonly Known[], at: number, around: Around): number => {
  const from = Math.max(0, at - 7);
  const to = Math.min(before.length - 1, at + 7);
  const key = (before[from]?.place ?? 0) * MOST_PLACES + (before[to]?.place ?? 0);
  const known = around.get(key);
  if (known !== undefined) return known;
  const made = median(before.slice(from, to + 1).map(costOf)) ?? 0;
  around.set(key, made);
  return made;
};

/** More than a series has days. Keys of a map are found fast only if they are small integers. */
const MOST_PLACES = 10_000;

/** A weekday that usually costs next to nothing is compared with a tenth of the others. */
const LEAST_SHARE = 0.1;

const shareOf = (shares: ReadonlyMap<number, number>, weekday: number): number =>
  Math.max(LEAST_SHARE, shares.get(weekday) ?? 1);

/** How far days usually are from the level before them, as a share of it. @param costs without their weekdays */
const deviationOf = (costs: readonly number[]): number => {
  const misses = costs.flatMap((cost, at) => {
    if (at < LEVEL_DAYS / 2) return [];
    const level = median(costs.slice(Math.max(0, at - LEVEL_DAYS), at)) ?? 0;
    return level > 0 ? [Math.abs(cost / level - 1)] : [];
  });
  return Math.max(LEAST_DEVIATION, MAD_TO_DEVIATION * (median(misses) ?? 0));
};

/** How many days a monthly job may move, because of weekends. */
const MONTHLY_MOVES = 1;

/** A day that costs more than so many times what it did before is more than the usual job. */
const MOST_TIMES = 2;

/**
 * Whether a day stands out each week, as it did in the two weeks before, or each month: about the same day of the month
 * before did, too, and that of two months before, if its days are known.
 * @param high what days cost that are far above what is usual, 0 for others; absent if that is not known
 */
const comesAgain = (high: ReadonlyMap<string, number>, day: string): boolean => {
  const least = (high.get(day) ?? 0) / MOST_TIMES;
  const around = (months: number): number[] => {
    const same = monthsAfter(day, -months);
    return daysBetween(daysAfter(same, -MONTHLY_MOVES), daysAfter(same, MONTHLY_MOVES)).flatMap(
      (each) => high.get(each) ?? [],
    );
  };
  const [last, before] = [around(1), around(2)];
  const isHigh = (cost: number): boolean => cost > 0 && cost >= least;
  if ([7, 14].every((days) => isHigh(high.get(daysAfter(day, -days)) ?? 0))) return true;
  return last.some(isHigh) && (before.length === 0 || before.some(isHigh));
};
