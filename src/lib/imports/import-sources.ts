import {
  type Archive,
  type ArchiveResult,
  checkArchives,
  restoreArchives,
} from "../archive/import-archives.js";
import { interrupted } from "../errors.js";
import type { KnownFiles, ImportResult } from "../store/read-model/known-files.js";
import type { Store } from "../store/store.js";
import { importFiles, type ImportOptions } from "./import-files.js";
import { recognised, type Recognised } from "./known-files.js";
import type { ImportSettings } from "./settings.js";
import type { Source } from "../files/source.js";

/** What became of archives of aicost, and of other files. */
export interface SourceResults {
  archives: ArchiveResult[];
  imports: ImportResult[];
}

/** Where files go. */
export interface Target {
  /** The files of which is known that they are in. */
  known: Pick<KnownFiles, "find">;
  /** Opens the store. @param signal gives up the wait for it */
  open: (signal: AbortSignal) => Promise<Store>;
}

/**
 * Imports archives of aicost and other files. All are read from end to end before anything is written; then come the
 * archives first: what they bring back is no news to the files. Where all files are in already, nothing is opened.
 * @throws what `open`, `checkArchives`, `restoreArchives`, `recognised` and `importFiles` throw
 */
export const importSources = async (
  { known, open }: Target,
  { archives, files }: Found,
  settings: ImportSettings,
  options: Options,
): Promise<SourceResults> => {
  // What an archive brings may change what a file that was in still has to bring.
  const inAlready = archives.length > 0 ? NONE : await recognised(known, files, settings, options);
  if (archives.length === 0 && inAlready.size === files.length) {
    if (!options.dryRun) settings.save();
    return { archives: [], imports: [...inAlready.values()] };
  }
  const giveUp = new AbortController();
  // Opened while the files are read. One that is refused need not wait for it.
  const opening = open(AbortSignal.any([options.signal, giveUp.signal]));
  opening.catch(() => undefined);
  try {
    return await readAndWrite(opening, { archives, files }, settings, { ...options, known: inAlready });
  } catch (error) {
    giveUp.abort(error);
    throw error;
  }
};

type Found = Readonly<{ archives: readonly Archive[]; files: readonly Source[] }>;
type Options = Omit<ImportOptions, "known" | "beforeWriting">;

const NONE: Recognised = new Map();

const readAndWrite = async (
  opening: Promise<Store>,
  { archives, files }: Found,
  settings: ImportSettings,
  options: Omit<ImportOptions, "beforeWriting">,
): Promise<SourceResults> => {
  const checked = archives.length === 0 ? [] : await checkArchives(await opening, archives, options);
  let restored: ArchiveResult[] = [];
  const restore = async (): Promise<void> => {
    if (checked.length > 0) restored = await restoreArchives(await opening, checked, options);
  };
  try {
    const imports = await importFiles(opening, files, settings, { ...options, beforeWriting: restore });
    return { archives: restored, imports };
  } catch (error) {
    const isEarly = error === options.signal.reason && restored.length > 0 && !options.dryRun;
    throw isEarly ? interrupted("Stopped. The archive is in; import the other files again.") : error;
  }
};
