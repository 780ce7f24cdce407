import type { ImportResult } from "../../imports/result.js";
import type { Rates } from "../../record/rates.js";
import type { DailySpend, Preferences, Provider } from "../store.js";

/**
 * What an embedded database is asked most, kept in a file beside it: the sums of every day, and which files are in. It
 * is right for one state of the database alone, and made anew whenever that has changed.
 */
export interface ReadModel {
  /** The state of the database that it was made from: see `stateOf`. */
  state: string;
  /** The newest migration of the program that made it. */
  schema: string;
  /** When, RFC 3339 in UTC. */
  made_at: string;
  preferences: Preferences;
  providers: Provider[];
  /** By month, `2026-11`, in order: its days, split by method, in order. */
  months: ReadonlyMap<string, Days>;
  files: readonly KnownFile[];
}

/** Days that are turned into rows when they are needed, and into text when they are written. */
export interface Days {
  readonly text: string;
  rows(): DailySpend[];
}

/** A file of which importing it again would change nothing. */
export interface KnownFile extends FileKey {
  result: ImportResult;
}

/** What decides which records a file gives: its bytes, how they are read, and at which rates. */
export interface FileKey {
  /** SHA-256, hex. */
  sha256: string;
  reading: string;
  rates: Rates;
}

/** A file whose bytes were not looked at yet. */
export interface UnhashedFile extends Omit<FileKey, "sha256"> {
  /** Its hash, which takes as long as reading it: only asked for where the rest fits. */
  sha256: () => Promise<string>;
}

/** What became of a file that is among the known ones; null where it is not. */
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
  a.reading === b.reading && JSON.stringify(a.rates) === JSON.stringify(b.rates);
