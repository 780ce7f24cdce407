import type { CsvInput } from "../csv/decode.js";
import { startOf } from "./start.js";
import { headerIn } from "./records-csv.js";

/** `ndjson` holds everything and comes back whole; `csv` holds the records, for a spreadsheet. */
export type ArchiveFormat = "ndjson" | "csv";

/**
 * The format of a file that `export` or `db archive` made, by its first line; null for any other file. A shell may have
 * written it in UTF-16, with a byte order mark. A compressed file is an archive only if it holds NDJSON.
 */
export const archiveFormat = (input: CsvInput): ArchiveFormat | null => {
  const { isPacked, text } = startOf(input);
  if (/^\s*\{\s*"aicost_archive"/.test(text)) return "ndjson";
  return !isPacked && headerIn(text) !== undefined ? "csv" : null;
};

/** Whether `export` or `db archive` made a file, by its first bytes. */
export const isArchive = (file: Pick<CsvInput, "path" | "opened">): boolean =>
  archiveFormat({ ...file, name: file.path }) !== null;
