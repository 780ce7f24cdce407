import type { PreviousSpan } from "../dates/previous-span.js";
import { decimal, percentOf, plain } from "../money.js";
import { groupOf, isTimeKey } from "./groups.js";
import { sorted } from "./order.js";
import type { Change, Comparison, SpendReport, SpendRow } from "./report.js";
import { sumSpend } from "./sum.js";

/**
 * Adds the difference to the totals and, unless the report is grouped by time, to each row. Groups that only the
 * previous period has become rows without spend. Both reports are whole, not cut to the biggest groups.
 * @param cut why the previous period has only the same days: what the current one is one of, and where its data end
 */
export const compareReports = (
  current: SpendReport,
  previous: SpendReport,
  { unfinished, data_to }: Pick<PreviousSpan, "unfinished" | "data_to"> = {},
): SpendReport => {
  const compare = comparing(current, previous);
  return {
    ...current,
    compared_with: {
      from: previous.range.from,
      to: previous.range.to,
      ...(unfinished !== undefined && { unfinished }),
      ...(data_to !== undefined && { data_to }),
    },
    totals: { ...current.totals, ...compare(current.totals.cost_usd, previous.totals.cost_usd) },
    rows: current.group_by.some(isTimeKey) ? current.rows : compareRows(current, previous, compare),
  };
};

type Compare = (now: string, before: string) => Comparison;

/** Compares a cost in one report with the same cost in the other. */
const comparing =
  (current: SpendReport, previous: SpendReport): Compare =>
  (now, before) =>
    comparison(current.is_unknown ? null : now, previous.is_unknown ? null : before);

/** Null stands for a cost that is not known. */
export const comparison = (current_usd: string | null, previous_usd: string | null): Comparison =>
  current_usd === null || previous_usd === null
    ? { previous_usd, change_usd: null, change_percent: null }
    : changeBetween(current_usd, previous_usd);

export const changeBetween = (current_usd: string, previous_usd: string): Change => {
  const previous = decimal(previous_usd);
  const change = decimal(current_usd).minus(previous);
  return {
    previous_usd,
    change_usd: plain(change),
    change_percent: percentOf(change, previous.abs()),
  };
};

const compareRows = (
  { rows, group_by, totals }: SpendReport,
  previous: SpendReport,
  compare: Compare,
): SpendRow[] => {
  const keyOf = (row: SpendRow): string => groupOf(row, group_by);
  const before = new Map(previous.rows.map((row) => [keyOf(row), row]));
  const now = new Set(rows.map(keyOf));
  const gone = previous.rows
    .filter((row) => !now.has(keyOf(row)))
    .map((row) => ({
      ...Object.fromEntries(group_by.map((key) => [key, row[key]])),
      ...sumSpend([]),
      ...(totals.currency !== undefined && { currency: totals.currency }),
      share: decimal(totals.cost_usd).gt(0) ? "0.0" : null,
    }));
  const compared = [...rows, ...gone].map((row) => ({
    ...row,
    ...compare(row.cost_usd, before.get(keyOf(row))?.cost_usd ?? "0"),
  }));
  return sorted(compared, group_by);
};
