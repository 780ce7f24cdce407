import asciichart, { type PlotConfig } from "asciichart";
import { type Decimal, ZERO, decimal, grouped } from "../money.js";
import type { SpendReport } from "../reports/report.js";
import { type Break, breakOf } from "./chart-break.js";
import { drawnOver, type Point, summaryOf, timelineOf } from "./chart-points.js";
import { signOf } from "./money-text.js";
import { type Screen } from "./table.js";
import { padRight, textWidth, widest, wrap } from "./text.js";

/** About how many lines a chart has. */
const HEIGHT = 12;

/** Columns reserved for the labels of the money axis when the number of points is chosen. */
const AXIS_ROOM = 18;
/** The most columns per point if there are only a few. */
const WIDEST_POINT = 8;

/** The labels beside the plot: whole steps, from `high` at the top down to `low`. */
interface Scale {
  step: Decimal;
  high: number;
  low: number;
  /** All of the same width. */
  labels: string[];
  /** The line with the break in the axis, from the top. */
  breakLine?: number;
}

/** A line over the days of a report that has an end at both sides. */
export const lineChart = (report: SpendReport, { width, color, ascii = false }: Screen): string => {
  const { from, to } = report.range;
  if (from === null || to === null) return "";
  const style = ascii ? ASCII : CURVES;
  const drawn = drawnOver(undefined, report.cash);
  const { points, remarks } = timelineOf(report, "day", { from, to }, { most: width - AXIS_ROOM, ascii });
  const costs = points.map(({ spend }) => drawn(spend));
  const cut = breakOf(costs);
  const scale = scaleOf(costs, cut, signOf(report.totals.currency));
  const axis = widest(scale.labels) + 1;
  const stretch = Math.max(1, Math.min(WIDEST_POINT, Math.floor((width - axis - 1) / points.length)));
  const broken =
    cut && `${style.cut} The axis is cut: ${points[cut.at]?.label ?? ""} is ${cut.times} the next highest.`;
  const notes = [summaryOf(report, points, drawn), ...(broken ? [broken] : []), ...remarks];
  return [
    plot(heightsOf(costs, scale, cut), scale, { stretch, color, style, gaps: gapsIn(points) }),
    dateAxis(points, axis, stretch),
    "",
    ...notes.flatMap((note) => wrap(note, width)),
  ].join("\n");
};

/** About `HEIGHT` steps of 1, 2 or 5 times a power of ten, which cover zero and every amount but the one that is cut. */
const scaleOf = (costs: readonly Decimal[], cut: Break | undefined, sign: string): Scale => {
  const whole = costs.filter((_, at) => at !== cut?.at);
  const max = whole.reduce((a, b) => (b.gt(a) ? b : a), ZERO);
  const min = whole.reduce((a, b) => (b.lt(a) ? b : a), ZERO);
  const step = stepFor(max.minus(min));
  const high = Math.max(1, Math.ceil(Number(max.div(step))));
  const low = Math.floor(Number(min.div(step)));
  const labels = Array.from({ length: high - low + 1 }, (_, i) => axisText(step.times(high - i), step, sign));
  const far = cut && costs[cut.at];
  if (far === undefined) return { step, high, low, labels: rightAligned(labels) };
  const end = axisText(far, step, sign);
  return far.gt(0)
    ? { step, high: high + 2, low, labels: rightAligned([end, "", ...labels]), breakLine: 1 }
    : { step, high, low: low - 2, labels: rightAligned([...labels, "", end]), breakLine: labels.length };
};

const rightAligned = (labels: readonly string[]): string[] =>
  labels.map((label) => label.padStart(widest(labels)));

export const stepFor = (range: Decimal): Decimal => {
  if (range.eq(0)) return decimal("1");
  const least = range.div(HEIGHT);
  const sizes = ["1", "2", "5"].map((digit) => decimal(`${digit}e${least.e}`));
  return sizes.find((step) => step.gte(least)) ?? decimal(`10e${least.e}`);
};

export const axisText = (amount: Decimal, step: Decimal, sign: string): string => {
  const decimals = step.e < 0 ? Math.max(2, -step.e) : 0;
  return `${amount.lt(0) ? "-" : ""}${sign}${grouped(amount.abs().toFixed(decimals))}`;
};

/** In steps. Only the position of a point is a floating-point number; every printed amount is exact. */
const heightsOf = (costs: readonly Decimal[], { step, high, low }: Scale, cut: Break | undefined): number[] =>
  costs.map((cost, at) => {
    if (at !== cut?.at) return Number(cost.div(step));
    return cost.gt(0) ? high : low;
  });

interface LineStyle {
  symbols: NonNullable<PlotConfig["symbols"]>;
  /** Where the axis and the line that crosses it are cut. */
  cut: string;
}

const CURVES: LineStyle = { symbols: ["┤", "┤", "╶", "╴", "─", "╰", "╭", "╮", "╯", "│"], cut: "≈" };
const ASCII: LineStyle = { symbols: ["|", "|", "-", "-", "-", "'", ".", ".", "'", "|"], cut: "/" };

interface Look {
  /** Columns per point. */
  stretch: number;
  /** Points that are not drawn, from one to before another. */
  gaps: readonly (readonly [from: number, to: number])[];
  color: boolean;
  style: LineStyle;
}

const gapsIn = (points: readonly Point[]): [from: number, to: number][] => {
  const gaps: [number, number][] = [];
  points.forEach(({ isGap }, at) => {
    const last = gaps.at(-1);
    if (isGap && last?.[1] === at) last[1]++;
    else if (isGap) gaps.push([at, at + 1]);
  });
  return gaps;
};

/** The line goes on at the height before a gap, so that it ends where the gap begins. */
const throughGaps = (heights: readonly number[], gaps: Look["gaps"]): number[] =>
  heights.map((height, at) => {
    const gap = gaps.find(([from, to]) => from <= at && at < to);
    return gap === undefined ? height : (heights[gap[0] - 1] ?? 0);
  });

/** One character of a plot, with its colour. */
const CELL = /(?:\u001b\[[\d;]*m)*[^\u001b](?:\u001b\[0m)?/gu;

/** A line of a plot without what stands in the gaps. */
const withGaps = (line: string, axis: number, { gaps, stretch }: Look): string => {
  if (gaps.length === 0) return line;
  const cells = line.match(CELL) ?? [];
  const isBlank = (column: number): boolean =>
    gaps.some(([from, to]) => column >= from * stretch && column < to * stretch);
  return cells.map((cell, at) => (at >= axis && isBlank(at - axis) ? " " : cell)).join("");
};

const plot = (heights: readonly number[], scale: Scale, look: Look): string => {
  const { stretch, color, style, gaps } = look;
  const axis = widest(scale.labels) + 2;
  return asciichart
    .plot(
      throughGaps(heights, gaps).flatMap((height) => Array<number>(stretch).fill(height)),
      {
        min: scale.low,
        max: scale.high,
        height: scale.high - scale.low,
        format: (_, i) => scale.labels[i] ?? "",
        symbols: style.symbols,
        ...(color ? { colors: [asciichart.cyan] } : {}),
      },
    )
    .split("\n")
    .map((text, line) => {
      const shown = line === scale.breakLine ? text.replaceAll(/[┤│|]/g, style.cut) : text;
      return withGaps(shown, axis, look).trimEnd();
    })
    .join("\n");
};

/** The first, middle and last date, each below its point, without those that would overlap. */
const dateAxis = (points: readonly Point[], axis: number, stretch: number): string => {
  const [first = "", ...later] = points.map(({ label }) => label);
  const last = later.at(-1);
  let text = " ".repeat(axis) + first;
  if (last === undefined) return text;
  const lastAt = Math.max(textWidth(text) + 2, axis + points.length * stretch - textWidth(last));
  const center = Math.floor(later.length / 2);
  const middle = later[center - 1] ?? first;
  const middleAt = axis + center * stretch - Math.floor(textWidth(middle) / 2);
  if (middleAt >= textWidth(text) + 2 && middleAt + textWidth(middle) + 2 <= lastAt) {
    text = padRight(text, middleAt) + middle;
  }
  return padRight(text, lastAt) + last;
};
