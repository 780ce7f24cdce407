import { type Period, periodCount, periodOf, periodsBetween, type Span } from "../dates/ranges.js";
import { type Decimal, decimal, plain } from "../money.js";
import { type Group, groupsOf } from "../reports/groups.js";
import type { GroupKey, SpendReport, SpendRow } from "../reports/report.js";
import { flatOf, meteredOf, type Spend, sumSpend } from "../reports/sum.js";
import { spendCost } from "./cost-text.js";
import { labelled, partialText } from "./period-labels.js";
import { flatText } from "./spend-parts.js";

/** What a chart draws in one place: a period, several periods, or a group. */
export interface Point {
  label: string;
  rows: readonly SpendRow[];
  spend: Spend;
  /** Nothing is known of it: it has neither records nor a day with data. */
  isGap: boolean;
}

export interface Timeline {
  points: Point[];
  /** Sentences about what the points are. */
  remarks: string[];
}

/**
 * The periods of a report that has an end at both sides, or weeks, months or several periods if there are more than
 * `most`. Periods without records have no rows, and are gaps unless they have data; if not every period fits, those before the first and after the last record
 * are left out.
 */
export const timelineOf = (
  report: SpendReport,
  key: Period,
  range: Span,
  { most, ascii }: { most: number; ascii: boolean },
): Timeline => {
  const { groups, each, size } = bucketed(periodsOf(report, range, key, most), key, most);
  const buckets = labelled(groups, { key, each, range, ascii });
  const byPeriod = new Map(
    groupsOf(report.rows, (row) => String(row[key])).map((rows) => [rows[0][key], rows]),
  );
  const points = buckets.map(({ periods, label, span }) => {
    const rows = periods.flatMap((period) => byPeriod.get(period) ?? []);
    return { label, rows, spend: sumSpend(rows), isGap: rows.length === 0 && !hasData(report, span) };
  });
  const unit = each ?? `${size} ${key}s`;
  const coarse = `Each point is ${each === null ? unit : `one ${unit}`}: one per ${key} does not fit.`;
  const gap = points.some(({ isGap }) => isGap) ? GAP : "";
  const remarks = [each === key ? "" : coarse, partialText(buckets, range), gap];
  return { points, remarks: remarks.filter((remark) => remark !== "") };
};

const GAP = "Where nothing is drawn, there is no data.";

/** Whether anything is known of a period. If nothing tells of any day, what is not recorded counts as nothing. */
const hasData = ({ coverage }: SpendReport, span: Span): boolean =>
  coverage === undefined ||
  coverage.covered.length === 0 ||
  coverage.covered.some(({ from, to }) => from <= span.to && to >= span.from);

/** The periods to draw: the whole range or, if it does not fit, from the first to the last with records. */
const periodsOf = ({ rows }: SpendReport, { from, to }: Span, key: Period, most: number): string[] => {
  const first = periodOf(from, key);
  const last = periodOf(to, key);
  if (periodCount(first, last, key) <= most) return periodsBetween(first, last, key);
  // With --top, the row `other` is not a period.
  const recorded = rows
    .map((row) => String(row[key]))
    .filter((period) => period !== "other")
    .toSorted();
  return periodsBetween(recorded[0] ?? first, recorded.at(-1) ?? first, key);
};

interface Buckets {
  groups: Group<string>[];
  /** What each is; null if it is several periods. */
  each: Period | null;
  /** How many periods each is. */
  size: number;
}

/** The periods of each point: one or, if they do not fit, those of a week, of a month, or as many as it takes. */
const bucketed = (periods: readonly string[], key: Period, most: number): Buckets => {
  if (periods.length <= most) return { groups: groupsOf(periods, (period) => period), each: key, size: 1 };
  const coarser = key === "day" ? (["week", "month"] as const) : [];
  for (const period of coarser) {
    const groups = groupsOf(periods, (day) => periodOf(day, period));
    if (groups.length <= most) return { groups, each: period, size: 1 };
  }
  const size = Math.ceil(periods.length / most);
  return { groups: groupsOf(periods, (_, i) => String(Math.floor(i / size))), each: null, size };
};

/** What a chart draws of a sum. */
export type Drawn = (spend: Spend) => Decimal;

/**
 * Over time, a flat fee would hide all periods beside it: it is drawn only if kinds of charge are told apart, or if that is
 * what a report is of.
 * @param cash whether it is of what left the account
 */
export const drawnOver = (stack: GroupKey | undefined, cash = false): Drawn =>
  cash || stack === "kind" ? (spend) => decimal(spend.cost_usd) : meteredOf;

/** Blank if nothing is recorded that is drawn. */
export const drawnText = (spend: Spend, drawn: Drawn): string => {
  const cost = drawn(spend);
  const isElsewhere = cost.eq(0) && drawn === meteredOf && !flatOf(spend).eq(0);
  return isElsewhere ? "" : spendCost({ ...spend, cost_usd: plain(cost) });
};

/** The total, the highest point, and what is not drawn. */
export const summaryOf = ({ totals }: SpendReport, points: readonly Point[], drawn: Drawn): string => {
  if (totals.record_count === 0) return "Total: nothing is recorded.";
  const highest = points.reduce((a, b) => (drawn(b.spend).gt(drawn(a.spend)) ? b : a));
  const peak = drawn(highest.spend).gt(0)
    ? ` Highest: ${drawnText(highest.spend, drawn)} (${highest.label}).`
    : "";
  const flat = drawn === meteredOf ? flatText(totals) : "";
  const remark = flat === "" ? "" : ` Not drawn: ${flat}.`;
  const estimates = decimal(totals.estimated_usd).eq(0) ? "" : " ~ marks estimates.";
  return `Total: ${spendCost(totals)}.${peak}${remark}${estimates}`;
};
