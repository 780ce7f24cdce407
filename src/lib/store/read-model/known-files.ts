import type { Api, ImportFacts, IngestCounts } from "../../api.js";
import type { ReadFacts } from "../../csv/read-facts.js";

/** Files that would change nothing if they were imported again. */
export interface KnownFiles {
  /** Null if the file must be read. */
  find(file: UnhashedFile): Promise<ImportResult | null>;
  remember(file: KnownFile): void;
  /**
   * Settings, and a look for files, in one request to a project; absent if none is needed.
   * @param files those that may be known
   */
  start?(files: readonly StartingFile[]): Promise<Started>;
}

export type StartingFile = Pick<UnhashedFile, "size" | "sha256">;

export type Started = Pick<Api["start_import"]["result"], "preferences" | "providers">;

export interface ImportResult extends IngestCounts {
  /** Null if nothing changed: there is nothing to undo. */
  id: string | null;
  /** The import that it is, if it was in already; else absent. */
  imported_as?: string;
  /** File name as the user gave it, or `-`. */
  source: string;
  format_id: string;
  format: string;
  /** Rows below the header. */
  rows: number;
  /** How many rows were not charges, by reason. */
  skipped: Readonly<Record<string, number>>;
  rejected: number;
  cost_usd: string;
  /** Estimates and credit bought ahead, which are not part of it; absent if there are none. */
  estimated_usd?: string;
  topup_usd?: string;
  /** What of it counts now; null if that was not looked at. */
  counted_usd: string | null;
  /** Of a file that was found to be in: what the database says of that now; absent if it was not asked. */
  counts_now?: string;
  facts: ImportFacts;
  /** Of days that were in already: the rates at which they count, if they are others than those that the file was read with. */
  kept_rates?: Record<string, KeptRate>;
  /** Null if no row states any. */
  tokens: number | null;
  /** Calendar dates in the user's time zone; null if the file has no record. */
  from: string | null;
  to: string | null;
  dry_run: boolean;
  /** How it was read; absent in what an older version kept. */
  read?: ReadFacts;
  /** What its format says besides; absent if that is nothing. */
  note?: string;
  /** `--replace` would not make it count instead of what counts; absent if it would. */
  never_replaces?: true;
  /** Columns of the file that nothing was taken from. */
  ignored_columns: readonly string[];
}

/** US dollars for one unit of a currency. */
export interface KeptRate {
  /** Of the imports that came first. */
  kept: string[];
  /** Those of now, separated by commas. */
  given: string;
}

export interface KnownFile extends FileKey {
  result: ImportResult;
}

/** What decides whether a file is in: its bytes, and how they are read. */
export interface FileKey {
  /** SHA-256, hex. */
  sha256: string;
  /** Bytes. */
  size: number;
  reading: string;
}

export interface UnhashedFile extends Omit<FileKey, "sha256"> {
  /** Takes as long as reading the file the first time: only asked for if the rest fits. */
  sha256: () => Promise<string>;
}

/** Null if the file is not among them. */
export const resultOf = async (
  files: readonly KnownFile[],
  { sha256, ...read }: UnhashedFile,
): Promise<ImportResult | null> => {
  const alike = files.filter((file) => isReadAlike(file, read));
  if (alike.length === 0) return null;
  const hash = await sha256();
  return alike.find((file) => file.sha256 === hash)?.result ?? null;
};

export const isSameFile = (a: FileKey, b: FileKey): boolean => a.sha256 === b.sha256 && isReadAlike(a, b);

const isReadAlike = (a: Omit<FileKey, "sha256">, b: Omit<FileKey, "sha256">): boolean =>
  a.size === b.size && a.reading === b.reading;
