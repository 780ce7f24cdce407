import { COLUMN_FIELDS, type ColumnName } from "../reports/columns.js";
import { type FilledReport, isBlank, type SpendRow } from "../reports/report.js";
import { roundedCost } from "../reports/currency.js";
import { MEASURES } from "../reports/sum.js";

/**
 * A spend report as CSV (RFC 4180): rows with the field names of the JSON output, at full precision, without a total.
 * A value that no source states is an empty cell. A text that a spreadsheet would run as a formula gets a leading `'`.
 * Amounts in another currency than dollars have its code in their names: `cost_eur`.
 * @param chosen the measures to show, in order; by default all
 */
export const spendCsv = (report: FilledReport, chosen?: readonly ColumnName[]): string => {
  const fields = chosen?.map((name) => COLUMN_FIELDS[name]) ?? measuresOf(report);
  const columns: (keyof SpendRow)[] = [...report.group_by, ...fields];
  const { currency = "USD" } = report.totals;
  const isMoney = (column: string): boolean => currency !== "USD" && column.includes("usd");
  const amountOf = (cell: Cell, column: string): Cell =>
    isMoney(column) && typeof cell === "string" ? roundedCost(cell) : cell;
  const header = columns.map((column) =>
    isMoney(column) ? column.replace("usd", currency.toLowerCase()) : column,
  );
  const names = new Set<keyof SpendRow>(report.group_by);
  const lines = report.rows.map((row) =>
    columns.map((column) =>
      csvCell(names.has(column) ? guarded(valueOf(row, column)) : amountOf(valueOf(row, column), column)),
    ),
  );
  return [header, ...lines].map((cells) => `${cells.join(",")}\r\n`).join("");
};

const measuresOf = ({ rows, cash = false }: FilledReport): (keyof SpendRow)[] => {
  const comparison = ["previous_usd", "change_usd", "change_percent"] as const;
  const spent = rows.filter((row) => !isBlank(row));
  return [
    ...MEASURES,
    ...(cash ? (["paid_by_credit_usd"] as const) : []),
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
