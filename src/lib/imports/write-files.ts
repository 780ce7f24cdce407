import { randomUUID } from "node:crypto";
import { partlyDone, type UserError } from "../errors.js";
import { RejectsFile, type RejectsPaths } from "../files/rejects.js";
import type { StoredPrices } from "../record/price.js";
import type { ImportResult } from "../store/read-model/known-files.js";
import { refreshAfter } from "../store/refresh.js";
import type { Store } from "../store/store.js";
import type { FileToWrite } from "./check-files.js";
import { eachFile, type EachFileOptions } from "../files/each-file.js";
import type { ImportSettings } from "./settings.js";
import { type Outcome, resultOf } from "./outcome.js";
import { refuseImportedOtherwise, writeFile, type WriteOptions } from "./write.js";

export interface WriteFilesOptions extends EachFileOptions {
  /** The store takes all of it back: nothing else is to be left of it. */
  dryRun: boolean;
  /** The file for the refused rows of each file. */
  rejectsPaths: RejectsPaths;
}

/**
 * Writes checked files to the store. All files for refused rows are opened before the first record is written.
 * @returns a result for each file
 * @throws UserError `interrupted`, and what the store throws; if something was written, its details hold `written`
 */
export const writeFiles = async (
  store: Store,
  files: readonly FileToWrite[],
  settings: ImportSettings,
  options: WriteFilesOptions,
): Promise<ImportResult[]> => {
  await refuseAllImportedOtherwise(store, files, settings);
  const ready = withRejects(files, options);
  const prices = await pricesFor(store, files);
  let results: ImportResult[];
  try {
    if (!options.dryRun) settings.save();
    results = await writeEach(store, ready, { ...settings, prices }, options);
  } finally {
    for (const { rejects } of ready) rejects?.discard();
  }
  const changed = results.reduce(
    (sum, { inserted, updated, replaced }) => sum + inserted + updated + replaced,
    0,
  );
  await settlePayers(store, files);
  if (!options.dryRun) await refreshAfter(store, changed);
  return results;
};

/** What the user has said of who pays for coding agents holds for reports of them, too. */
const settlePayers = async (store: Pick<Store, "call">, files: readonly FileToWrite[]): Promise<void> => {
  if (!files.some(({ checked }) => checked.file.format.method === "agent_log")) return;
  const { metadata } = await store.call("get_preferences", {});
  for (const [agent, payments = []] of Object.entries(metadata.agents ?? {})) {
    for (const { paid_by, since } of payments) await store.call("settle_agent", { agent, paid_by, since });
  }
};

/** Before the first of them is written. */
export const refuseAllImportedOtherwise = async (
  store: Store,
  files: readonly FileToWrite[],
  { replace }: Pick<ImportSettings, "replace">,
): Promise<void> => {
  for (const { checked } of files)
    await refuseImportedOtherwise(store, checked, { replace, importId: randomUUID() });
};

/** What the user knows of prices; null if no row of the files is to be priced. */
export const pricesFor = async (
  store: Pick<Store, "call">,
  files: readonly FileToWrite[],
): Promise<StoredPrices | null> =>
  files.some(({ checked }) => checked.unpriced > 0) ? store.call("get_prices", {}) : null;

interface ReadyFile extends FileToWrite {
  rejects: RejectsFile | undefined;
}

const withRejects = (
  files: readonly FileToWrite[],
  { dryRun, rejectsPaths }: WriteFilesOptions,
): ReadyFile[] => {
  const ready: ReadyFile[] = [];
  try {
    for (const file of files) {
      const { checked } = file;
      const path = checked.rejected > 0 && !dryRun ? rejectsPaths.get(checked.file.path) : undefined;
      const rejects = path === undefined ? undefined : new RejectsFile(path, checked.file.headerText);
      ready.push({ ...file, rejects });
    }
    return ready;
  } catch (error) {
    for (const { rejects } of ready) rejects?.discard();
    throw error;
  }
};

const writeEach = async (
  store: Store,
  files: readonly ReadyFile[],
  { rates, replace, prices }: ImportSettings & Pick<WriteOptions, "prices">,
  options: WriteFilesOptions,
): Promise<ImportResult[]> => {
  const { dryRun } = options;
  const written = new Map<string, string>();
  try {
    return await eachFile(dryRun ? "Trying" : "Writing", files, options, async (file, onProgress) => {
      const { checked, rejects, readAhead } = file;
      const onChange = (id: string) => written.set(id, checked.file.name);
      const onDays = () => onProgress(file.size);
      const how = { rates, prices, replace, rejects, readAhead, onProgress, onDays, onChange };
      const outcome = await writeFile(store, checked, { ...how, importId: randomUUID() });
      const result = resultOf(checked, dryRun ? withoutNew(outcome, written) : outcome, dryRun);
      rejects?.keep();
      // Rows that were refused might be taken another time; other rates are to be said each time.
      if (!dryRun && checked.rejected === 0 && result.kept_rates === undefined) {
        const { reading } = checked.file;
        store.files.remember({ sha256: checked.sha256, size: file.size, reading, result });
      }
      return result;
    });
  } catch (error) {
    throw written.size > 0 && !dryRun ? afterWriting(error, written) : error;
  }
};

/** A dry run makes no import that could be named: the same file again would be one with it. */
const withoutNew = ({ imported_as, ...outcome }: Outcome, written: ReadonlyMap<string, string>): Outcome =>
  imported_as === undefined || written.has(imported_as) ? outcome : { ...outcome, imported_as };

/** @param written file names by import id */
const afterWriting = (error: unknown, written: ReadonlyMap<string, string>): UserError => {
  const list = [...written].map(([id, source]) => `${source} (${id.slice(0, 8)})`).join(", ");
  return partlyDone(error, {
    stopped: "Stopped. The import is not complete; import the file again to complete it.",
    hint: `Written before the error: ${list} (the last one perhaps only in part). Import the files again to complete them, or undo one with: aicost imports undo ID`,
    details: { written: [...written].map(([id, source]) => ({ id, source })) },
  });
};
