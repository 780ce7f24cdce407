import type { ColumnName } from "../reports/columns.js";
import type { FilledReport, SpendReport } from "../reports/report.js";
import { decimal } from "../money.js";
import { tinted } from "./color.js";
import { SPEND_MARKS } from "./marks.js";
import { formatCount, formatMoney, formatMoneyChange, formatPercentChange } from "./money-text.js";
import { pivotTable } from "./pivot-table.js";
import { groupText, spendColumns, standsOutMark, totalRow } from "./spend-columns.js";
import { averageText, composition, daysText } from "./spend-parts.js";
import { priceListsText } from "./price-text.js";
import { type Screen, table } from "./table.js";
import { ratesText } from "./rates-used.js";
import { padRight, widest, wrap } from "./text.js";
import { warningLines } from "./warning-lines.js";

/** @param columns what to show of each group, in order; in a pivot, one. By default what most people want to know. */
export const spendTable = (report: FilledReport, screen: Screen, columns?: readonly ColumnName[]): string => {
  const draw = report.group_by.length > 1 ? pivotTable : groupTable;
  const sums = [
    composition(report, screen),
    averageText(report, screen),
    standsOutText(report, screen),
  ].filter((line) => line !== "");
  const parts =
    report.rows.length === 0
      ? []
      : [draw(report, screen, columns), sums.join("\n"), beside(report, screen), ratesText(report, screen)];
  const what = report.cash === true ? "What left the account" : "Spend";
  const title = spendTitle(report, `${what} by ${report.group_by.map(groupText).join(" and ")}`, screen);
  return [title, ...parts, warningLines(report.warnings, screen)].filter((part) => part !== "").join("\n\n");
};

/** What the mark behind a day means. */
export const standsOutText = (
  { rows }: Pick<FilledReport, "rows">,
  { width, ascii = false }: Screen,
): string =>
  rows.some((row) => row.cost_usd !== null && row.stands_out)
    ? wrap(
        `${standsOutMark(ascii)}: much more than usual on such a weekday. Why: aicost anomalies`,
        width,
      ).join("\n")
    : "";

export const spendTitle = (
  { range }: Pick<SpendReport, "range">,
  what: string,
  { width, color }: Screen,
): string => {
  return wrap(`${what}, ${daysText(range)} (${range.timezone})`, width)
    .map((line) => tinted(line, "bold", color))
    .join("\n");
};

const groupTable = (report: FilledReport, screen: Screen, columns?: readonly ColumnName[]): string =>
  table(spendColumns(report, columns, screen.ascii), report.rows, {
    ...screen,
    total: totalRow(report),
    marks: SPEND_MARKS,
    otherWays: "--columns or --json",
  });

const beside = (report: FilledReport, { width }: Screen): string =>
  aligned(asides(report))
    .flatMap((line) => wrap(line, width, 2))
    .join("\n");

/** What is not in the total, and what it is compared with: a name, an amount and a remark. */
export const asides = ({
  totals,
  price_lists: lists,
  compared_with,
  cash = false,
  range,
}: FilledReport): [string, string, string][] => {
  const lines: [string, string, string][] = [];
  const amount = (usd: string): string => formatMoney(usd, totals.currency);
  if (totals.estimated_usd !== "0" && lists)
    lines.push(["Estimated", amount(totals.estimated_usd), priceListsText(lists.estimated)]);
  if (totals.included_usd !== "0") {
    const priced = lists === undefined ? [] : [priceListsText(lists.included)];
    lines.push([
      "Included",
      amount(totals.included_usd),
      ["covered by plans, not in the total", ...priced].join("; "),
    ]);
  }
  const { paid_by_credit_usd: paid = "0" } = totals;
  if (paid !== "0") lines.push(["Paid by credit", amount(paid), "usage, not in the total"]);
  if (totals.topup_usd !== "0" && !cash)
    lines.push(["Top-ups", amount(totals.topup_usd), "credit bought ahead, not in the total"]);
  if (totals.unpriced_tokens > 0) {
    lines.push(["Not priced", `${formatCount(totals.unpriced_tokens)} tokens`, "not in the total"]);
  }
  if (compared_with && totals.previous_usd !== undefined) {
    const remark = `${daysText(compared_with)}: ${changeRemark(totals, daysText(range))}`;
    const why = totals.change_usd === null ? [] : sameDaysText(compared_with);
    lines.push(["Before", beforeText(totals), [remark, ...why].join(". ")]);
  }
  return lines;
};

const beforeText = ({ previous_usd = null, currency }: SpendReport["totals"]): string => {
  if (previous_usd === null) return "unknown";
  return decimal(previous_usd).eq(0) ? "nothing" : formatMoney(previous_usd, currency);
};

/** `+$12.00 (+34.0%)`. */
const changeRemark = (
  { previous_usd, change_usd = null, change_percent = null, currency }: SpendReport["totals"],
  days: string,
): string => {
  if (previous_usd === null) return "nothing is recorded";
  if (change_usd === null) return `not compared, because nothing is recorded for ${days}`;
  const percent = change_percent === null ? "" : ` (${formatPercentChange(change_percent)})`;
  return `${formatMoneyChange(change_usd, currency)}${percent}`;
};

/** Why only some days are compared, without a full stop; nothing if all are. */
export const sameDaysText = ({
  unfinished: unit,
  data_to,
}: Pick<NonNullable<SpendReport["compared_with"]>, "unfinished" | "data_to">): string[] => {
  if (data_to !== undefined) return [`The data end on ${data_to}: only the same days before are compared`];
  if (unit === undefined) return [];
  return [`This ${unit} is not over: only the same days of the ${unit} before are compared`];
};

const aligned = (lines: readonly [string, string, string][]): string[] => {
  const width = (i: 0 | 1): number => widest(lines.map((line) => line[i]));
  return lines.map(([name, amount, remark]) =>
    `${padRight(name, width(0))}  ${amount.padStart(width(1))}  ${remark}`.trimEnd(),
  );
};
