import { daysAfter, daysCount } from "../dates/days.js";
import { formatUsd } from "../money.js";
import type { Series } from "./series.js";

/** How many days on either side a day is compared with. */
const NEAR = 10;

/** A day that costs so many times the dearest of those is unusual. */
const TIMES = 3;

/** Two days that cost about the same: what comes again is not unusual. */
const ALIKE = 0.5;

/** With more of them, they are how this series is. */
const MOST_SHARE = 0.03;

/** More are counted, not named. */
const MOST_NAMED = 3;

/**
 * Leaves out the days that no model should learn from: one that costs over three times the dearest of the ten days on
 * either side, unless such a day came before in that month or about a month apart; and one that came to less than $0.
 * @returns the other days, and sentences about those that are left out
 */
export const unusualDays = (all: Series): { series: Series; remarks: string[] } => {
  const huge = hugeDays(all);
  const below = all.days.filter((_, at) => (all.costs[at] ?? 0) < 0);
  const out = new Set([...huge, ...below]);
  const costOf = new Map(all.days.map((day, at) => [day, all.costs[at] ?? 0]));
  const kept = all.days.filter((day) => !out.has(day));
  return {
    series: { days: kept, costs: kept.map((day) => costOf.get(day) ?? 0) },
    remarks: [
      ...remark(huge, costOf, `cost over ${TIMES} times as much as the days around it`),
      ...remark(below, costOf, "came to less than $0"),
    ],
  };
};

const hugeDays = ({ days, costs }: Series): string[] => {
  const spent = costs.filter((cost) => cost > 0).length;
  // On few days, each is far above its neighbours.
  if (spent < days.length / 2) return [];
  const found = days.filter((day, at) => {
    const cost = costs[at] ?? 0;
    const others = costs.filter((_, other) => other !== at && Math.abs(other - at) <= NEAR);
    const most = Math.max(...others);
    return (
      others.length >= NEAR && most > 0 && cost > TIMES * most && !comesAgain({ days, costs }, day, cost)
    );
  });
  return found.length > Math.max(1, MOST_SHARE * days.length) ? [] : found;
};

/** Whether a day a month apart, give or take three days, costs about as much or more. */
const comesAgain = ({ days, costs }: Series, day: string, cost: number): boolean =>
  days.some((other, at) => {
    const [from, to] = other < day ? [other, day] : [day, other];
    const apart = daysCount(from, daysAfter(to, -1));
    return apart >= 27 && apart <= 34 && (costs[at] ?? 0) >= ALIKE * cost;
  });

const remark = (days: readonly string[], costOf: ReadonlyMap<string, number>, why: string): string[] => {
  if (days.length === 0) return [];
  const named = days
    .slice(0, MOST_NAMED)
    .map((day) => `${day} (${formatUsd((costOf.get(day) ?? 0).toFixed(10))})`);
  const more = days.length - named.length;
  const all = more === 0 ? named.join(", ") : `${named.join(", ")} and ${more} more`;
  return [`Left out of the history: ${all}, which ${why}.`];
};
