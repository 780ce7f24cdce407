import { findArchives, refuseFlags } from "../archive/import-archives.js";
import { isArchive } from "../archive/format.js";
import { fileHash, type Source } from "../files/source.js";
import { findSources, type LeftOut } from "../files/sources.js";
import { exportPages } from "../providers/export-pages.js";
import { formats } from "../providers/index.js";
import { unusable } from "../providers/unusable.js";
import type { Started } from "../store/read-model/known-files.js";
import type { SpendSource, Store } from "../store/store.js";
import type { WithProgress } from "../terminal/progress.js";
import { type ImportOptions, importSources, type SourceResults } from "./import-sources.js";
import { type ImportFlags, importSettings } from "./settings.js";

/** The flags of `import`, as they were typed or chosen. */
export interface NamedFlags extends ImportFlags {
  "dry-run": boolean;
  "on-error": ImportOptions["onError"];
  rejects?: string | undefined;
  "from-other-user"?: boolean | undefined;
}

/** What an import needs of the command. */
export interface ImportTools {
  configDir: string;
  progress: WithProgress;
  spend: (opening?: Opening) => Promise<SpendSource>;
  store: (opening?: Opening) => Promise<Store>;
}

interface Opening {
  /** See `chooseCompiler`. */
  heavy: boolean;
  signal: AbortSignal;
}

export interface Imported extends SourceResults {
  /** What is in ZIP files besides CSV files. */
  leftOut: LeftOut[];
  /** What `--save-map` did not keep, and how to keep it. */
  notSaved: string | null;
}

export const NOTHING: Imported = { archives: [], imports: [], leftOut: [], notSaved: null, unseen: null };

/** From this size on, the optimizing compiler pays for itself. */
const HEAVY = 16 * 1024 * 1024;

/** Imports what files, folders and patterns stand for. @throws what `findSources` and `importSources` throw */
export const importNamed = async (
  names: readonly string[],
  flags: NamedFlags,
  { configDir, progress, ...open }: ImportTools,
  signal: AbortSignal,
): Promise<Imported> => {
  const { sources, leftOut, forget } = await findSources(names, { isArchive, agent: flags.agent, signal });
  try {
    const { archives, files } = findArchives(sources);
    if (files.length === 0) refuseFlags(flags);
    const heavy = sources.reduce((sum, { size }) => sum + size, 0) > HEAVY;
    const spend = await open.spend({ heavy, signal });
    const { preferences, providers } = await started(spend, files);
    const settings = importSettings(configDir, flags, preferences, providers);
    const target = {
      known: spend.files,
      open: (given: AbortSignal) => open.store({ heavy, signal: given }),
    };
    const results = await importSources(target, { archives, files }, settings, {
      formats,
      unusable,
      pages: exportPages,
      dryRun: flags["dry-run"],
      fromOtherUser: flags["from-other-user"] ?? false,
      onError: flags["on-error"],
      rejectsFile: flags.rejects,
      signal,
      progress,
    });
    return { ...results, leftOut, notSaved: flags["dry-run"] ? null : settings.notSaved };
  } finally {
    forget();
  }
};

/** What is asked before files are read. */
const started = async (spend: SpendSource, files: readonly Source[]): Promise<Started> => {
  const { start } = spend.files;
  if (start !== undefined)
    return start(files.map((file) => ({ size: file.size, sha256: () => fileHash(file) })));
  const preferences = await spend.call("get_preferences", {});
  return { preferences, providers: await spend.call("list_providers", {}) };
};
