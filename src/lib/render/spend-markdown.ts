import type { SpendReport, SpendRow } from "../reports/report.js";
import { printable } from "../terminal/clean.js";
import { spendColumns, totalRow } from "./spend-columns.js";

export const spendMarkdown = (report: SpendReport): string => {
  const columns = spendColumns(report);
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const cells = (row: SpendRow): string => line(columns.map((column) => escaped(column.cell(row))));
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
