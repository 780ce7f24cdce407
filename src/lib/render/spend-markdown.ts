import type { ColumnName } from "../reports/columns.js";
import type { FilledReport } from "../reports/report.js";
import { printable } from "../terminal/clean.js";
import { type ReportRow, spendColumns, totalRow } from "./spend-columns.js";

/** @param chosen what to show of each group, in order */
export const spendMarkdown = (report: FilledReport, chosen?: readonly ColumnName[]): string => {
  const columns = spendColumns(report, chosen);
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const cells = (row: ReportRow): string => line(columns.map((column) => escaped(column.cell(row))));
  return [
    line(columns.map(({ header }) => header)),
    line(columns.map(({ align }) => (align === undefined ? "---" : "---:"))),
    ...report.rows.map(cells),
    line(columns.map((column) => bold(escaped(column.cell(totalRow(report)))))),
    ...report.warnings.flatMap((warning) => ["", escaped(printable(warning))]),
  ].join("\n");
};

const escaped = (text: string): string => text.replace(/[\\`*_[\]<>|~]/g, "\\$&");

const bold = (text: string): string => (text === "" ? "" : `**${text}**`);
