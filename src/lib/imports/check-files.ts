import type { CsvFormat, ExportPage, UnusableExport } from "../csv/format.js";
import { dateTwice } from "../csv/mapper.js";
import { openCsv, type CsvFile } from "../csv/open.js";
import { listed } from "../csv/short-text.js";
import { UserError } from "../errors.js";
import type { Source } from "../files/source.js";
import { checkFile, type CheckedFile } from "./check.js";
import { eachFile, type EachFileOptions } from "../files/each-file.js";
import { checkAhead } from "./reading-ahead.js";
import type { ImportSettings } from "./settings.js";

export interface CheckFilesOptions extends EachFileOptions {
  /** All built-in formats. */
  formats: readonly CsvFormat[];
  /** Exports that are refused. */
  unusable?: readonly UnusableExport[];
  /** Where providers offer their exports. */
  pages?: readonly ExportPage[];
  onError: "abort" | "skip";
}

/** A file to import whose format is known. */
export type Table = Source & CsvFile;

/** A file that was read from end to end, and how it is written. */
export interface FileToWrite {
  checked: CheckedFile;
  /** Bytes. */
  size: number;
  /** It is read in a thread of its own. */
  readAhead: boolean;
}

/** Finds the format of each file by its first bytes. */
export const openTables = async (
  sources: readonly Source[],
  { format, mapped, account, filter, given, date }: ImportSettings,
  { formats, unusable, pages }: Pick<CheckFilesOptions, "formats" | "unusable" | "pages">,
): Promise<Table[]> => {
  const tables: Table[] = [];
  for (const source of sources) {
    const options = { formats, unusable, pages, format, saved: mapped, account, given, filter, period: date };
    const table = await openCsv(source, options);
    if (date !== undefined && table.format.date !== "")
      throw dateTwice(`${table.name} has them in the column “${table.format.date}”`);
    tables.push(table);
  }
  return tables;
};

/** The providers that files name and the database does not know. */
export const unknownProviders = (
  files: readonly FileToWrite[],
  { providers }: Pick<ImportSettings, "providers">,
): string[] => {
  const named = new Set(files.flatMap(({ checked }) => checked.providers));
  return [...named].filter((name) => !providers.has(name)).sort();
};

/** @throws UserError `provider_unknown` with the names in its details, unless the formats of the files name their own ones */
export const refuseProviders = (
  written: readonly FileToWrite[],
  settings: Pick<ImportSettings, "providers">,
): void => {
  const all = written.filter(({ checked }) => !checked.file.format.namesOwnProviders);
  const names = unknownProviders(all, settings);
  if (names.length === 0) return;
  const files = all.filter(({ checked }) => checked.providers.some((name) => names.includes(name)));
  const [is, are] = names.length === 1 ? ["a provider", "it"] : [`${names.length} providers`, "them"];
  const sources = files.map(({ checked }) => checked.file.name).join(", ");
  throw new UserError(
    "provider_unknown",
    `${sources} ${files.length === 1 ? "names" : "name"} ${is} that aicost does not know: ${listed(names, MOST_NAMES)}.`,
    `To add ${are} and import: --add-providers. If a name is another one's, correct the file.`,
    { details: { providers: names } },
  );
};

const MOST_NAMES = 10;

/**
 * Reads files from end to end, before anything is written.
 * @throws UserError `rows_rejected` with the refused cells in its details
 */
export const checkFiles = async (
  tables: readonly Table[],
  { rates, timezone }: ImportSettings,
  options: CheckFilesOptions,
): Promise<FileToWrite[]> => {
  const { formats, onError } = options;
  const mostRejected = onError === "abort" ? MOST_REJECTED : Infinity;
  const files = await eachFile("Reading", tables, options, async (table, onProgress) => {
    const readAhead = isWorthAThread(table, formats);
    const check = readAhead ? checkAhead : checkFile;
    const checked = await check(table, { rates, timezone, onProgress, mostRejected });
    return { checked, size: table.size, readAhead };
  });
  if (onError === "abort") refuseRejected(files.map(({ checked }) => checked));
  return files;
};

/** Bytes from which it pays to read a file in a thread of its own while the database is opened and written to. */
const WORTH_A_THREAD = 4 * 1024 * 1024;

/** A format that is made from what the user said has functions, which cannot go to another thread. */
const isWorthAThread = ({ format, size }: Table, formats: readonly CsvFormat[]): boolean =>
  size > WORTH_A_THREAD && formats.some(({ id }) => id === format.id);

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
    "Fix the file, or import only the good rows: --on-error skip --rejects bad-rows.csv",
    { details: { rejected, rejects: files.flatMap((file) => file.rejects) } },
  );
};
