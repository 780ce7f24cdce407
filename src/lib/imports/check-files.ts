import type { CsvFormat } from "../csv/format.js";
import { openCsv, type CsvFile } from "../csv/reader.js";
import { UserError } from "../errors.js";
import { rejectsPaths } from "../files/rejects.js";
import type { Source } from "../files/source.js";
import { checkFile, type CheckedFile } from "./check.js";
import { eachFile, type EachFileOptions } from "../files/each-file.js";
import type { Recognised } from "./known-files.js";
import { checkAhead } from "./reading-ahead.js";
import type { ImportSettings } from "./settings.js";

export interface CheckFilesOptions extends EachFileOptions {
  /** All built-in formats. */
  formats: readonly CsvFormat[];
  onError: "abort" | "skip";
  /** The file for refused rows. Of several files, each gets its own beside that name. */
  rejectsFile: string | undefined;
  /** The files that are in already: these are not read. */
  known: Recognised;
}

/** A file that was read from end to end, and how it is written. */
export interface FileToWrite {
  source: Source;
  checked: CheckedFile;
  /** Bytes. */
  size: number;
  /** It is read in a thread of its own. */
  readAhead: boolean;
  /** Where its refused rows go. */
  rejectsPath: string | undefined;
}

/**
 * Reads files from end to end, before anything is written.
 * @throws UserError `rows_rejected` with the refused cells in its details
 */
export const checkFiles = async (
  sources: readonly Source[],
  { rates, timezone, format, mapped }: ImportSettings,
  options: CheckFilesOptions,
): Promise<FileToWrite[]> => {
  const { formats, rejectsFile, known, onError } = options;
  const places = rejectsFile === undefined ? [] : rejectsPaths(rejectsFile, sources);
  const files: (Omit<FileToWrite, "checked"> & { file: CsvFile })[] = [];
  for (const [index, source] of sources.entries()) {
    if (known.has(source)) continue;
    const file = await openCsv(source, { formats, format, saved: mapped });
    const { size } = source;
    const readAhead = isWorthAThread(file, size, formats);
    files.push({ source, file, size, readAhead, rejectsPath: places[index] });
  }
  const mostRejected = onError === "abort" ? MOST_REJECTED : Infinity;
  const checked = await eachFile("Reading", files, options, async ({ file, ...rest }, onProgress) => {
    const check = rest.readAhead ? checkAhead : checkFile;
    return { ...rest, checked: await check(file, { rates, timezone, onProgress, mostRejected }) };
  });
  if (onError === "abort") refuseRejected(checked.map((file) => file.checked));
  return checked;
};

/** Bytes from which it pays to read a file in a thread of its own while the database is opened and written to. */
const WORTH_A_THREAD = 4 * 1024 * 1024;

/** A format that is made from what the user said has functions, which cannot go to another thread. */
const isWorthAThread = ({ format }: CsvFile, size: number, formats: readonly CsvFormat[]): boolean =>
  size > WORTH_A_THREAD && formats.includes(format);

/** A file with as many refused rows is refused in a second, however large it is. */
const MOST_REJECTED = 10_000;

const refuseRejected = (files: readonly CheckedFile[]): void => {
  const rejected = files.reduce((sum, file) => sum + file.rejected, 0);
  if (rejected === 0) return;
  const atLeast = files.some((file) => file.rejected === MOST_REJECTED) ? "At least " : "";
  const rows = rejected === 1 ? "One row is" : `${atLeast}${rejected} rows are`;
  throw new UserError(
    "rows_rejected",
    `${rows} refused, so nothing was imported.`,
    "Mend the file, or take the good rows: --on-error skip --rejects bad-rows.csv",
    { details: { rejected, rejects: files.flatMap((file) => file.rejects) } },
  );
};
