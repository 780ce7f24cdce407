import { part, type Series } from "./series.js";

const WEEK = 7;

/** Both weeks after a shift are above both weeks before it by this factor, or below them. */
const FACTOR = 1.35;

/** If only one week is known before it. */
const FACTOR_OF_ONE = 1.5;

/**
 * What comes after the last day on which usage changed its level for good: days before it would only mislead. Whole
 * weeks are compared, so that weekends are not shifts; slow growth is not one either.
 * @returns all of the series, and a remark only if part of it is left out
 */
export const sinceShift = (series: Series): { series: Series; remarks: string[] } => {
  const { days, costs } = series;
  const shifts: { at: number; factor: number }[] = [];
  for (let at = WEEK; at <= costs.length - 2 * WEEK; at++) {
    const week = (from: number): number =>
      costs.slice(from, from + WEEK).reduce((sum, cost) => sum + cost, 0);
    const isOne = at < 2 * WEEK;
    const before = isOne ? [week(at - WEEK)] : [week(at - 2 * WEEK), week(at - WEEK)];
    const after = [week(at), week(at + WEEK)];
    const factor = Math.max(
      Math.min(...after) / Math.max(...before, 1e-9),
      Math.min(...before) / Math.max(...after, 1e-9),
    );
    if (factor > (isOne ? FACTOR_OF_ONE : FACTOR)) shifts.push({ at, factor });
  }
  const last = shifts.at(-1);
  if (last === undefined) return { series, remarks: [] };
  // The days around a shift show it, too: the sharpest of them is the day.
  const near = shifts.filter(({ at }) => at > last.at - 2 * WEEK);
  const { at } = near.reduce((best, shift) => (shift.factor > best.factor ? shift : best));
  return {
    series: part(series, at),
    remarks: [`Usage changed its level on ${days[at] ?? ""}: only the days since then are used.`],
  };
};
