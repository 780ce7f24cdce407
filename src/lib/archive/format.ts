import type { CsvInput } from "../csv/decode.js";
import { startsGzip, unpackedStart } from "../files/gzip.js";
import { firstBytes } from "../files/open-files.js";
import { CSV_HEADER } from "./records-csv.js";

/** `ndjson` holds everything and comes back whole; `csv` holds the records, for a spreadsheet. */
export type ArchiveFormat = "ndjson" | "csv";

/** Enough for the first line of either format, in UTF-16 too. */
const START_BYTES = 1024;

/**
 * The format of a file that `export` or `db archive` made, by its first line; null for any other file. A shell may have
 * written it in UTF-16, with a byte order mark. A compressed file is an archive only if it holds NDJSON.
 */
export const archiveFormat = ({ path, opened }: CsvInput): ArchiveFormat | null => {
  const bytes = opened?.start.subarray(0, START_BYTES) ?? firstBytes(path, START_BYTES);
  const isPacked = startsGzip(bytes);
  const start = isPacked ? unpackedStart(bytes) : textOf(bytes.toString("latin1"));
  if (/^\s*\{\s*"aicost_archive"/.test(start)) return "ndjson";
  const isCsv = !isPacked && start.startsWith(CSV_HEADER);
  return isCsv && /^\r?\n/.test(start.slice(CSV_HEADER.length)) ? "csv" : null;
};

/** Whether `export` or `db archive` made a file, by its first bytes. */
export const isArchive = (path: string): boolean => archiveFormat({ path, name: path }) !== null;

const textOf = (start: string): string =>
  start.replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, "").replaceAll("\0", "");
