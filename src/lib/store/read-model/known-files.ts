import type { IngestCounts } from "../../api.js";
import type { Rates } from "../../record/rates.js";

/** Files that would change nothing if they were imported again. */
export interface KnownFiles {
  /** What became of that file; null where it must be read. */
  find(file: UnhashedFile): Promise<ImportResult | null>;
  /** Remembers a file that is in, until records are changed or taken away. */
  remember(file: KnownFile): void;
}

/** What became of one file. */
export interface ImportResult extends IngestCounts {
  /** Null where nothing changed: there is nothing to undo. */
  id: string | null;
  /** File name as the user gave it, or `-`. */
  source: string;
  format_id: string;
  /** The format's title, for example “OpenAI cost export”. */
  format: string;
  /** Rows below the header. */
  rows: number;
  /** How many rows were no charge, by reason. */
  skipped: Readonly<Record<string, number>>;
  /** How many rows were refused. */
  rejected: number;
  /** What the file's rows charged. */
  cost_usd: string;
  /** Null where no row states any. */
  tokens: number | null;
  /** Calendar dates in the user's time zone; null where the file has no record. */
  from: string | null;
  to: string | null;
  /** Nothing was written. */
  dry_run: boolean;
  /** Columns of the file that nothing was taken from. */
  ignored_columns: readonly string[];
}

/** A file that would change nothing if it were imported again. */
export interface KnownFile extends FileKey {
  result: ImportResult;
}

/** What decides which records a file gives: its bytes, how they are read, and at which rates. */
export interface FileKey {
  /** SHA-256, hex. */
  sha256: string;
  /** Bytes. */
  size: number;
  reading: string;
  rates: Rates;
}

/** A file that was not read yet. */
export interface UnhashedFile extends Omit<FileKey, "sha256"> {
  /** Its hash, which takes as long as reading the file: only asked for if the rest fits. */
  sha256: () => Promise<string>;
}

/** What became of a file that is among the known ones; null if it is not. */
export const resultOf = async (
  files: readonly KnownFile[],
  { sha256, ...read }: UnhashedFile,
): Promise<ImportResult | null> => {
  const alike = files.filter((file) => isReadAlike(file, read));
  if (alike.length === 0) return null;
  const hash = await sha256();
  return alike.find((file) => file.sha256 === hash)?.result ?? null;
};

/** Whether two keys are of the same file, read in the same way. */
export const isSameFile = (a: FileKey, b: FileKey): boolean => a.sha256 === b.sha256 && isReadAlike(a, b);

const isReadAlike = (a: Omit<FileKey, "sha256">, b: Omit<FileKey, "sha256">): boolean =>
  a.size === b.size && a.reading === b.reading && JSON.stringify(a.rates) === JSON.stringify(b.rates);
