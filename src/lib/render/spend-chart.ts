import asciichart from "asciichart";
import { type Period, type Span, periodCount, periodOf, periodsBetween } from "../dates/ranges.js";
import { type Decimal, ZERO, decimal, grouped, plain } from "../money.js";
import type { GroupKey, SpendReport } from "../reports/report.js";
import { type Group, firstKey, groupsOf, isTimeKey } from "../reports/groups.js";
import { meteredOf, type Spend, sumSpend } from "../reports/sum.js";
import { tinted } from "./color.js";
import { spendCost } from "./cost-text.js";
import { NOTHING_STATED, formatUsd } from "./money-text.js";
import { groupName, groupText } from "./spend-columns.js";
import { flatText } from "./spend-parts.js";
import { spendTitle } from "./spend-table.js";
import { type Screen, pointsAligned } from "./table.js";
import { cutApart, padRight, widest, wrap } from "./text.js";

/** About how many lines a chart has. */
const HEIGHT = 12;

const NOTHING = "There is nothing to draw.";

/**
 * A line over time or, if the report is not grouped by time, one bar per group of the first key. Periods without
 * records are zero; if not every period fits, those before the first and after the last record are left out.
 * @param report not cut to the biggest periods
 */
export const spendChart = (report: SpendReport, screen: Screen): string => {
  const time = report.group_by.find(isTimeKey);
  const key = time ?? firstKey(report.group_by);
  const drawn = time === undefined ? bars(report, key, screen) : timeChart(report, time, screen);
  return `${spendTitle(report, `Cost by ${groupText(key)}`, screen)}

${drawn}`;
};

interface Point {
  /** The first period in it. */
  label: string;
  spend: Spend;
}

/** The labels beside the plot: whole steps, from `high` at the top down to `low`. */
interface Scale {
  step: Decimal;
  high: number;
  low: number;
  /** All of the same width. */
  labels: string[];
}

/** Columns reserved for the labels of the money axis when the number of points is chosen. */
const AXIS_ROOM = 18;
/** The most columns per point if there are only a few. */
const WIDEST_POINT = 8;

const timeChart = (report: SpendReport, key: Period, screen: Screen): string => {
  const { from, to } = report.range;
  if (from === null || to === null) return NOTHING;
  const room = screen.width - AXIS_ROOM;
  const { groups, each } = bucketed(periodsOf(report, { from, to }, key, room), key, room);
  const points = pointsOf(report, key, groups);
  const unseen = unseenText(report.totals);
  if (unseen !== "" && points.every((point) => costOf(point).eq(0)))
    return wrap(`There is nothing to draw over time: only ${unseen}.`, screen.width).join("\n");
  const scale = scaleOf(points.map(costOf));
  const axis = widest(scale.labels) + 1;
  const stretch = Math.max(1, Math.min(WIDEST_POINT, Math.floor((screen.width - axis - 1) / points.length)));
  const remark =
    each &&
    `Each point is ${each}; the first and the last may cover less. One point per ${key} does not fit.`;
  return [
    plot(points, scale, stretch, screen.color),
    dateAxis(points, axis, stretch),
    "",
    ...wrap(summary(report, points), screen.width),
    ...(remark ? wrap(remark, screen.width) : []),
  ].join("\n");
};

/** What was paid at once, and credit bought ahead: neither is spent over time. */
const unseenText = (totals: Spend): string => {
  const topups = totals.topup_usd === "0" ? "" : `${formatUsd(totals.topup_usd)} top-ups`;
  return [flatText(totals), topups].filter((text) => text !== "").join(", ");
};

/** The periods to draw: the whole range or, if it does not fit, from the first to the last with records. */
const periodsOf = ({ rows }: SpendReport, { from, to }: Span, key: Period, room: number): string[] => {
  const first = periodOf(from, key);
  const last = periodOf(to, key);
  // With --top, the row `other` is not a period.
  const recorded = rows
    .map((row) => String(row[key]))
    .filter((period) => period !== "other")
    .toSorted();
  if (periodCount(first, last, key) <= room) return periodsBetween(first, last, key);
  return periodsBetween(recorded[0] ?? first, recorded.at(-1) ?? first, key);
};

/** The periods of each point: one or, if they do not fit, those of a week, of a month, or as many as it takes. */
const bucketed = (
  periods: readonly string[],
  key: Period,
  room: number,
): { groups: Group<string>[]; each?: string } => {
  if (periods.length <= room) return { groups: groupsOf(periods, (period) => period) };
  const coarser = key === "day" ? (["week", "month"] as const) : [];
  for (const period of coarser) {
    const groups = groupsOf(periods, (day) => periodOf(day, period));
    if (groups.length <= room) return { groups, each: `one ${period}` };
  }
  const size = Math.ceil(periods.length / room);
  return {
    groups: groupsOf(periods, (_, i) => String(Math.floor(i / size))),
    each: `${size} ${key}s`,
  };
};

const pointsOf = (report: SpendReport, key: Period, groups: readonly Group<string>[]): Point[] => {
  const byPeriod = groupsOf(report.rows, (row) => String(row[key]));
  const rows = new Map(byPeriod.map((group) => [group[0][key], group]));
  return groups.map((group) => ({
    label: group[0],
    spend: sumSpend(group.flatMap((period) => rows.get(period) ?? [])),
  }));
};

/** What a point stands for: a flat fee would hide all days beside it. */
const costOf = ({ spend }: Point): Decimal => meteredOf(spend);

/** About `HEIGHT` steps of 1, 2 or 5 times a power of ten, which cover zero and every amount. */
const scaleOf = (costs: readonly Decimal[]): Scale => {
  const max = costs.reduce((a, b) => (b.gt(a) ? b : a), ZERO);
  const min = costs.reduce((a, b) => (b.lt(a) ? b : a), ZERO);
  const step = stepFor(max.minus(min));
  const high = Math.max(1, Math.ceil(Number(max.div(step))));
  const low = Math.floor(Number(min.div(step)));
  const labels = Array.from({ length: high - low + 1 }, (_, i) => axisText(step.times(high - i), step));
  return { step, high, low, labels: labels.map((label) => label.padStart(widest(labels))) };
};

const stepFor = (range: Decimal): Decimal => {
  if (range.eq(0)) return decimal("1");
  const least = range.div(HEIGHT);
  const sizes = ["1", "2", "5"].map((digit) => decimal(`${digit}e${least.e}`));
  return sizes.find((step) => step.gte(least)) ?? decimal(`10e${least.e}`);
};

const axisText = (amount: Decimal, step: Decimal): string => {
  const decimals = step.e < 0 ? Math.max(2, -step.e) : 0;
  return `${amount.lt(0) ? "-" : ""}$${grouped(amount.abs().toFixed(decimals))}`;
};

const plot = (points: readonly Point[], scale: Scale, stretch: number, color: boolean): string => {
  // Only the position of a point is a floating-point number; every printed amount is exact.
  const heights = points.map((point) => Number(costOf(point).div(scale.step)));
  const series = heights.flatMap((height) => Array<number>(stretch).fill(height));
  return asciichart
    .plot(series, {
      min: scale.low,
      max: scale.high,
      height: scale.high - scale.low,
      format: (_, i) => scale.labels[i] ?? "",
      symbols: ["┤", "┤", "╶", "╴", "─", "╰", "╭", "╮", "╯", "│"],
      ...(color ? { colors: [asciichart.cyan] } : {}),
    })
    .split("\n")
    .map((text) => text.trimEnd())
    .join("\n");
};

/** The first, middle and last date, each below its point, without those that would overlap. */
const dateAxis = (points: readonly Point[], axis: number, stretch: number): string => {
  const [first = "", ...later] = points.map(({ label }) => label);
  const last = later.at(-1);
  let text = " ".repeat(axis) + first;
  if (last === undefined) return text;
  const lastAt = Math.max(text.length + 2, axis + points.length * stretch - last.length);
  const center = Math.floor(later.length / 2);
  const middle = later[center - 1] ?? first;
  const middleAt = axis + center * stretch - Math.floor(middle.length / 2);
  if (middleAt >= text.length + 2 && middleAt + middle.length + 2 <= lastAt) {
    text = padRight(text, middleAt) + middle;
  }
  return padRight(text, lastAt) + last;
};

const summary = ({ totals }: SpendReport, points: readonly Point[]): string => {
  const highest = points.reduce((a, b) => (costOf(b).gt(costOf(a)) ? b : a));
  const peak = costOf(highest).gt(0) ? ` Highest: ${meteredText(highest)} (${highest.label}).` : "";
  const estimates = decimal(totals.estimated_usd).eq(0) ? "" : " ~ marks estimates.";
  const flat = flatText(totals);
  const remark = flat === "" ? "" : ` Not drawn: ${flat}.`;
  return `Total: ${spendCost(totals)}.${peak}${remark}${estimates}`;
};

const meteredText = (point: Point): string => spendCost({ ...point.spend, cost_usd: plain(costOf(point)) });

/** Names beside the bars are cut to a quarter of the screen, but not below this. */
const NARROWEST_NAME = 20;

const bars = (report: SpendReport, key: GroupKey, { width, color }: Screen): string => {
  const groups = groupsOf(report.rows, (row) => groupName(row, key)).map((group) => ({
    name: groupName(group[0], key),
    spend: sumSpend(group),
  }));
  if (groups.length === 0) return NOTHING;
  if (report.totals.topup_usd !== "0" && groups.every(({ spend }) => spendCost(spend) === NOTHING_STATED))
    return `There is nothing to draw: only ${unseenText(report.totals)}, which are not a cost.`;
  const names = cutApart(
    groups.map(({ name }) => name),
    Math.max(NARROWEST_NAME, Math.floor(width / 4)),
  );
  const amounts = pointsAligned(groups.map(({ spend }) => spendCost(spend)));
  const nameWidth = widest(names);
  const amountWidth = widest(amounts);
  const room = Math.max(1, width - nameWidth - amountWidth - 4);
  const costs = groups.map(({ spend }) => decimal(spend.cost_usd));
  const max = costs.reduce((a, b) => (b.gt(a) ? b : a));
  const flat = key === "kind" ? "" : flatText(report.totals);
  const lines = groups.map(({ spend }, i) => {
    const amount = (amounts[i] ?? "").padStart(amountWidth);
    const bar = "█".repeat(barLength(decimal(spend.cost_usd), max, room));
    return `${padRight(names[i] ?? "", nameWidth)}  ${amount}  ${tinted(bar, "cyan", color)}`.trimEnd();
  });
  return [...lines, ...(flat === "" ? [] : ["", ...wrap(`Of the total, ${flat}.`, width)])].join("\n");
};

/** In columns: at least one for a positive cost, none for zero or a refund. */
const barLength = (cost: Decimal, max: Decimal, room: number): number =>
  cost.gt(0) ? Math.max(1, Math.round(Number(cost.div(max)) * room)) : 0;
