import type { CsvFile } from "../csv/open.js";
import { decimal } from "../money.js";
import type { Rates } from "../record/rates.js";
import { own } from "../system/own.js";
import { NO_COUNTS } from "../store/send-in-parts.js";
import { fileHash, type Source } from "../files/source.js";
import type { KnownFiles, ImportResult } from "../store/read-model/known-files.js";

/** What importing known files again would come to. */
export type Recognised = ReadonlyMap<CsvFile, ImportResult>;

/** Finds the files that are in already, read in the same way. A file that may be one is hashed; its rows are not read. */
export const recognised = async (
  known: Pick<KnownFiles, "find">,
  files: readonly (CsvFile & Source)[],
  { dryRun, rates }: { dryRun: boolean; rates: Rates },
): Promise<Recognised> => {
  const found = new Map<CsvFile, ImportResult>();
  for (const file of files) {
    const { reading, size } = file;
    const result = await known.find({ reading, size, sha256: () => fileHash(file) });
    if (result !== null && isAtRates(result, rates))
      found.set(file, { ...again(result), source: file.name, dry_run: dryRun });
  }
  return found;
};

/** Whether a file would be converted as it was: files are forgotten when stored rates change. */
const isAtRates = ({ read }: ImportResult, { given = {} }: Rates): boolean =>
  Object.entries(read?.rates ?? {}).every(([currency, rates]) => {
    const rate = own(given, currency);
    if (rate === undefined) return read?.rates_given?.includes(currency) !== true;
    return rates.every((before) => decimal(before).eq(rate));
  });

/** What became of a file that counts as it is, seen from the second time. */
const again = ({ counts_now, ...result }: ImportResult): ImportResult => ({
  ...result,
  id: null,
  ...(result.id !== null && { imported_as: result.id }),
  counted_usd:
    counts_now ?? (result.id === null && result.imported_as === undefined ? null : result.cost_usd),
  facts: {},
  ...NO_COUNTS,
  unchanged: result.inserted + result.updated + result.unchanged + result.covered + result.kept_edits,
});
