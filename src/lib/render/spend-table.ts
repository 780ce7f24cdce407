import type { SpendReport } from "../reports/report.js";
import { tinted } from "./color.js";
import { formatCount, formatPercentChange, formatUsd, formatUsdChange, usdOrDash } from "./money-text.js";
import { pivotTable } from "./pivot-table.js";
import { groupText, spendColumns, totalRow } from "./spend-columns.js";
import { composition, daysText } from "./spend-parts.js";
import { type Screen, table } from "./table.js";
import { padRight, widest, wrap } from "./text.js";
import { warningLines } from "./warning-lines.js";

export const spendTable = (report: SpendReport, screen: Screen): string => {
  const draw = report.group_by.length > 1 ? pivotTable : groupTable;
  const parts =
    report.rows.length === 0
      ? []
      : [draw(report, screen), composition(report, screen), beside(report, screen)];
  const title = spendTitle(report, `Spend by ${report.group_by.map(groupText).join(" and ")}`, screen);
  return [title, ...parts, warningLines(report.warnings, screen)].filter((part) => part !== "").join("\n\n");
};

export const spendTitle = ({ range }: SpendReport, what: string, { width, color }: Screen): string => {
  return wrap(`${what}, ${daysText(range)} (${range.timezone})`, width)
    .map((line) => tinted(line, "bold", color))
    .join("\n");
};

const groupTable = (report: SpendReport, screen: Screen): string =>
  table(spendColumns(report), report.rows, { ...screen, total: totalRow(report) });

/** What is not in the total, and what it is compared with. */
const beside = ({ totals, compared_with }: SpendReport, { width }: Screen): string => {
  const lines: [string, string, string][] = [];
  if (totals.included_usd !== "0")
    lines.push(["Included", formatUsd(totals.included_usd), "covered by plans, not in the total"]);
  if (totals.topup_usd !== "0")
    lines.push(["Top-ups", formatUsd(totals.topup_usd), "credit bought ahead, not in the total"]);
  if (totals.unpriced_tokens > 0) {
    lines.push(["No price", `${formatCount(totals.unpriced_tokens)} tokens`, "not in the total"]);
  }
  if (compared_with && totals.previous_usd !== undefined) {
    const { previous_usd, change_usd = "0", change_percent = null } = totals;
    const change = `${formatUsdChange(change_usd)} (${formatPercentChange(change_percent)})`;
    lines.push(["Before", usdOrDash(previous_usd), `${daysText(compared_with)}: ${change}`]);
  }
  return aligned(lines)
    .flatMap((line) => wrap(line, width, 2))
    .join("\n");
};

const aligned = (lines: readonly [string, string, string][]): string[] => {
  const width = (i: 0 | 1): number => widest(lines.map((line) => line[i]));
  return lines.map(([name, amount, remark]) =>
    `${padRight(name, width(0))}  ${amount.padStart(width(1))}  ${remark}`.trimEnd(),
  );
};
