import { parse } from "csv-parse/sync";
import type { Delimiter, RawRow } from "./split.js";

/** The cells of a row, or what is wrong with its quotes. */
export type Cells = string[] | { broken: string };

/**
 * `="00123"`, which makes a spreadsheet keep a text as it is, is the text.
 * @param given none of them blank @returns one entry for each row
 */
export const cellsOf = (given: readonly RawRow[], delimiter: Delimiter): Cells[] => {
  const rows = given.some(hasFormula) ? withoutFormulas(given, delimiter) : given;
  // Without a quote there is nothing to parse.
  if (!rows.some(({ text }) => text.includes('"'))) return rows.map(({ text }) => text.split(delimiter));
  // All in one go: setting the parser up costs more than reading a row. Both see the same rows, because `RowSplitter`
  // follows quotes by the parser's rule.
  const together = parseText(rows.map(({ text }) => text).join("\n"), delimiter);
  if (Array.isArray(together)) return together;
  return rows.map(({ text }) => {
    const single = parseText(text, delimiter);
    return Array.isArray(single) ? (single[0] ?? []) : single;
  });
};

const hasFormula = ({ text }: RawRow): boolean => text.includes('="');

const withoutFormulas = (rows: readonly RawRow[], delimiter: Delimiter): RawRow[] => {
  const sign = delimiter.replace(/[\\^$.*+?()[\]{}|/-]/, "\\$&");
  const quoted = '"(?:[^"]|"")*"';
  // Quoted fields are passed over, so that `,=""` inside one stays.
  const formula = new RegExp(`${quoted}|(^|${sign})=(${quoted})(?=${sign}|$)`, "g");
  const withoutSign = (found: string, before?: string, field?: string): string =>
    before === undefined || field === undefined ? found : before + field;
  return rows.map((row) =>
    hasFormula(row) ? { ...row, text: row.text.replace(formula, withoutSign) } : row,
  );
};

const parseText = (text: string, delimiter: Delimiter): string[][] | { broken: string } => {
  try {
    return parse(text, { delimiter, record_delimiter: "\n", relax_column_count: true });
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === "CSV_INVALID_CLOSING_QUOTE") return { broken: "text follows a closing quote" };
    // Only of lines that `RowSplitter` has not seen, above a header.
    if (code === "CSV_QUOTE_NOT_CLOSED") return { broken: "a quote is not closed" };
    if (code === "INVALID_OPENING_QUOTE") return { broken: "there is a quote inside an unquoted field" };
    throw error;
  }
};
