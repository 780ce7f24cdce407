import type { ColumnName } from "../reports/columns.js";
import type { FilledReport } from "../reports/report.js";
import { printable } from "../terminal/clean.js";
import { SPEND_MARKS } from "./marks.js";
import { averageText, composition } from "./spend-parts.js";
import { asides, standsOutText } from "./spend-table.js";
import { type Column, meaningsOf } from "./table.js";
import { type ReportRow, spendColumns, totalRow } from "./spend-columns.js";

/** What shows Markdown wraps its lines. */
const UNWRAPPED = { width: Infinity, color: false };

/** @param chosen what to show of each group, in order */
export const spendMarkdown = (report: FilledReport, chosen?: readonly ColumnName[]): string => {
  const columns = spendColumns(report, chosen);
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const cells = (row: ReportRow): string => line(columns.map((column) => escaped(column.cell(row))));
  const shown = [...report.rows, totalRow(report)].flatMap((row) => measuresIn(columns, row));
  const meanings = meaningsOf(SPEND_MARKS, new Set(shown));
  return [
    line(columns.map(({ header }) => header)),
    line(columns.map(({ align }) => (align === undefined ? "---" : "---:"))),
    ...report.rows.map(cells),
    line(columns.map((column) => bold(escaped(column.cell(totalRow(report)))))),
    ...footnotes(report, meanings).flatMap((note) => ["", escaped(note)]),
    ...report.warnings.flatMap((warning) => ["", escaped(printable(warning))]),
  ].join("\n");
};

/** The cells that are not names of groups. */
const measuresIn = (columns: readonly Column<ReportRow>[], row: ReportRow): string[] =>
  columns.filter(({ shrinkTo }) => shrinkTo === undefined).map(({ cell }) => cell(row));

/** What stands below a table too, each in one line. @param meanings of its marks */
const footnotes = (report: FilledReport, meanings: readonly string[]): string[] => {
  if (report.rows.length === 0) return [];
  const sums = [
    composition(report, UNWRAPPED),
    averageText(report, UNWRAPPED),
    standsOutText(report, UNWRAPPED),
  ];
  return [meanings.join(" "), ...sums, ...asides(report).map((parts) => parts.join("  "))].filter(
    (line) => line !== "",
  );
};

const escaped = (text: string): string => text.replace(/[\\`*_[\]<>|~]/g, "\\$&");

const bold = (text: string): string => (text === "" ? "" : `**${text}**`);
