import { closeSync, openSync, readSync } from "node:fs";
import { systemCode } from "../errors.js";
import { CSV_HEADER } from "./records-csv.js";

/** `ndjson` holds everything and comes back whole; `csv` holds the records, for a spreadsheet. */
export type ArchiveFormat = "ndjson" | "csv";

/** Enough for the first line of either format, in UTF-16 too. */
const START_BYTES = 1024;

/**
 * The format of a file that `export` made, by its first line; null for any other file. A shell may have written it in
 * UTF-16, with a byte order mark.
 */
export const archiveFormat = (path: string): ArchiveFormat | null => {
  const start = startOf(path);
  if (/^\s*\{\s*"aicost_archive"/.test(start)) return "ndjson";
  return start.startsWith(CSV_HEADER) && /^\r?\n/.test(start.slice(CSV_HEADER.length)) ? "csv" : null;
};

/** Empty where the file cannot be read: whoever reads it says so. */
const startOf = (path: string): string => {
  const bytes = Buffer.alloc(START_BYTES);
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const text = bytes.toString("latin1", 0, readSync(file, bytes));
    return text.replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, "").replaceAll("\0", "");
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return "";
  } finally {
    if (file !== undefined) closeSync(file);
  }
};
