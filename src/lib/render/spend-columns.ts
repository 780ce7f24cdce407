import { decimal } from "../money.js";
import { kindText, type ChargeKind } from "../record/kinds.js";
import type { GroupKey, SpendReport, SpendRow } from "../reports/report.js";
import { firstKey } from "../reports/groups.js";
import { spendCost } from "./cost-text.js";
import {
  NOTHING_STATED,
  formatPercent,
  formatPercentChange,
  formatUsdChange,
  usdOrDash,
} from "./money-text.js";
import { type Column, countColumn } from "./table.js";
import { printable } from "./text.js";

export const spendColumns = (report: SpendReport): Column<SpendRow>[] => [
  ...report.group_by.map(keyColumn),
  costColumn,
  shareColumn,
  ...(report.rows.some((row) => row.previous_usd !== undefined) ? comparisonColumns : []),
  ...(decimal(report.totals.included_usd).eq(0) ? [] : [includedColumn]),
  ...(report.totals.topup_usd === "0" ? [] : [topupColumn]),
  countColumn("Input", (row) => row.input_tokens, 40),
  countColumn("Output", (row) => row.output_tokens, 40),
  countColumn("Cache read", (row) => row.cache_read_tokens, 10),
  countColumn("Requests", (row) => row.request_count, 30),
];

export const totalRow = ({ group_by, totals }: SpendReport): SpendRow => ({
  ...totals,
  [firstKey(group_by)]: "Total",
  ...Object.fromEntries(group_by.slice(1).map((key) => [key, ""])),
  share: decimal(totals.cost_usd).gt(0) ? "100.0" : null,
});

/** The name of a group: `other (12)` for the sum of other groups, `(no model)` if there is no name. */
export const groupName = (row: SpendRow, key: GroupKey): string => {
  const name = row[key];
  if (name === null || name === undefined) return key === "tag" ? "(none)" : `(no ${groupText(key)})`;
  if (key === "kind" && row.others === undefined) return kindText(name as ChargeKind);
  return row.others !== undefined && name === "other" ? `other (${row.others})` : printable(name);
};

/** As a word. */
export const groupText = (key: GroupKey): string => (key === "api_key" ? "key" : key.replace("_", " "));

export const headingOf = (key: GroupKey): string => {
  const text = groupText(key);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
};

const keyColumn = (key: GroupKey): Column<SpendRow> => ({
  header: headingOf(key),
  cell: (row) => groupName(row, key),
  shrinkTo: 12,
});

const costColumn: Column<SpendRow> = { header: "Cost", cell: spendCost, align: "decimal" };

const shareColumn: Column<SpendRow> = {
  header: "Share",
  cell: ({ share }) => formatPercent(share),
  align: "right",
  priority: 60,
};

const includedColumn: Column<SpendRow> = {
  header: "Included",
  cell: ({ included_usd }) => usdOrDash(included_usd),
  align: "decimal",
  priority: 50,
};

const topupColumn: Column<SpendRow> = {
  header: "Top-ups",
  cell: ({ topup_usd }) => usdOrDash(topup_usd),
  align: "decimal",
  priority: 55,
};

const comparisonColumns: Column<SpendRow>[] = [
  {
    header: "Previous",
    cell: ({ previous_usd = "0" }) => usdOrDash(previous_usd),
    align: "decimal",
    priority: 80,
  },
  {
    header: "Change",
    cell: ({ cost_usd, previous_usd = "0", change_usd = "0" }) =>
      isKnown(cost_usd) || isKnown(previous_usd) ? formatUsdChange(change_usd) : NOTHING_STATED,
    align: "decimal",
    priority: 90,
    tint: ({ change_usd }) => changeTint(change_usd ?? "0"),
  },
  {
    header: "Change %",
    cell: ({ change_percent }) => formatPercentChange(change_percent ?? null),
    align: "right",
    priority: 70,
  },
];

const isKnown = (amount: string): boolean => !decimal(amount).eq(0);

const changeTint = (change_usd: string): "red" | "green" | undefined => {
  const change = decimal(change_usd);
  if (change.eq(0)) return undefined;
  return change.gt(0) ? "red" : "green";
};
