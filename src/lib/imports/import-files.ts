import { basename, dirname, extname, join } from "node:path";
import type { CsvFormat } from "../csv/format.js";
import { type CsvFile, openCsv, type ReadOptions } from "../csv/reader.js";
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
  progress(label: string, bytes: number): Promise<Progress>;
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
  const files: CsvFile[] = [];
  for (const source of sources) {
    files.push(
      await openCsv(source, { formats: options.formats, format: settings.format, saved: settings.mapped }),
    );
  }
  const bytes = sources.reduce((sum, { size }) => sum + size, 0);

  const checked: CheckedFile[] = [];
  await withProgress("Reading", bytes, options, sources, async (index, onProgress) => {
    checked.push(
      await checkFile(files[index]!, { ...readOptions(settings, onProgress), timezone: settings.timezone }),
    );
  });
  if (options.onError === "abort") refuseRejected(checked);
  settings.save();

  const results: ImportResult[] = [];
  await withProgress("Writing", bytes, options, sources, async (index, onProgress) => {
    const file = checked[index]!;
    const rejectsFile =
      options.rejectsFile && rejectsName(options.rejectsFile, file.file.name, sources.length);
    results.push(
      await writeFile(store, file, {
        ...readOptions(settings, onProgress),
        dryRun: options.dryRun,
        rejectsFile,
      }),
    );
  });
  const changed = results.reduce(
    (sum, { inserted, updated, replaced }) => sum + inserted + updated + replaced,
    0,
  );
  if (changed >= WORTH_REFRESHING && !options.dryRun) await store.call("refresh_cost_records_daily", {});
  return results;
};

const readOptions = ({ rates }: ImportSettings, onProgress: (bytes: number) => void): ReadOptions => ({
  rates,
  onProgress,
});

const withProgress = async (
  label: string,
  bytes: number,
  options: ImportOptions,
  sources: readonly Source[],
  work: (index: number, onProgress: (bytes: number) => void) => Promise<void>,
): Promise<void> => {
  const progress = await options.progress(label, bytes);
  let before = 0;
  try {
    for (const [index, source] of sources.entries()) {
      await work(index, (read) => progress.to(before + read));
      before += source.size;
    }
  } finally {
    progress.stop();
  }
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
