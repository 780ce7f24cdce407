import { cellsOf } from "./cells.js";
import type { CsvInput } from "./decode.js";
import { likeliest } from "./detect.js";
import { fold } from "./fold.js";
import { headerCandidates, readHead } from "./header.js";
import { RowSplitter } from "./split.js";

/** The first rows of a table whose format is not known. */
export interface TableStart {
  /** Names that one column has, and no other. */
  columns: StartColumn[];
}

export interface StartColumn {
  name: string;
  /** Trimmed, those of the first rows; empty where a row has none. */
  cells: string[];
}

/** So many rows are enough to guess what a column holds. */
const MOST_ROWS = 200;

/** Reads the header and the first rows of a file. @returns null if no line looks like a header with rows below it */
export const tableStart = async (input: CsvInput): Promise<TableStart | null> => {
  const head = await readHead(input);
  const header = likeliest(headerCandidates(head, input.name));
  if (!header?.looksRight) return null;
  const { delimiter, offset, line, columns } = header;
  const splitter = new RowSplitter(input.name, delimiter, line);
  const below = [...splitter.push(head.text.slice(offset))].slice(1, MOST_ROWS + 1);
  const raw = below.filter(({ text }) => text.trim() !== "");
  const rows = cellsOf(raw, delimiter).filter((cells) => Array.isArray(cells));
  const filled = rows.filter((cells) => cells.some((cell) => cell.trim() !== ""));
  if (filled.length === 0) return null;
  return {
    columns: columns.flatMap((name, position) =>
      name !== "" && columns.filter((other) => fold(other) === fold(name)).length === 1
        ? [{ name, cells: filled.map((cells) => cells[position]?.trim() ?? "") }]
        : [],
    ),
  };
};
