import { decimal } from "../money.js";
import { kindText, type ChargeKind } from "../record/kinds.js";
import type { ColumnName } from "../reports/columns.js";
import { cachedShare, tokensOf, usdPerMtok } from "../reports/ratios.js";
import {
  type BlankRow,
  type FilledReport,
  type GroupKey,
  isBlank,
  type SpendReport,
  type SpendRow,
} from "../reports/report.js";
import { firstKey } from "../reports/groups.js";
import { spendCost } from "./cost-text.js";
import {
  NOTHING_STATED,
  formatPercent,
  formatPercentChange,
  formatMoney,
  formatMoneyChange,
  moneyOrBlank,
} from "./money-text.js";
import { type Column, countColumn } from "./table.js";
import { printable } from "./text.js";

export type ReportRow = SpendRow | BlankRow;

/**
 * The keys, then what is measured.
 * @param chosen the columns that a person wants, in order: they stay longer than those after them
 */
export const spendColumns = (
  report: FilledReport,
  chosen?: readonly ColumnName[],
  ascii = false,
): Column<ReportRow>[] => [
  ...report.group_by.map((key) => keyColumn(key, ascii)),
  ...(chosen ?? usualColumns(report)).map((name, i) => {
    const column = measureColumn(name);
    return chosen === undefined ? column : { ...column, ...(i > 0 && { priority: chosen.length - i }) };
  }),
];

const usualColumns = ({ rows, totals }: FilledReport): ColumnName[] => [
  "cost",
  ...(decimal(totals.cost_usd).gt(0) ? (["share"] as const) : []),
  ...(rows.some((row) => !isBlank(row) && row.previous_usd !== undefined)
    ? (["previous", "change", "change-percent"] as const)
    : []),
  ...(decimal(totals.included_usd).eq(0) ? [] : (["included"] as const)),
  ...(totals.topup_usd === "0" ? [] : (["top-ups"] as const)),
  "input",
  "output",
  "cached",
  "requests",
];

/** A column of a measure. Nothing is recorded in some rows: the cells of what is measured are blank there. */
export const measureColumn = (name: ColumnName): Column<ReportRow> => {
  const column = MEASURES[name];
  const isCompared = "compared" in column;
  const blankOr = (cell: (row: SpendRow) => string) => (row: ReportRow) =>
    isBlank(row) || (row.record_count === 0 && !isCompared && !(row.known_empty && name === "cost"))
      ? ""
      : cell(row);
  return {
    header: column.header,
    cell: blankOr(column.cell),
    ...(column.compact && { compact: blankOr(column.compact) }),
    ...(column.align && { align: column.align }),
    ...(column.priority !== undefined && { priority: column.priority }),
    ...(column.tint && { tint: (row: ReportRow) => (isBlank(row) ? undefined : column.tint?.(row)) }),
  };
};

export const totalRow = ({ group_by, totals, lacks_tokens }: Omit<SpendReport, "rows">): SpendRow => ({
  ...totals,
  ...(lacks_tokens && { lacks_tokens }),
  [firstKey(group_by)]: "Total",
  ...Object.fromEntries(group_by.slice(1).map((key) => [key, ""])),
  share: decimal(totals.cost_usd).gt(0) ? "100.0" : null,
});

/** The name of a group: `other (12)` for the sum of other groups, `(no model)` if there is no name. */
export const groupName = (row: ReportRow, key: GroupKey): string => {
  const name = row[key];
  const others = isBlank(row) ? undefined : row.others;
  if (name === null || name === undefined) return key === "tag" ? "(none)" : `(no ${groupText(key)})`;
  if (key === "kind" && others === undefined) return kindText(name as ChargeKind);
  return others !== undefined && name === "other" ? `other (${others})` : printable(name);
};

/** As a word. */
export const groupText = (key: GroupKey): string => (key === "api_key" ? "key" : key.replace("_", " "));

export const headingOf = (key: GroupKey): string => {
  const text = groupText(key);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
};

/** Behind a day that costs much more than usual. */
export const standsOutMark = (ascii: boolean): string => (ascii ? "^" : "▲");

const keyColumn = (key: GroupKey, ascii: boolean): Column<ReportRow> => ({
  header: headingOf(key),
  cell: (row) =>
    groupName(row, key) +
    (key === "day" && !isBlank(row) && row.stands_out ? ` ${standsOutMark(ascii)}` : ""),
  shrinkTo: 12,
});

/** Red if it costs more, green if it costs less. */
export const changeTint = (change_usd: string | null): "red" | "green" | undefined => {
  if (change_usd === null) return undefined;
  const change = decimal(change_usd);
  if (change.eq(0)) return undefined;
  return change.gt(0) ? "red" : "green";
};

const isKnown = (amount: string): boolean => !decimal(amount).eq(0);

const changeText = ({ currency, cost_usd, previous_usd = "0", change_usd = "0" }: SpendRow): string => {
  if (change_usd === null || previous_usd === null) return "";
  if (!isKnown(cost_usd) && !isKnown(previous_usd)) return NOTHING_STATED;
  // $0.00 is an amount that was charged.
  return isKnown(change_usd) ? formatMoneyChange(change_usd, currency) : "±0";
};

/** `new` if nothing was spent before. */
const changePercentText = ({
  cost_usd,
  previous_usd = "0",
  change_usd = "0",
  change_percent = null,
}: SpendRow): string => {
  if (change_percent !== null) return formatPercentChange(change_percent);
  if (previous_usd === null || change_usd === null) return "";
  return isKnown(cost_usd) && !isKnown(previous_usd) ? "new" : NOTHING_STATED;
};

const moneyOrDash = (amount: string | null, currency?: string): string =>
  amount === null ? NOTHING_STATED : formatMoney(amount, currency);

const MEASURES: Record<ColumnName, Column<SpendRow> & { compared?: true }> = {
  cost: {
    header: "Cost",
    cell: (row) => (row.known_empty ? formatMoney("0", row.currency) : spendCost(row)),
    align: "decimal",
  },
  share: { header: "Share", cell: ({ share }) => formatPercent(share), align: "right", priority: 60 },
  previous: {
    header: "Previous",
    cell: ({ previous_usd = "0", currency }) =>
      previous_usd === null ? "" : moneyOrBlank(previous_usd, currency),
    align: "decimal",
    priority: 80,
    compared: true,
  },
  change: {
    header: "Change",
    cell: changeText,
    align: "decimal",
    priority: 90,
    tint: ({ change_usd }) => changeTint(change_usd ?? null),
    compared: true,
  },
  "change-percent": {
    header: "Change %",
    cell: changePercentText,
    align: "right",
    priority: 70,
    compared: true,
  },
  included: {
    header: "Included",
    cell: ({ included_usd, currency }) => moneyOrBlank(included_usd, currency),
    align: "decimal",
    priority: 50,
  },
  "top-ups": {
    header: "Top-ups",
    cell: ({ topup_usd, currency }) => moneyOrBlank(topup_usd, currency),
    align: "decimal",
    priority: 55,
  },
  tokens: countColumn("Tokens", tokensOf, 40),
  input: countColumn("Input", (row) => row.input_tokens, 40),
  output: countColumn("Output", (row) => row.output_tokens, 40),
  cached: countColumn("Cache read", (row) => row.cache_read_tokens, 10),
  "cache-write": countColumn("Cache write", (row) => row.cache_write_tokens, 10),
  "cached-share": {
    header: "Cached %",
    cell: (row) => formatPercent(cachedShare(row)),
    align: "right",
    priority: 20,
  },
  requests: countColumn("Requests", (row) => row.request_count, 30),
  records: countColumn("Records", (row) => row.record_count, 30),
  "per-mtok": {
    header: "Per Mtok",
    cell: (row) => moneyOrDash(usdPerMtok(row), row.currency),
    align: "decimal",
    priority: 35,
  },
  saved: {
    header: "Saved",
    cell: ({ saved_usd = null, currency }) => moneyOrDash(saved_usd, currency),
    align: "decimal",
    priority: 35,
  },
};
