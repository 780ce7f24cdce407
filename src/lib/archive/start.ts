import type { CsvInput } from "../csv/decode.js";
import { startsGzip, unpackedStart } from "../files/gzip.js";
import { firstBytes } from "../files/open-files.js";

/** Enough for the first line of either format, in UTF-16 too. */
const START_BYTES = 1024;

/** Which form the first line of an NDJSON archive names; NaN if it names none. */
export const archiveForm = (input: CsvInput): number =>
  Number(/^\s*\{\s*"aicost_archive"\s*:\s*(\d+)/.exec(startOf(input).text)?.[1]);

/** The beginning of a file as text, unpacked. */
export const startOf = ({ path, opened }: CsvInput): { isPacked: boolean; text: string } => {
  const bytes = opened?.start.subarray(0, START_BYTES) ?? firstBytes(path, START_BYTES);
  const isPacked = startsGzip(bytes);
  return { isPacked, text: isPacked ? unpackedStart(bytes) : textOf(bytes.toString("latin1")) };
};

const textOf = (start: string): string =>
  start.replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, "").replaceAll("\0", "");
