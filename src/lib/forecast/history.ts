import type { Coverage, DailySpend, DaySpan } from "../api.js";
import { daysAfter, daysBetween, daysCount } from "../dates/days.js";
import { counted, type Decimal, ZERO } from "../money.js";
import { knownProviders } from "../reports/coverage.js";
import { gapsIn, together, within, without } from "../reports/day-spans.js";
import { meteredOf } from "../reports/sum.js";
import type { Series } from "./series.js";

/** What a forecast is made of. */
export interface History {
  series: Series;
  /** How many records its days have, from one of them on. */
  recordsSince: (day: string) => number;
  /** Whole sentences: what is left out, and why. */
  remarks: string[];
}

/** A provider whose data end so long before those of others is not in use any more. */
const ENDED_DAYS = 28;

/** What came before a gap of more days says nothing of the days ahead. */
const LONGEST_GAP = 28;

/** Older days do not change a forecast. */
const MOST_DAYS = 1096;

/** The providers that are in use, with what is known of them up to yesterday, and the names of the others. */
export const providersInUse = (
  coverage: Coverage,
  today: string,
  wanted?: readonly string[],
): { known: Map<string, DaySpan[]>; ended: Map<string, string> } => {
  const over = { from: null, to: daysAfter(today, -1) };
  const all = knownProviders(coverage, wanted)
    .map(([name, spans]) => [name, within(spans, over)] as const)
    .filter(([, spans]) => spans.length > 0);
  const endOf = (spans: readonly DaySpan[]): string => spans.at(-1)?.[1] ?? "";
  const newest =
    all
      .map(([, spans]) => endOf(spans))
      .sort()
      .at(-1) ?? "";
  const isEnded = (spans: readonly DaySpan[]): boolean => daysCount(endOf(spans), newest) - 1 > ENDED_DAYS;
  return {
    known: new Map(all.filter(([, spans]) => !isEnded(spans))),
    ended: new Map(all.filter(([, spans]) => isEnded(spans)).map(([name, spans]) => [name, endOf(spans)])),
  };
};

/**
 * What usage cost on each day that is over and that all providers in use tell of: flat fees, taxes and refunds come at
 * once, and say nothing of the days ahead. If nothing tells of any day, it is every day since the first record.
 * @param rows of one series, in order of their dates @param wanted the providers of the series; all by default
 */
export const historyOf = (
  rows: readonly DailySpend[],
  { coverage, today, wanted }: { coverage: Coverage; today: string; wanted?: readonly string[] | undefined },
): History => {
  const { known, ended } = providersInUse(coverage, today, wanted);
  const counts = rows.filter(({ provider, date }) => !ended.has(provider) && date < today);
  const costs = new Map<string, Decimal>();
  for (const row of counts) costs.set(row.date, (costs.get(row.date) ?? ZERO).plus(meteredOf(row)));
  const spans = known.size > 0 ? sharedDays([...known.values()]) : recordedDays(counts, today);
  const days = lastStretch(spans)
    .flatMap(([from, to]) => daysBetween(from, to))
    .slice(-MOST_DAYS);
  const all = { days, costs: days.map((day) => Number(costs.get(day) ?? ZERO)) };
  const series = withoutStart(all);
  const [first = "", last = ""] = [series.days[0], series.days.at(-1)];
  return {
    series,
    recordsSince: (day) =>
      counts
        .filter(({ date }) => date >= day && date <= last)
        .reduce((sum, row) => sum + row.record_count, 0),
    remarks: [
      ...[...ended]
        .filter(([name]) => rows.some((row) => row.provider === name && !meteredOf(row).eq(0)))
        .map(([name, end]) => `The data of ${name} end on ${end}: the forecast leaves it out.`),
      ...gapRemark(spans, first, last),
    ],
  };
};

/** The days that each provider tells of; before its first day, it was not in use. */
const sharedDays = (known: readonly (readonly DaySpan[])[]): DaySpan[] => {
  const end = known.map((spans) => spans.at(-1)?.[1] ?? "").sort()[0] ?? null;
  const told = together(known.map((spans) => within(spans, { from: null, to: end })));
  return without(told, together(known.map(gapsIn)));
};

const recordedDays = (rows: readonly DailySpend[], today: string): DaySpan[] => {
  const first = rows.find((row) => !meteredOf(row).eq(0))?.date;
  return first === undefined ? [] : [[first, daysAfter(today, -1)]];
};

/** What comes after the last long gap. */
const lastStretch = (spans: readonly DaySpan[]): readonly DaySpan[] => {
  const gap = gapsIn(spans).findLastIndex(([from, to]) => daysCount(from, to) > LONGEST_GAP);
  return spans.slice(gap + 1);
};

/** From the first day that cost anything. */
const withoutStart = ({ days, costs }: Series): Series => {
  const first = Math.max(
    0,
    costs.findIndex((cost) => cost !== 0),
  );
  return { days: days.slice(first), costs: costs.slice(first) };
};

const gapRemark = (spans: readonly DaySpan[], first: string, last: string): string[] => {
  const gaps = gapsIn(spans);
  const long = gaps.findLast(([from, to]) => daysCount(from, to) > LONGEST_GAP);
  const inside = within(gaps, { from: first, to: last }).reduce(
    (sum, [from, to]) => sum + daysCount(from, to),
    0,
  );
  return [
    ...(long === undefined
      ? []
      : [`Days before the gap of ${long[0]} to ${long[1]} are not used: they are too long ago.`]),
    ...(inside === 0
      ? []
      : [
          `${counted(inside, "day")} without data ${inside === 1 ? "is" : "are"} left out, not counted as $0.`,
        ]),
  ];
};
