import type { CsvFormat } from "../csv/format.js";
import { openCsv } from "../csv/reader.js";
import type { KnownFiles, ImportResult } from "../store/read-model/known-files.js";
import type { ImportSettings } from "./settings.js";
import { fileHash, type Source } from "../files/source.js";

/** What is known of files without reading them: what importing them again would come to. */
export type Recognised = ReadonlyMap<Source, ImportResult>;

/**
 * Finds the files that are in already, read in the same way, of which no record was changed or taken away since. The
 * bytes of one that may be are hashed; of its rows nothing is read.
 * @throws UserError what `openCsv` throws
 */
export const recognised = async (
  known: Pick<KnownFiles, "find">,
  sources: readonly Source[],
  { rates, format, mapped }: ImportSettings,
  { formats, dryRun }: { formats: readonly CsvFormat[]; dryRun: boolean },
): Promise<Recognised> => {
  const found = new Map<Source, ImportResult>();
  for (const source of sources) {
    const { reading } = await openCsv(source, { formats, format, saved: mapped });
    const result = await known.find({ reading, rates, sha256: () => fileHash(source.path) });
    if (result !== null) found.set(source, { ...again(result), source: source.name, dry_run: dryRun });
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
