import { parse } from "csv-parse/sync";
import type { Delimiter, RawRow } from "./split.js";

/** The cells of a row, or what is wrong with its quotes. */
export type Cells = string[] | { broken: string };

/** @param rows none of them blank @returns one entry for each row */
export const cellsOf = (rows: readonly RawRow[], delimiter: Delimiter): Cells[] => {
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

const parseText = (text: string, delimiter: Delimiter): string[][] | { broken: string } => {
  try {
    return parse(text, { delimiter, record_delimiter: "\n", relax_column_count: true });
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === "CSV_INVALID_CLOSING_QUOTE") return { broken: "text follows a closing quote" };
    if (code === "INVALID_OPENING_QUOTE") return { broken: "there is a quote inside an unquoted field" };
    throw error;
  }
};
