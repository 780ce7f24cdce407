import { UserError } from "../errors.js";
import { cellsOf } from "./cells.js";
import { fold } from "./fold.js";
import { emptyFile, readText, type CsvInput, type Encoding } from "./decode.js";
import { MAX_ROW_LENGTH, RowSplitter, type Delimiter, type RawRow } from "./split.js";

/** The first lines of a file, in which the header is looked for. */
export interface Head {
  text: string;
  encoding: Encoding;
}

export interface Header {
  /** Physical line number. */
  line: number;
  text: string;
  /** Where it starts in the decoded text. */
  offset: number;
  delimiter: Delimiter;
  /** Trimmed; empty names at the end are left out. */
  columns: string[];
  /** How many fields it has, those with empty names at the end included. */
  width: number;
}

/** The header may stand below 30 lines of a report's title, filters and the like. */
const HEADER_LINES = 31;
const MAX_COLUMNS = 10_000;
const DELIMITERS: readonly Delimiter[] = [",", ";", "\t", "|", "¦"];

/** The line by which a file tells Excel what stands between its fields. */
const SEPARATOR = /^"?sep=([^"\r\n])"?\s*$/i;

export const readHead = async (input: CsvInput): Promise<Head> => {
  let text = "";
  let encoding: Encoding = "utf-8";
  let complete = true;
  for await (const chunk of readText(input)) {
    text += chunk.text;
    encoding = chunk.encoding;
    complete = lineStarts(text).length <= HEADER_LINES && text.length <= MAX_ROW_LENGTH;
    if (!complete) break;
  }
  if (text.trim() === "") throw emptyFile(input.name);
  // What ends right here may not be a whole line; at the end of the file it is.
  return { text: complete ? `${text}\n\n` : text, encoding };
};

/**
 * Each row of the head, by each delimiter that gives several columns, or by the one that the file names.
 * @throws UserError `csv_too_many_columns`
 */
export const headerCandidates = (head: Head, name: string): Header[] => {
  const candidates: Header[] = [];
  const [, named] = SEPARATOR.exec(head.text.slice(0, head.text.search(/[\r\n]/))) ?? [];
  const delimiters = named === undefined ? DELIMITERS : [named];
  for (const [index, offset] of lineStarts(head.text).slice(0, HEADER_LINES).entries()) {
    for (const delimiter of delimiters) {
      const row = firstRow(head.text.slice(offset), name, delimiter, index + 1);
      if (!row || !row.text.includes(delimiter)) continue;
      const fields = fieldsOf(row, delimiter);
      const columns = fields.slice(0, fields.findLastIndex((field) => field !== "") + 1);
      refuseWide(name, row.line, columns.length);
      if (columns.length > 1) candidates.push({ ...row, offset, delimiter, columns, width: fields.length });
    }
  }
  return candidates;
};

/** What the lines above a header say, such as `Currency,EUR`: the second cell by the first one, folded. */
export const linesAbove = (head: Head, { offset, delimiter }: Header): Record<string, string> | undefined => {
  const said: Record<string, string> = {};
  for (const text of head.text.slice(0, offset).split(/\r\n|\n|\r/)) {
    const [label = "", value = ""] = text.trim() === "" ? [] : fieldsOf({ line: 1, text }, delimiter);
    if (label !== "" && value !== "") said[fold(label)] ??= value;
  }
  return Object.keys(said).length === 0 ? undefined : said;
};

/** The starts of the lines that may be the header, and of the line after them. */
const lineStarts = (text: string): number[] => {
  const starts = [0];
  for (const end of text.matchAll(/\r\n|\n|\r/g)) {
    starts.push(end.index + end[0].length);
    if (starts.length > HEADER_LINES) break;
  }
  return starts;
};

const firstRow = (text: string, name: string, delimiter: Delimiter, line: number): RawRow | undefined => {
  for (const row of new RowSplitter(name, delimiter, line).push(text)) return row;
  return undefined;
};

const fieldsOf = (row: RawRow, delimiter: Delimiter): string[] => {
  const [cells = []] = cellsOf([row], delimiter);
  return Array.isArray(cells) ? cells.map((cell) => cell.trim().replace(/\s+/g, " ")) : [];
};

/** @throws UserError `csv_too_many_columns` */
export const refuseWide = (name: string, line: number, columns: number): void => {
  if (columns <= MAX_COLUMNS) return;
  throw new UserError(
    "csv_too_many_columns",
    `Line ${line} of ${name} has ${columns} columns; aicost reads at most ${MAX_COLUMNS}.`,
    "Check that this is the file you meant; export fewer columns if it is.",
  );
};
