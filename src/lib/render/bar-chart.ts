import { type Decimal, ZERO, decimal } from "../money.js";
import { firstKey, groupsOf, isTimeKey } from "../reports/groups.js";
import type { GroupKey, SpendReport, SpendRow } from "../reports/report.js";
import { sumSpend } from "../reports/sum.js";
import { barOf, barStyle, type BarStyle, cutBar, stackedBar } from "./bar.js";
import { type Break, breakOf, highestOf } from "./chart-break.js";
import { type Drawn, drawnOver, drawnText, type Point, summaryOf, timelineOf } from "./chart-points.js";
import { type Stack, stackOf } from "./chart-stack.js";
import { tinted } from "./color.js";
import { spendCost } from "./cost-text.js";
import { formatUsd } from "./money-text.js";
import { groupName } from "./spend-columns.js";
import { flatText } from "./spend-parts.js";
import { type Screen, pointsAligned } from "./table.js";
import { cutApart, padRight, widest, wrap } from "./text.js";

export const NOTHING = "There is nothing to draw.";

/** A bar for each of about two months of days. */
const MOST_PERIODS = 62;

/** Names beside the bars are cut to a quarter of the screen, but not below this. */
const NARROWEST_NAME = 20;

interface Bars {
  points: Point[];
  /** Beside the bars. */
  amounts: string[];
  /** Below the bars. */
  remarks: string[];
  drawn: Drawn;
  /** The bar that is cut. */
  cut?: Break | undefined;
}

/**
 * One bar per period or, if the report is not grouped by time, per group of the first key. With a second key, each bar
 * shows its groups.
 */
export const barChart = (report: SpendReport, screen: Screen): string => {
  const key = report.group_by.find(isTimeKey) ?? firstKey(report.group_by);
  const second = report.group_by.find((each) => each !== key);
  const bars = isTimeKey(key) ? overTime(report, second, screen) : overGroups(report, key);
  if (bars === null || bars.points.length === 0) return NOTHING;
  const stack = second && stackOf(report, second, bars.drawn);
  const style = barStyle(screen.ascii ?? false);
  const letters = stack?.legend(screen.width, screen.color) ?? [];
  const legend = letters.length > 0 ? ["", ...letters] : [];
  const remarks = [...cutRemark(bars, style), ...bars.remarks, ...refundRemark(bars, stack, style)];
  return [
    ...barLines(bars, stack, style, screen),
    ...legend,
    ...(remarks.length > 0 ? [""] : []),
    ...remarks.flatMap((remark) => wrap(remark, screen.width)),
  ].join("\n");
};

const overTime = (
  report: SpendReport,
  second: GroupKey | undefined,
  { ascii = false }: Screen,
): Bars | null => {
  const time = report.group_by.find(isTimeKey);
  const { from, to } = report.range;
  if (time === undefined || from === null || to === null) return null;
  const drawn = drawnOver(second, report.cash);
  const { points, remarks } = timelineOf(report, time, { from, to }, { most: MOST_PERIODS, ascii });
  return {
    points,
    amounts: points.map((point) => (isEmpty(point, report) ? formatUsd("0") : drawnText(point.spend, drawn))),
    remarks: [summaryOf(report, points, drawn), ...remarks],
    drawn,
    cut: breakOf(points.map(({ spend }) => drawn(spend))),
  };
};

/** Nothing is recorded, and it is known that nothing was spent. */
const isEmpty = ({ rows, isGap }: Point, { coverage }: SpendReport): boolean =>
  rows.length === 0 && !isGap && coverage !== undefined && coverage.covered.length > 0;

const overGroups = (report: SpendReport, key: GroupKey): Bars => {
  const points = groupsOf(report.rows, (row) => groupName(row, key)).map((rows) => ({
    label: groupName(rows[0], key),
    rows,
    spend: sumSpend(rows),
    isGap: false,
  }));
  const flat = key === "kind" ? "" : flatText(report.totals);
  return {
    points,
    amounts: points.map(({ rows, spend }) => groupText(rows, spend)),
    remarks: flat === "" ? [] : [`Of the total, ${flat}.`],
    drawn: ({ cost_usd }) => decimal(cost_usd),
  };
};

const groupText = (rows: readonly SpendRow[], spend: Point["spend"]): string =>
  spendCost({ ...spend, ...(rows.every((row) => row.in_bill) && { in_bill: true }) });

const barLines = (
  bars: Bars,
  stack: Stack | undefined,
  style: BarStyle,
  { width, color }: Screen,
): string[] => {
  const { points, drawn, cut } = bars;
  const names = cutApart(
    points.map(({ label }) => label),
    Math.max(NARROWEST_NAME, Math.floor(width / 4)),
  );
  const amounts = pointsAligned(bars.amounts);
  const nameWidth = widest(names);
  const amountWidth = widest(amounts);
  const room = Math.max(1, width - nameWidth - amountWidth - 4);
  const sizes = points.map((point) => sizeOf(point, stack, drawn));
  // The next highest takes four fifths of the room, so that the one that is cut is seen to be longer.
  const limit = cut ? highestOf(sizes.filter((_, at) => at !== cut.at)).times("1.25") : highestOf(sizes);
  const scale = { limit: limit.eq(0) ? decimal("1") : limit, room };
  return points.map(({ rows, spend }, at) => {
    const amount = (amounts[at] ?? "").padStart(amountWidth);
    const isCut = cut?.at === at;
    const cost = drawn(spend);
    const plainBar = isCut ? cutBar(cost.lt(0), room, style) : barOf(cost, scale, style);
    const bar = stack
      ? stack.painted(stackedBar(stack.amountsOf(rows), stack.letters, scale, style, isCut), color)
      : tinted(plainBar, cost.lt(0) ? "green" : "cyan", color);
    return `${padRight(names[at] ?? "", nameWidth)}  ${amount}  ${bar}`.trimEnd();
  });
};

/** How long a bar is: in a stack, what was given back comes on top of what was paid. */
const sizeOf = ({ rows, spend }: Point, stack: Stack | undefined, drawn: Drawn): Decimal =>
  stack ? stack.amountsOf(rows).reduce((total, amount) => total.plus(amount.abs()), ZERO) : drawn(spend);

const cutRemark = ({ points, cut }: Bars, style: BarStyle): string[] =>
  cut === undefined
    ? []
    : [`${style.cut} The bar of ${points[cut.at]?.label ?? ""} is cut: it is ${cut.times} the next highest.`];

const refundRemark = ({ points, drawn }: Bars, stack: Stack | undefined, { refund }: BarStyle): string[] => {
  const amounts = points.flatMap(({ rows, spend }) => (stack ? stack.amountsOf(rows) : [drawn(spend)]));
  return amounts.some((amount) => amount.lt(0)) ? [`${refund} Money given back.`] : [];
};
