type Cell = string | number | boolean | null | undefined;

/**
 * A table as CSV (RFC 4180); what is null is an empty cell. A text that a spreadsheet would run as a formula gets a
 * leading `'`. @param texts the columns that hold text from outside
 */
export const csvText = <Column extends string>(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  texts: ReadonlySet<Column>,
): string => csvLines([columns]) + csvRows(columns, rows, texts);

/** Rows to add to such a table. */
export const csvRows = <Column extends string>(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  texts: ReadonlySet<Column>,
): string =>
  csvLines(rows.map((cells) => cells.map((cell, i) => (isText(columns[i], texts) ? guarded(cell) : cell))));

const isText = <Column extends string>(column: Column | undefined, texts: ReadonlySet<Column>): boolean =>
  column !== undefined && texts.has(column);

const csvLines = (lines: readonly (readonly Cell[])[]): string =>
  lines.map((cells) => `${cells.map(csvCell).join(",")}\r\n`).join("");

/** https://owasp.org/www-community/attacks/CSV_Injection */
const guarded = (cell: Cell): Cell =>
  typeof cell === "string" && /^[=+\-@\t\r\n]/.test(cell) ? `'${cell}` : cell;

const csvCell = (cell: Cell): string => {
  const text = String(cell ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
