import {
  type Archive,
  type ArchiveResult,
  type CheckedArchive,
  checkArchives,
  restoreArchives,
} from "../archive/import-archives.js";
import { interrupted } from "../errors.js";
import { rejectsPathsOf } from "../files/rejects.js";
import { withStoredRates } from "../rates/stored.js";
import type { Source } from "../files/source.js";
import type { KnownFiles, ImportResult } from "../store/read-model/known-files.js";
import type { Store } from "../store/store.js";
import {
  checkFiles,
  type CheckFilesOptions,
  type FileToWrite,
  openTables,
  refuseProviders,
  unknownProviders,
} from "./check-files.js";
import { compareFiles, type Comparison } from "./compare-files.js";
import { recognised, type Recognised } from "./known-files.js";
import type { ImportSettings } from "./settings.js";
import { writeFiles, type WriteFilesOptions } from "./write-files.js";
import { inZonesOfBefore, refuseOtherZones } from "./zones.js";

/** What became of archives of aicost, and of other files. */
export interface SourceResults {
  archives: ArchiveResult[];
  imports: ImportResult[];
  /** What a dry run could not compare; null if it was the import itself, taken back. */
  unseen: Unseen | null;
}

export interface Unseen extends Pick<Comparison, "apart" | "large"> {
  /** Files were compared without archives that were given with them. */
  withoutArchives: boolean;
}

/** Where files go. */
export interface Target {
  /** The files that are known to be in. */
  known: Pick<KnownFiles, "find">;
  /** Opens the store. @param signal gives up the wait for it */
  open: (signal: AbortSignal) => Promise<Store>;
}

type Found = Readonly<{ archives: readonly Archive[]; files: readonly Source[] }>;

export interface ImportOptions extends CheckFilesOptions {
  /** Takes archives of other users of a project. */
  fromOtherUser: boolean;
  dryRun: boolean;
  /** The file for refused rows. Of several files, each gets its own beside that name. */
  rejectsFile: string | undefined;
}

/**
 * Imports archives of aicost and other files. All are read from end to end before anything is written. Archives are
 * written first, so that the files bring only what the archives do not. If all files are in already, nothing is opened.
 */
export const importSources = async (
  { known, open }: Target,
  { archives, files }: Found,
  settings: ImportSettings,
  options: ImportOptions,
): Promise<SourceResults> => {
  const tables = await openTables(files, settings, options);
  // An archive may change what a file that was in still has to bring.
  const inAlready: Recognised =
    archives.length > 0 || settings.replace
      ? new Map()
      : await recognised(known, tables, { dryRun: options.dryRun, rates: settings.rates });
  if (archives.length === 0 && inAlready.size === tables.length) {
    if (!options.dryRun) settings.save();
    return { archives: [], imports: [...inAlready.values()], unseen: null };
  }
  const rejectsPaths = rejectsPathsOf(options.rejectsFile, files);
  return whileOpening(open, options.signal, async (opening) => {
    const archivesToRestore =
      archives.length === 0 ? [] : await checkArchives(await opening, archives, options);
    const unknown = tables.filter((table) => !inAlready.has(table));
    const toRead = await inZonesOfBefore(unknown, opening);
    const { result: filesToWrite, rates } = await withStoredRates(
      settings.rates,
      () => opening,
      (rates) => checkFiles(toRead, { ...settings, rates }, options),
    );
    const newProviders = unknownProviders(filesToWrite, settings);
    if (!settings.addProviders) refuseProviders(filesToWrite, settings);
    const store = await opening;
    await refuseOtherZones(filesToWrite, store);
    const found = { archives: archivesToRestore, files: filesToWrite, newProviders };
    const {
      archives: restored,
      imports,
      unseen,
    } = await carryOut(store, found, { ...settings, rates }, { ...options, rejectsPaths });
    const written = new Map(unknown.map((table, index) => [table, imports[index]]));
    return {
      archives: restored,
      imports: tables.flatMap((table) => inAlready.get(table) ?? written.get(table) ?? []),
      unseen,
    };
  });
};

interface Checked {
  archives: readonly CheckedArchive[];
  files: readonly FileToWrite[];
  /** Providers that the files name and the database does not know. */
  newProviders: readonly string[];
}

/** A dry run is the import itself, taken back, if the store can do that. */
const carryOut = async (
  store: Store,
  checked: Checked,
  settings: ImportSettings,
  options: WriteFilesOptions,
): Promise<SourceResults> => {
  if (!options.dryRun) return write(store, checked, settings, options);
  if (store.rehearse !== null)
    return store.rehearse((rehearsed) => write(rehearsed, checked, settings, options));
  const { archives, files, newProviders } = checked;
  const restored = await restoreArchives(store, archives, { ...options, isAlone: true });
  const { results, ...unseen } = await compareFiles(store, files, settings, { ...options, newProviders });
  const withoutArchives = archives.length > 0 && files.length > 0;
  return { archives: restored, imports: results, unseen: { ...unseen, withoutArchives } };
};

const write = async (
  store: Store,
  { archives, files, newProviders }: Checked,
  settings: ImportSettings,
  options: WriteFilesOptions,
): Promise<SourceResults> => {
  for (const name of newProviders) await store.call("add_provider", { name, display_name: name });
  const restored = await restoreArchives(store, archives, { ...options, isAlone: false });
  try {
    const imports = await writeFiles(store, files, settings, options);
    return { archives: restored, imports, unseen: null };
  } catch (error) {
    const isEarly = error === options.signal.reason && restored.length > 0 && !options.dryRun;
    throw isEarly ? interrupted("Stopped. The archive is imported. Import the other files again.") : error;
  }
};

/** Opens the store during some work. If the work fails, it does not wait for the store. */
const whileOpening = async <Result>(
  open: Target["open"],
  signal: AbortSignal,
  work: (opening: Promise<Store>) => Promise<Result>,
): Promise<Result> => {
  const giveUp = new AbortController();
  const opening = open(AbortSignal.any([signal, giveUp.signal]));
  opening.catch(() => undefined);
  try {
    return await work(opening);
  } catch (error) {
    giveUp.abort(error);
    throw error;
  }
};
