import { partlyDone, UserError } from "../errors.js";
import type { Source } from "../files/source.js";
import { eachFile, type EachFileOptions } from "../files/each-file.js";
import { unknownProviderHint } from "../record/provider-name.js";
import type { ArchiveRow, RestoreCounts } from "../api.js";
import type { Store } from "../store/store.js";
import { archiveFormat, type ArchiveFormat } from "./format.js";
import { type ReadRow, readNdjson } from "./ndjson.js";
import { type ArchiveFacts, otherUsers, type Ownership, ownershipOf } from "./owner.js";
import { readRecordsCsv } from "./records-csv.js";
import { type KindResults, type Needs, restoreRows, totalCounts } from "./restore.js";

/** A file that `export` made. */
export interface Archive extends Source {
  format: ArchiveFormat;
}

/** What became of one archive. */
export interface ArchiveResult extends RestoreCounts {
  /** File name as the user gave it, or `-`. */
  source: string;
  format: ArchiveFormat;
  kinds: KindResults;
  /** Whose it is, seen from you; null for a table of records (CSV), which does not say it. */
  owner: Ownership | null;
  /** Whether a checksum shows that it is as it was made; null for a table of records (CSV), which has none. */
  checksum: boolean | null;
  /** Nothing was written. */
  dry_run: boolean;
}

/** Sets the archives among some files apart. A file named .ndjson is never a CSV file. */
export const findArchives = (sources: readonly Source[]): { archives: Archive[]; files: Source[] } => {
  const archives: Archive[] = [];
  const files: Source[] = [];
  for (const source of sources) {
    const format = archiveFormat(source) ?? (/\.ndjson$/i.test(source.name) ? "ndjson" : null);
    if (format === null) files.push(source);
    else archives.push({ ...source, format });
  }
  return { archives, files };
};

const READING_FLAGS = [
  "account",
  "add-providers",
  "agent",
  "date",
  "dates",
  "except",
  "format",
  "map",
  "numbers",
  "only",
  "period",
  "rate",
  "rejects",
  "replace",
] as const;

/** @throws UserError `archive_flag` for a flag that says how to read other files */
export const refuseFlags = (flags: Partial<Record<(typeof READING_FLAGS)[number], unknown>>): void => {
  const flag = READING_FLAGS.find((name) => flags[name] !== undefined);
  if (flag === undefined) return;
  throw new UserError(
    "archive_flag",
    `--${flag} does not apply to an aicost archive, which is always imported whole.`,
    `Leave out --${flag}.`,
  );
};

/** An archive that was read from end to end. */
export interface CheckedArchive extends Archive {
  needs: Needs;
  owner: Ownership | null;
  checksum: boolean | null;
}

type Options = EachFileOptions;

export interface RestoreArchivesOptions extends Options {
  /** Nothing is to be left of it. */
  dryRun: boolean;
  /** The calls of a dry run do not see what those before have changed: each takes back its own changes. */
  isAlone: boolean;
}

/**
 * Reads archives from end to end, before anything is written.
 * @throws UserError `provider_unknown`, `archive_of_other_user`, `interrupted`, and what reading throws
 */
export const checkArchives = async (
  store: Store,
  archives: readonly Archive[],
  options: Options & { fromOtherUser: boolean },
): Promise<CheckedArchive[]> => {
  if (archives.length === 0) return [];
  const userId = await store.userId();
  const known = (await store.call("list_providers", {})).map(({ name }) => name);
  return eachArchive("Reading", archives, options, async (archive, rows, factsOf) => {
    const needs: Record<keyof Needs, ArchiveRow[]> = { provider: [], import: [], sheet: [] };
    const names = new Set<string>();
    for await (const { kind, row } of rows) {
      if (kind === "provider" || kind === "import" || kind === "sheet") needs[kind].push(row);
      else for (const name of providersOf(row)) names.add(name);
    }
    const own = needs.provider.map(({ name }) => name);
    const unknown = [...names].find((name) => !known.includes(name) && !own.includes(name));
    if (unknown !== undefined) throw unknownProvider(archive.name, unknown);
    const facts = factsOf();
    const owner = facts && ownershipOf(facts, userId);
    if (owner === "other_user" && !options.fromOtherUser) throw otherUsers(archive.name);
    return { ...archive, needs, owner, checksum: facts && facts.hasChecksum };
  });
};

const providersOf = ({ provider, changes }: ArchiveRow): string[] =>
  [provider, (changes as ArchiveRow | null | undefined)?.["provider"]].filter(
    (name) => typeof name === "string",
  );

const unknownProvider = (name: string, provider: string) =>
  new UserError(
    "provider_unknown",
    `${name} holds records of “${provider}”, which is not a known provider.`,
    `Nothing was restored. Add it with: ${unknownProviderHint(provider)}`,
  );

/**
 * Takes checked archives into the store.
 * @throws UserError `interrupted`, and what the store throws; its hint says that a part is in
 */
export const restoreArchives = async (
  store: Store,
  archives: readonly CheckedArchive[],
  options: RestoreArchivesOptions,
): Promise<ArchiveResult[]> => {
  if (archives.length === 0) return [];
  let written = 0;
  try {
    return await eachArchive("Restoring", archives, options, async (archive, rows) => {
      const { name: source, format, needs, owner, checksum } = archive;
      const kinds = await restoreRows(store, rows, {
        dryRun: options.dryRun && options.isAlone ? needs : undefined,
        onBatch: (count) => (written += count),
      });
      const counts = totalCounts(Object.values(kinds));
      return { source, format, ...counts, kinds, owner, checksum, dry_run: options.dryRun };
    });
  } catch (error) {
    throw written > 0 && !options.dryRun ? partlyDone(error, PARTLY_IN) : error;
  }
};

/** What to say if a part of an archive is in. */
const PARTLY_IN = {
  stopped: "Stopped. Only part of the archive was imported. Import it again to complete it.",
  hint: "Only part of the archive was imported. Import it again to complete it.",
};

/** Reads archives one by one for some work. */
const eachArchive = <Item extends Archive, Result>(
  label: string,
  archives: readonly Item[],
  options: Options,
  work: (
    archive: Item,
    rows: AsyncIterable<ReadRow>,
    /** Null before the end, and of a table of records. */
    factsOf: () => ArchiveFacts | null,
  ) => Promise<Result>,
): Promise<Result[]> =>
  eachFile(label, archives, options, (archive, onProgress) => {
    let facts: ArchiveFacts | null = null;
    const read = () =>
      archive.format === "ndjson"
        ? readNdjson(archive, { onFacts: (given) => (facts = given) })
        : readRecordsCsv(archive);
    async function* rows(): AsyncGenerator<ReadRow> {
      for await (const row of read()) {
        onProgress(row.bytesRead);
        yield row;
      }
    }
    return work(archive, rows(), () => facts);
  });
