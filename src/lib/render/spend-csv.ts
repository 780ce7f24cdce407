import type { SpendReport, SpendRow } from "../reports/report.js";
import { MEASURES } from "../reports/sum.js";

/**
 * A spend report as CSV (RFC 4180): rows with the field names of the JSON output, at full precision, without a total.
 * A value that no source states is an empty cell. A text that a spreadsheet would run as a formula gets a leading `'`.
 */
export const spendCsv = (report: SpendReport): string => {
  const comparison = ["previous_usd", "change_usd", "change_percent"] as const;
  const columns: (keyof SpendRow)[] = [
    ...report.group_by,
    ...MEASURES,
    "share",
    ...(report.rows.some((row) => row.previous_usd !== undefined) ? comparison : []),
    ...(report.rows.some((row) => row.others !== undefined) ? (["others"] as const) : []),
  ];
  const names = new Set<keyof SpendRow>(report.group_by);
  const lines = report.rows.map((row) =>
    columns.map((column) => csvCell(names.has(column) ? guarded(row[column]) : row[column])),
  );
  return [columns, ...lines].map((cells) => `${cells.join(",")}\r\n`).join("");
};

type Cell = SpendRow[keyof SpendRow];

/** https://owasp.org/www-community/attacks/CSV_Injection */
const guarded = (cell: Cell): Cell =>
  typeof cell === "string" && /^[=+\-@\t\r\n]/.test(cell) ? `'${cell}` : cell;

const csvCell = (cell: Cell): string => {
  const text = String(cell ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
