import { basename, dirname, extname, join } from "node:path";
import type { CsvFormat } from "../csv/format.js";
import { type CsvFile, openCsv } from "../csv/reader.js";
import { refused } from "../errors.js";
import type { Progress } from "../progress.js";
import type { Store } from "../store/store.js";
import { checkFile, type CheckedFile } from "./check.js";
import type { ImportResult } from "./result.js";
import type { ImportSettings } from "./settings.js";
import type { Source } from "./sources.js";
import { writeFile } from "./write.js";

export interface ImportOptions {
  /** All built-in formats. */
  formats: readonly CsvFormat[];
  dryRun: boolean;
  onError: "abort" | "skip";
  /** Where refused rows go; of several files, each has its own file beside that name. */
  rejectsFile: string | undefined;
  /** Shows how far the reading of some bytes is. */
  progress: (label: string, bytes: number) => Promise<Progress>;
}

/** Changed records from which refreshing the daily sums is cheaper than summing live. */
const WORTH_REFRESHING = 5000;

/**
 * Imports files. All of them are read from end to end before the first record is written, so that a bad row in the
 * last one leaves nothing half done.
 * @throws UserError `rows_rejected` with the refused cells in its details, and what reading throws
 */
export const importFiles = async (
  store: Store,
  sources: readonly Source[],
  settings: ImportSettings,
  options: ImportOptions,
): Promise<ImportResult[]> => {
  const files: { file: CsvFile; size: number }[] = [];
  for (const { size, ...input } of sources) {
    const file = await openCsv(input, {
      formats: options.formats,
      format: settings.format,
      saved: settings.mapped,
    });
    files.push({ file, size });
  }

  const checked = await eachFile("Reading", files, options, async ({ file, size }, onProgress) => ({
    size,
    checked: await checkFile(file, { rates: settings.rates, timezone: settings.timezone, onProgress }),
  }));
  if (options.onError === "abort") refuseRejected(checked.map(({ checked }) => checked));
  settings.save();

  const results = await eachFile("Writing", checked, options, ({ checked }, onProgress) =>
    writeFile(store, checked, {
      rates: settings.rates,
      onProgress,
      dryRun: options.dryRun,
      rejectsFile: options.rejectsFile && rejectsName(options.rejectsFile, checked.file.name, files.length),
    }),
  );
  const changed = results.reduce(
    (sum, { inserted, updated, replaced }) => sum + inserted + updated + replaced,
    0,
  );
  if (changed >= WORTH_REFRESHING && !options.dryRun) await store.call("refresh_cost_records_daily", {});
  return results;
};

/** Does some work file by file, and shows how many of their bytes are through. */
const eachFile = async <Item extends { size: number }, Result>(
  label: string,
  items: readonly Item[],
  options: ImportOptions,
  work: (item: Item, onProgress: (bytesRead: number) => void) => Promise<Result>,
): Promise<Result[]> => {
  const progress = await options.progress(
    label,
    items.reduce((sum, { size }) => sum + size, 0),
  );
  const results: Result[] = [];
  let before = 0;
  try {
    for (const item of items) {
      const start = before;
      results.push(await work(item, (bytesRead) => progress.to(start + bytesRead)));
      before += item.size;
    }
  } finally {
    progress.stop();
  }
  return results;
};

const refuseRejected = (files: readonly CheckedFile[]): void => {
  const rejected = files.reduce((sum, file) => sum + file.rejected, 0);
  if (rejected === 0) return;
  const rows = rejected === 1 ? "One row is" : `${rejected} rows are`;
  throw refused(
    "rows_rejected",
    `${rows} refused, so nothing was imported.`,
    "Mend the file, or take the good rows: --on-error skip --rejects bad-rows.csv",
    { rejected, rejects: files.flatMap((file) => file.rejects) },
  );
};

/** `bad.csv` for one file; `bad.usage.csv` for `usage.csv` among several. */
const rejectsName = (path: string, source: string, count: number): string => {
  if (count === 1) return path;
  const extension = extname(path);
  const name = basename(source, extname(source));
  return join(dirname(path), `${basename(path, extension)}.${name}${extension}`);
};
