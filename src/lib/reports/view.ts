import { checkPivot, type ColumnName, parseColumns, withRatios } from "./columns.js";
import { checkFill, filledReport } from "./fill.js";
import { isTimeKey } from "./groups.js";
import { checkOrder, type Order, sorted } from "./order.js";
import type { FilledReport, GroupKey, SpendReport } from "./report.js";

/** How a report is shown: its columns, its order, and whether it has a row for each period. */
export interface View extends Order {
  columns?: readonly ColumnName[];
  fill: boolean;
}

interface ViewFlags extends Order {
  columns?: string | undefined;
  fill: boolean;
  compare: boolean;
  top?: number | undefined;
  isTable: boolean;
}

/** What the flags of a report ask for. @throws UserError `bad_column`, `bad_sort`, `fill_group` */
export const viewOf = (flags: ViewFlags, groupBy: readonly GroupKey[]): View => {
  const { sort, reverse, fill } = flags;
  const compared = flags.compare && !groupBy.some(isTimeKey);
  const columns = flags.columns === undefined ? undefined : parseColumns(flags.columns, compared);
  if (columns && groupBy.length > 1 && flags.isTable) checkPivot(columns);
  checkOrder({ sort }, compared);
  if (fill) checkFill(groupBy, flags.top !== undefined);
  return { sort, reverse: reverse ?? false, fill, ...(columns && { columns }) };
};

/** @throws UserError `fill_too_long` */
export const shownReport = (report: SpendReport, view: View): FilledReport => {
  const whole = view.columns === undefined ? report : withRatios(report, view.columns);
  const filled = view.fill ? filledReport(whole) : whole;
  return { ...filled, rows: sorted(filled.rows, filled.group_by, view) };
};

/** The groups in the order of the table. */
export const orderedReport = (report: SpendReport, order: Order): SpendReport => ({
  ...report,
  rows: sorted(report.rows, report.group_by, order),
});
