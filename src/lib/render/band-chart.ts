import { type Decimal, decimal, ZERO } from "../money.js";
import { type Tint, tinted } from "./color.js";
import { axisText, stepFor } from "./line-chart.js";
import { signOf } from "./money-text.js";
import type { Screen } from "./table.js";
import { padRight, widest, wrap } from "./text.js";

/** A day of a chart: what it cost, or what it may cost, with the bands of a forecast. */
export interface BandPoint {
  date: string;
  cost: Decimal;
  /** From the inner one to the outer one; none for a day that is over. */
  bands: readonly (readonly [lower: Decimal, upper: Decimal])[];
}

interface Marks {
  past: string;
  ahead: string;
  /** Of the bands, from the inner one to the outer one. */
  bands: readonly string[];
  axis: string;
}

const BLOCKS: Marks = { past: "─", ahead: "━", bands: ["▒", "░"], axis: "┤" };
const ASCII: Marks = { past: "-", ahead: "=", bands: [":", "."], axis: "|" };

/** The most columns of a day if there are only a few. */
const WIDEST_DAY = 4;

/** Columns that the labels of the money axis may take. */
const AXIS_ROOM = 12;

/** Days in order, over time; several as one, with their mean, if they do not fit. */
export const bandChart = (
  all: readonly BandPoint[],
  currency: string | undefined,
  screen: Screen,
): string => {
  const { width, color, ascii = false } = screen;
  const marks = ascii ? ASCII : BLOCKS;
  const size = Math.max(1, Math.ceil(all.length / (width - AXIS_ROOM)));
  const points = size === 1 ? all : merged(all, size);
  const most = highest(points);
  const step = stepFor(most);
  const rows = Math.max(1, Math.ceil(Number(most.div(step))));
  const labels = Array.from({ length: rows + 1 }, (_, at) =>
    axisText(step.times(rows - at), step, signOf(currency)),
  );
  const axis = widest(labels);
  const stretch = Math.max(1, Math.min(WIDEST_DAY, Math.floor((width - axis - 1) / points.length)));
  const lines = labels.map((label, at) => {
    const cells = points.map((point) => cellOf(point, step, rows - at, marks));
    const drawn = runsOf(cells).map(({ mark, tint, count }) =>
      tinted(mark.repeat(count * stretch), tint, color),
    );
    return `${label.padStart(axis)}${marks.axis}${drawn.join("")}`.trimEnd();
  });
  const [past, ahead, legend] = [marks.past, marks.ahead, marks.bands];
  const each = size === 1 ? "" : ` A point is the mean of ${size} days.`;
  const key = `${past} cost, ${ahead} forecast, ${legend[0] ?? ""} 80% band, ${legend[1] ?? ""} 95% band.${each}`;
  return [...lines, dateAxis(points, axis + 1, stretch), "", ...wrap(key, width)].join("\n");
};

interface Cell {
  mark: string;
  tint: Tint;
}

/** What stands at a height, in steps. */
const cellOf = ({ cost, bands }: BandPoint, step: Decimal, height: number, marks: Marks): Cell => {
  const at = (amount: Decimal): number => Math.round(Number(amount.div(step)));
  if (at(cost) === height) return { mark: bands.length === 0 ? marks.past : marks.ahead, tint: "cyan" };
  const inside = bands.findIndex(([lower, upper]) => at(lower) <= height && height <= at(upper));
  return { mark: marks.bands[inside] ?? " ", tint: "dim" };
};

const runsOf = (cells: readonly Cell[]): (Cell & { count: number })[] => {
  const runs: (Cell & { count: number })[] = [];
  for (const cell of cells) {
    const last = runs.at(-1);
    if (last?.mark === cell.mark) last.count++;
    else runs.push({ ...cell, count: 1 });
  }
  return runs;
};

const highest = (points: readonly BandPoint[]): Decimal =>
  points
    .flatMap(({ cost, bands }) => [cost, ...bands.map(([, upper]) => upper)])
    .reduce((most, amount) => (amount.gt(most) ? amount : most), ZERO);

const merged = (points: readonly BandPoint[], size: number): BandPoint[] => {
  return [false, true].flatMap((ahead) => {
    const part = points.filter(({ bands }) => bands.length > 0 === ahead);
    const groups = Array.from({ length: Math.ceil(part.length / size) }, (_, at) =>
      part.slice(at * size, (at + 1) * size),
    );
    return groups.map((group): BandPoint => {
      const mean = (amountOf: (point: BandPoint) => Decimal): Decimal =>
        group.reduce((sum, point) => sum.plus(amountOf(point)), ZERO).div(group.length);
      const bands = (group[0]?.bands ?? []).map(
        (_, at) =>
          [mean(({ bands }) => bands[at]?.[0] ?? ZERO), mean(({ bands }) => bands[at]?.[1] ?? ZERO)] as const,
      );
      return { date: group[0]?.date ?? "", cost: mean(({ cost }) => cost), bands };
    });
  });
};

/** The first date, the first one ahead, and the last one, without those that would overlap. */
const dateAxis = (points: readonly BandPoint[], axis: number, stretch: number): string => {
  const places = [0, points.findIndex(({ bands }) => bands.length > 0), points.length - 1];
  let text = "";
  for (const at of new Set(places)) {
    const date = points[at]?.date ?? "";
    const isLast = at === points.length - 1 && at > 0;
    const column = axis + at * stretch - (isLast ? date.length - stretch : 0);
    if (at >= 0 && (text === "" || column >= text.length + 2)) text = padRight(text, column) + date;
  }
  return text;
};

/** @param amounts decimal strings */
export const pointOf = (date: string, cost: string, ...bands: (readonly [string, string])[]): BandPoint => ({
  date,
  cost: decimal(cost),
  bands: bands.map(([lower, upper]) => [decimal(lower), decimal(upper)]),
});
