import { COLUMN_FIELDS, type ColumnName } from "../reports/columns.js";
import { type FilledReport, isBlank, type SpendRow } from "../reports/report.js";
import { MEASURES } from "../reports/sum.js";

/**
 * A spend report as CSV (RFC 4180): rows with the field names of the JSON output, at full precision, without a total.
 * A value that no source states is an empty cell. A text that a spreadsheet would run as a formula gets a leading `'`.
 * @param chosen the measures to show, in order; by default all
 */
export const spendCsv = (report: FilledReport, chosen?: readonly ColumnName[]): string => {
  const fields = chosen?.map((name) => COLUMN_FIELDS[name]) ?? measuresOf(report);
  const columns: (keyof SpendRow)[] = [...report.group_by, ...fields];
  const names = new Set<keyof SpendRow>(report.group_by);
  const lines = report.rows.map((row) =>
    columns.map((column) =>
      csvCell(names.has(column) ? guarded(valueOf(row, column)) : valueOf(row, column)),
    ),
  );
  return [columns, ...lines].map((cells) => `${cells.join(",")}\r\n`).join("");
};

const measuresOf = ({ rows }: FilledReport): (keyof SpendRow)[] => {
  const comparison = ["previous_usd", "change_usd", "change_percent"] as const;
  const spent = rows.filter((row) => !isBlank(row));
  return [
    ...MEASURES,
    "share",
    ...(spent.some((row) => row.previous_usd !== undefined) ? comparison : []),
    ...(spent.some((row) => row.others !== undefined) ? (["others"] as const) : []),
  ];
};

type Cell = SpendRow[keyof SpendRow] | null;

const valueOf = (row: FilledReport["rows"][number], column: keyof SpendRow): Cell =>
  (row as Partial<Record<keyof SpendRow, Cell>>)[column];

/** https://owasp.org/www-community/attacks/CSV_Injection */
const guarded = (cell: Cell): Cell =>
  typeof cell === "string" && /^[=+\-@\t\r\n]/.test(cell) ? `'${cell}` : cell;

const csvCell = (cell: Cell): string => {
  const text = String(cell ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
