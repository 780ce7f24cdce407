import {
  type Archive,
  type ArchiveResult,
  checkArchives,
  restoreArchives,
} from "../archive/import-archives.js";
import { interrupted } from "../errors.js";
import type { Store } from "../store/store.js";
import { importFiles, type ImportOptions } from "./import-files.js";
import { recognised } from "./known-files.js";
import type { ImportResult } from "./result.js";
import type { ImportSettings } from "./settings.js";
import type { Source } from "./sources.js";

/** What became of archives of aicost, and of other files. */
export interface SourceResults {
  archives: ArchiveResult[];
  imports: ImportResult[];
}

/**
 * Imports archives of aicost and other files. All are read from end to end before anything is written; then come the
 * archives first: what they bring back is no news to the files.
 * @throws what `checkArchives`, `restoreArchives` and `importFiles` throw
 */
export const importSources = async (
  store: Store,
  { archives, files }: { archives: readonly Archive[]; files: readonly Source[] },
  settings: ImportSettings,
  options: Omit<ImportOptions, "known" | "beforeWriting">,
): Promise<SourceResults> => {
  const checked = await checkArchives(store, archives, options);
  // What an archive brings may change what a file that was in still has to bring.
  const known =
    archives.length > 0
      ? new Map<Source, ImportResult>()
      : await recognised(store.files, files, settings, options);
  let restored: ArchiveResult[] = [];
  const restore = async (): Promise<void> => {
    restored = await restoreArchives(store, checked, options);
  };
  try {
    const imports = await importFiles(store, files, settings, { ...options, known, beforeWriting: restore });
    return { archives: restored, imports };
  } catch (error) {
    const isEarly = error === options.signal.reason && restored.length > 0 && !options.dryRun;
    throw isEarly ? interrupted("Stopped. The archive is in; import the other files again.") : error;
  }
};
