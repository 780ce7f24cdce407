import { randomUUID } from "node:crypto";
import type { CsvFormat } from "../csv/format.js";
import { openCsv, type CsvFile } from "../csv/reader.js";
import { EXIT, interrupted, refused, UserError, userErrorOf } from "../errors.js";
import type { Progress } from "../terminal/progress.js";
import { refreshAfter } from "../store/refresh.js";
import type { Store } from "../store/store.js";
import { checkFile, type CheckedFile } from "./check.js";
import { checkAhead } from "./reading-ahead.js";
import type { Recognised } from "./known-files.js";
import { RejectsFile, rejectsPaths } from "../files/rejects.js";
import type { ImportResult } from "../store/read-model/known-files.js";
import type { ImportSettings } from "./settings.js";
import type { Source } from "../files/source.js";
import { writeFile } from "./write.js";

export interface ImportOptions {
  /** All built-in formats. */
  formats: readonly CsvFormat[];
  dryRun: boolean;
  onError: "abort" | "skip";
  /** Where refused rows go; of several files, each has its own file beside that name. */
  rejectsFile: string | undefined;
  /** Stops the import between two batches. */
  signal: AbortSignal;
  /** What is known of some of the files: these are not read. */
  known: Recognised;
  /** Called when all files are found to be right, before anything is written. */
  beforeWriting?: () => Promise<void>;
  /** Shows how far the reading of some bytes is. */
  progress: (label: string, bytes: number) => Promise<Progress>;
}

/** Bytes from which it pays to read a file in a thread of its own while the database is opened and written to. */
const WORTH_A_THREAD = 4 * 1024 * 1024;

/** A format that is made of what the user said has functions that stay in their thread. */
const isWorthAThread = ({ format }: CsvFile, size: number, { formats }: ImportOptions): boolean =>
  size > WORTH_A_THREAD && formats.includes(format);

/** A file that was read from end to end. */
interface Incoming {
  source: Source;
  checked: CheckedFile;
  /** Bytes. */
  size: number;
}

/**
 * Imports files. All of them are read from end to end, and all that is written to is opened, before the first record is
 * written, so that a bad row in the last one leaves nothing half done.
 * @param opening the store, which may be opened while the files are read
 * @throws UserError `rows_rejected` with the refused cells in its details, `interrupted`, and what reading and
 * `rejectsPaths` throw; where something was written before, its details hold `written`
 */
export const importFiles = async (
  opening: Promise<Store>,
  sources: readonly Source[],
  settings: ImportSettings,
  options: ImportOptions,
): Promise<ImportResult[]> => {
  const places = options.rejectsFile === undefined ? [] : rejectsPaths(options.rejectsFile, sources);
  const unknown = sources.filter((source) => !options.known.has(source));
  const files = await checkFiles(unknown, settings, options);
  if (options.onError === "abort") refuseRejected(files.map(({ checked }) => checked));
  await options.beforeWriting?.();
  const store = await opening;
  const ready = await identified(store, files);
  const rejects = openRejects(options.dryRun ? [] : places, sources, files);
  let results: ImportResult[];
  try {
    if (!options.dryRun) settings.save();
    results = await writeFiles(store, ready, { ...options, rates: settings.rates, rejects });
  } finally {
    rejects.forEach((file) => file.discard());
  }
  const changed = results.reduce(
    (sum, { inserted, updated, replaced }) => sum + inserted + updated + replaced,
    0,
  );
  if (!options.dryRun) await refreshAfter(store, changed);
  const written = new Map(files.map(({ source }, index) => [source, results[index]]));
  return sources.flatMap((source) => options.known.get(source) ?? written.get(source) ?? []);
};

/** A file with as many refused rows is refused in a second, however large it is. */
const MOST_REJECTED = 10_000;

const checkFiles = async (
  sources: readonly Source[],
  { rates, timezone, format, mapped }: ImportSettings,
  options: ImportOptions,
): Promise<Incoming[]> => {
  const files: { source: Source; file: CsvFile; size: number }[] = [];
  for (const source of sources) {
    const file = await openCsv(source, { formats: options.formats, format, saved: mapped });
    files.push({ source, file, size: source.size });
  }
  return eachFile("Reading", files, options, async ({ source, file, size }, onProgress) => {
    const check = isWorthAThread(file, size, options) ? checkAhead : checkFile;
    const mostRejected = options.onError === "abort" ? MOST_REJECTED : Infinity;
    return { source, size, checked: await check(file, { rates, timezone, onProgress, mostRejected }) };
  });
};

interface Identified extends Incoming {
  importId: string;
}

/** An import that was cut short is gone on with under its own id. */
const identified = async (store: Store, files: readonly Incoming[]): Promise<Identified[]> => {
  const known: Identified[] = [];
  for (const file of files) {
    const { sha256 } = file.checked.view;
    const begun = await store.call("resume_import", { sha256, reading: file.checked.file.reading });
    known.push({ ...file, importId: begun ?? randomUUID() });
  }
  return known;
};

type Rejects = ReadonlyMap<CheckedFile, RejectsFile>;

/** @param places a path for each source, or none */
const openRejects = (
  places: readonly string[],
  sources: readonly Source[],
  files: readonly Incoming[],
): Rejects => {
  const opened = new Map<CheckedFile, RejectsFile>();
  try {
    for (const { source, checked } of files) {
      const place = places[sources.indexOf(source)];
      if (place !== undefined && checked.rejected > 0)
        opened.set(checked, new RejectsFile(place, checked.file.headerText));
    }
    return opened;
  } catch (error) {
    opened.forEach((file) => file.discard());
    throw error;
  }
};

interface WritingOptions extends ImportOptions, Pick<ImportSettings, "rates"> {
  rejects: Rejects;
}

const writeFiles = async (
  store: Store,
  files: readonly Identified[],
  options: WritingOptions,
): Promise<ImportResult[]> => {
  const written = new Map<string, string>();
  try {
    return await eachFile("Writing", files, options, async ({ checked, size, importId }, onProgress) => {
      const rejects = options.rejects.get(checked);
      const result = await writeFile(store, checked, {
        rates: options.rates,
        dryRun: options.dryRun,
        importId,
        rejects,
        readAhead: isWorthAThread(checked.file, size, options),
        onProgress,
        onChange: () => written.set(importId, checked.file.name),
      });
      rejects?.keep();
      remember(store, checked, options, result);
      return result;
    });
  } catch (error) {
    throw written.size > 0 ? afterWriting(error, written) : error;
  }
};

/** What was refused might be taken another time. */
const remember = (
  store: Store,
  { file, view, rejected }: CheckedFile,
  { rates, dryRun }: WritingOptions,
  result: ImportResult,
): void => {
  if (dryRun || rejected > 0) return;
  store.files.remember({ sha256: view.sha256, reading: file.reading, rates, result });
};

/** The error of an import of which a part is in already. @param written file names by import id */
const afterWriting = (error: unknown, written: ReadonlyMap<string, string>): UserError => {
  const failure = userErrorOf(error);
  if (failure.exit === EXIT.interrupted) {
    return interrupted("Stopped. The import is not complete; import the file again to complete it.");
  }
  const list = [...written].map(([id, source]) => `${source} (${id.slice(0, 8)})`).join(", ");
  const hint = `Written before that, the last perhaps in part: ${list}. Import the files again to complete them, or take one back with: aicost imports undo ID`;
  return new UserError(failure.exit, failure.code, failure.message, [failure.hint, hint].join("\n").trim(), {
    cause: error,
    details: { ...failure.details, written: [...written].map(([id, source]) => ({ id, source })) },
  });
};

/** Does some work file by file, shows how many of their bytes are through, and stops where it is told to. */
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
      const onProgress = (bytesRead: number) => {
        options.signal.throwIfAborted();
        progress.to(start + bytesRead);
      };
      results.push(await work(item, onProgress));
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
  const atLeast = files.some((file) => file.rejected === MOST_REJECTED) ? "At least " : "";
  const rows = rejected === 1 ? "One row is" : `${atLeast}${rejected} rows are`;
  throw refused(
    "rows_rejected",
    `${rows} refused, so nothing was imported.`,
    "Mend the file, or take the good rows: --on-error skip --rejects bad-rows.csv",
    { rejected, rejects: files.flatMap((file) => file.rejects) },
  );
};
