import { randomUUID } from "node:crypto";
import { partlyDone, type UserError } from "../errors.js";
import { RejectsFile, type RejectsPaths } from "../files/rejects.js";
import type { ImportResult } from "../store/read-model/known-files.js";
import { refreshAfter } from "../store/refresh.js";
import type { Store } from "../store/store.js";
import type { FileToWrite } from "./check-files.js";
import { eachFile, type EachFileOptions } from "../files/each-file.js";
import type { ImportSettings } from "./settings.js";
import { writeFile } from "./write.js";

export interface WriteFilesOptions extends EachFileOptions {
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
  const ready = withRejects(await withIds(store, files), options);
  let results: ImportResult[];
  try {
    if (!options.dryRun) settings.save();
    results = await writeEach(store, ready, settings, options);
  } finally {
    for (const { rejects } of ready) rejects?.discard();
  }
  const changed = results.reduce(
    (sum, { inserted, updated, replaced }) => sum + inserted + updated + replaced,
    0,
  );
  if (!options.dryRun) await refreshAfter(store, changed);
  return results;
};

interface IdentifiedFile extends FileToWrite {
  importId: string;
}

/** An import that was cut short goes on under its own id. */
const withIds = async (store: Store, files: readonly FileToWrite[]): Promise<IdentifiedFile[]> => {
  const identified: IdentifiedFile[] = [];
  for (const file of files) {
    const { sha256 } = file.checked.view;
    const begun = await store.call("resume_import", { sha256, reading: file.checked.file.reading });
    identified.push({ ...file, importId: begun ?? randomUUID() });
  }
  return identified;
};

interface ReadyFile extends IdentifiedFile {
  rejects: RejectsFile | undefined;
}

const withRejects = (
  files: readonly IdentifiedFile[],
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
  { rates }: ImportSettings,
  options: WriteFilesOptions,
): Promise<ImportResult[]> => {
  const { dryRun } = options;
  const written = new Map<string, string>();
  try {
    return await eachFile("Writing", files, options, async (file, onProgress) => {
      const { checked, importId, rejects, readAhead } = file;
      const onChange = () => written.set(importId, checked.file.name);
      const how = { rates, dryRun, importId, rejects, readAhead, onProgress, onChange };
      const result = await writeFile(store, checked, how);
      rejects?.keep();
      // Rows that were refused might be taken another time.
      if (!dryRun && checked.rejected === 0) {
        const { reading } = checked.file;
        store.files.remember({ sha256: checked.view.sha256, size: file.size, reading, rates, result });
      }
      return result;
    });
  } catch (error) {
    throw written.size > 0 ? afterWriting(error, written) : error;
  }
};

/** @param written file names by import id */
const afterWriting = (error: unknown, written: ReadonlyMap<string, string>): UserError => {
  const list = [...written].map(([id, source]) => `${source} (${id.slice(0, 8)})`).join(", ");
  return partlyDone(error, {
    stopped: "Stopped. The import is not complete; import the file again to complete it.",
    hint: `Written before the error: ${list} (the last one perhaps only in part). Import the files again to complete them, or undo one with: aicost imports undo ID`,
    details: { written: [...written].map(([id, source]) => ({ id, source })) },
  });
};
