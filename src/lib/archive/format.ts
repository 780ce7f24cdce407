import { closeSync, openSync, readSync } from "node:fs";
import { systemCode } from "../errors.js";
import { GZIP_MAGIC, unpackedStart } from "../files/gzip.js";
import { CSV_HEADER } from "./records-csv.js";

/** `ndjson` holds everything and comes back whole; `csv` holds the records, for a spreadsheet. */
export type ArchiveFormat = "ndjson" | "csv";

/** Enough for the first line of either format, in UTF-16 too. */
const START_BYTES = 1024;

/**
 * The format of a file that `export` or `db archive` made, by its first line; null for any other file. A shell may have
 * written it in UTF-16, with a byte order mark. Of what is compressed, NDJSON alone is an archive.
 */
export const archiveFormat = (path: string): ArchiveFormat | null => {
  const bytes = startOf(path);
  const isPacked = bytes.startsWith(GZIP_MAGIC);
  const start = isPacked ? unpackedStart(Buffer.from(bytes, "latin1")) : textOf(bytes);
  if (/^\s*\{\s*"aicost_archive"/.test(start)) return "ndjson";
  const isCsv = !isPacked && start.startsWith(CSV_HEADER);
  return isCsv && /^\r?\n/.test(start.slice(CSV_HEADER.length)) ? "csv" : null;
};

/** Whether `export` or `db archive` made a file, by its first bytes. */
export const isArchive = (path: string): boolean => archiveFormat(path) !== null;

const textOf = (start: string): string =>
  start.replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, "").replaceAll("\0", "");

/** Empty where the file cannot be read: whoever reads it says so. */
const startOf = (path: string): string => {
  const bytes = Buffer.alloc(START_BYTES);
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    return bytes.toString("latin1", 0, readSync(file, bytes));
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return "";
  } finally {
    if (file !== undefined) closeSync(file);
  }
};
