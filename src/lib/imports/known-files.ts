import type { CsvFile } from "../csv/open.js";
import { fileHash, type Source } from "../files/source.js";
import type { KnownFiles, ImportResult } from "../store/read-model/known-files.js";
import type { ImportSettings } from "./settings.js";

/** What importing known files again would come to. */
export type Recognised = ReadonlyMap<CsvFile, ImportResult>;

/**
 * Finds the files that were imported already, read in the same way, with no record changed or removed since. A file that
 * may be one is hashed; its rows are not read.
 */
export const recognised = async (
  known: Pick<KnownFiles, "find">,
  files: readonly (CsvFile & Source)[],
  { rates }: ImportSettings,
  dryRun: boolean,
): Promise<Recognised> => {
  const found = new Map<CsvFile, ImportResult>();
  for (const file of files) {
    const { reading, size } = file;
    const result = await known.find({ reading, rates, size, sha256: () => fileHash(file) });
    if (result !== null) found.set(file, { ...again(result), source: file.name, dry_run: dryRun });
  }
  return found;
};

/** What became of a file, seen from the second time. */
const again = (result: ImportResult): ImportResult => ({
  ...result,
  id: null,
  inserted: 0,
  updated: 0,
  replaced: 0,
  unchanged: result.inserted + result.updated + result.unchanged,
});
