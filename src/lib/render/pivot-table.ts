import { sum } from "../money.js";
import type { ColumnName } from "../reports/columns.js";
import { type FilledReport, type GroupKey, isBlank, type SpendRow } from "../reports/report.js";
import { byValue, groupsOf, isInOrder, isTimeKey } from "../reports/groups.js";
import { sumSpend } from "../reports/sum.js";
import { SPEND_MARKS } from "./marks.js";
import { formatMoney, NOTHING_STATED } from "./money-text.js";
import { groupName, headingOf, measureColumn, type ReportRow } from "./spend-columns.js";
import { type Column, fits, roomOf, type Screen, table } from "./table.js";
import { cutApart, widest } from "./text.js";

/** Widths to which column names may be cut: the widest one that loses no column is taken. */
const NARROWEST_HEADER = 16;
const WIDER_HEADERS = [40, 32, 24];

interface PivotLine {
  name: string;
  rows: readonly ReportRow[];
}

interface PivotColumn {
  header: string;
  names: ReadonlySet<string>;
}

/**
 * A report by two keys: one line per group of the first key, one column per group of the second. If the columns do not
 * fit, the smallest are summed in `other`; for a period, the earliest are summed in `earlier`.
 * @param columns the measure to show, in a list of one; by default the cost
 */
export const pivotTable = (
  { group_by, rows }: FilledReport,
  screen: Screen,
  [measure = "cost"]: readonly ColumnName[] = [],
): string => {
  const [lineKey, columnKey] = group_by as [GroupKey, GroupKey];
  const lines = groupsOf(rows, (row) => pivotName(row, lineKey)).map((group) => ({
    name: pivotName(group[0], lineKey),
    rows: group,
  }));
  const total = { name: "Total", rows };
  const names = new Set(columnNames(rows, columnKey));
  const columns = (count: number, headerWidth: number): Column<PivotLine>[] => [
    { header: headingOf(lineKey), cell: ({ name }) => name, shrinkTo: 12 },
    ...withHeadersCut(pivotColumns([...names], columnKey, count), headerWidth).map((column) => ({
      ...sumColumn(column, columnKey, measure),
      priority: 1,
    })),
    sumColumn({ header: "Total", names }, columnKey, measure),
  ];
  const room = roomOf(screen);
  const fitting = (count: number, headerWidth: number): boolean =>
    fits(columns(count, headerWidth), [...lines, total], room);
  // An amount with its gap takes at least seven characters, so more columns cannot fit.
  let count = Math.min(names.size, Math.ceil(room / 7));
  while (count > 1 && !fitting(count, NARROWEST_HEADER)) count -= 1;
  const wider = screen.whole ? [widest([...names])] : WIDER_HEADERS;
  const headerWidth = wider.find((width) => fitting(count, width)) ?? NARROWEST_HEADER;
  return table(columns(count, headerWidth), lines, { ...screen, total, marks: SPEND_MARKS });
};

const columnNames = (rows: readonly ReportRow[], key: GroupKey): string[] =>
  groupsOf(rows, (row) => pivotName(row, key))
    .map((group) => ({ name: pivotName(group[0], key), cost: sum(group.map((row) => row.cost_usd ?? "0")) }))
    .toSorted((a, b) => {
      const last = Number(a.name === "other") - Number(b.name === "other");
      return last || (isInOrder(key) ? 0 : b.cost.cmp(a.cost)) || byValue(key)(a.name, b.name);
    })
    .map(({ name }) => name);

const pivotName = (row: ReportRow, key: GroupKey): string =>
  !isBlank(row) && row.others !== undefined && row[key] === "other" ? "other" : groupName(row, key);

const sumColumn = ({ header, names }: PivotColumn, key: GroupKey, measure: ColumnName): Column<PivotLine> => {
  const { cell, compact, align } = measureColumn(measure);
  const of =
    (text: (row: ReportRow) => string) =>
    ({ rows }: PivotLine): string => {
      const all = rows.filter((row) => names.has(pivotName(row, key)));
      const isEmpty = all.length > 0 && all.every((row) => !isBlank(row) && row.known_empty);
      const sum = summed(all.filter((row) => !isBlank(row)));
      return text(isEmpty ? { ...sum, known_empty: true } : sum);
    };
  return {
    header,
    cell: of(measure === "cost" ? orTopup(cell) : cell),
    ...(compact && { compact: of(compact) }),
    ...(align && { align }),
  };
};

/** All is in the bill if nothing of it is elsewhere. */
const summed = (rows: readonly SpendRow[]): SpendRow => ({
  ...sumSpend(rows),
  share: null,
  ...(rows.length > 0 && rows.every((row) => row.in_bill) && { in_bill: true }),
  ...(rows.some((row) => row.lacks_tokens) && { lacks_tokens: true }),
});

/** A top-up, which is not a cost, in brackets if there is nothing else. */
const orTopup =
  (cell: (row: ReportRow) => string) =>
  (row: ReportRow): string => {
    const text = cell(row);
    const isTopup = !isBlank(row) && row.topup_usd !== "0" && ["", NOTHING_STATED].includes(text);
    return isTopup ? `(${formatMoney(row.topup_usd, row.currency)})` : text;
  };

const withHeadersCut = (columns: readonly PivotColumn[], width: number): PivotColumn[] => {
  const headers = cutApart(
    columns.map(({ header }) => header),
    width,
  );
  return columns.map((column, i) => ({ ...column, header: headers[i] ?? column.header }));
};

/** At most `count` columns; the last one (for a period, the first) sums the groups without their own column. */
const pivotColumns = (names: readonly string[], key: GroupKey, count: number): PivotColumn[] => {
  const own = (name: string): PivotColumn => ({ header: name, names: new Set([name]) });
  if (names.length <= count) return names.map(own);
  const left = names.length - count + 1;
  if (isTimeKey(key)) {
    return [{ header: "earlier", names: new Set(names.slice(0, left)) }, ...names.slice(left).map(own)];
  }
  return [...names.slice(0, -left).map(own), { header: "other", names: new Set(names.slice(-left)) }];
};
