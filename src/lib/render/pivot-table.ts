import { sum } from "../money.js";
import type { GroupKey, SpendReport, SpendRow } from "../reports/report.js";
import { byName, groupsOf, isTimeKey } from "../reports/groups.js";
import { sumSpend } from "../reports/sum.js";
import { spendCost } from "./cost-text.js";
import { groupName, headingOf } from "./spend-columns.js";
import { type Column, type Screen, fits, table } from "./table.js";
import { cutApart } from "./text.js";

/** Names above the columns of a pivot are cut to this, or to the widest of these with which as many columns fit. */
const NARROWEST_HEADER = 16;
const WIDER_HEADERS = [40, 32, 24];

/** The groups of the second key under one name of the first. */
interface PivotLine {
  name: string;
  rows: readonly SpendRow[];
}

/** Groups of the second key that share a column. */
interface PivotColumn {
  header: string;
  names: ReadonlySet<string>;
}

/**
 * A report by two keys: a line for each group of the first key, a column for each of the second. Where the columns do
 * not fit, the smallest are summed in `other`; of a time, the earliest in `earlier`.
 */
export const pivotTable = ({ group_by, rows }: SpendReport, screen: Screen): string => {
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
      ...costColumn(column, columnKey),
      priority: 1,
    })),
    costColumn({ header: "Total", names }, columnKey),
  ];
  const fitting = (count: number, headerWidth: number): boolean =>
    fits(columns(count, headerWidth), [...lines, total], screen.width);
  // No amount with its gap is narrower than seven columns, so more of them cannot fit.
  let count = Math.min(names.size, Math.ceil(screen.width / 7));
  while (count > 1 && !fitting(count, NARROWEST_HEADER)) count -= 1;
  const headerWidth = WIDER_HEADERS.find((width) => fitting(count, width)) ?? NARROWEST_HEADER;
  return table(columns(count, headerWidth), lines, { ...screen, total });
};

const columnNames = (rows: readonly SpendRow[], key: GroupKey): string[] =>
  groupsOf(rows, (row) => pivotName(row, key))
    .map((group) => ({ name: pivotName(group[0], key), cost: sum(group.map((row) => row.cost_usd)) }))
    .toSorted((a, b) => {
      const last = Number(a.name === "other") - Number(b.name === "other");
      return last || (isTimeKey(key) ? 0 : b.cost.cmp(a.cost)) || byName(a.name, b.name);
    })
    .map(({ name }) => name);

const pivotName = (row: SpendRow, key: GroupKey): string =>
  row.others !== undefined && row[key] === "other" ? "other" : groupName(row, key);

const costColumn = ({ header, names }: PivotColumn, key: GroupKey): Column<PivotLine> => ({
  header,
  cell: ({ rows }) => {
    const held = rows.filter((row) => names.has(pivotName(row, key)));
    return held.length === 0 ? "" : spendCost(sumSpend(held));
  },
  align: "decimal",
});

const withHeadersCut = (columns: readonly PivotColumn[], width: number): PivotColumn[] => {
  const headers = cutApart(
    columns.map(({ header }) => header),
    width,
  );
  return columns.map((column, i) => ({ ...column, header: headers[i] ?? column.header }));
};

/** At most `count` columns; the last of a name, or the first of a time, sums what has no column of its own. */
const pivotColumns = (names: readonly string[], key: GroupKey, count: number): PivotColumn[] => {
  const own = (name: string): PivotColumn => ({ header: name, names: new Set([name]) });
  if (names.length <= count) return names.map(own);
  const left = names.length - count + 1;
  if (isTimeKey(key)) {
    return [{ header: "earlier", names: new Set(names.slice(0, left)) }, ...names.slice(left).map(own)];
  }
  return [...names.slice(0, -left).map(own), { header: "other", names: new Set(names.slice(-left)) }];
};
