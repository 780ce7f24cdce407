import type { KnownFile } from "./known-files.js";
import type { Coverage, DailySpend, Names, Preferences, Provider, Scans } from "../../api.js";
import type { StoredRates } from "../../record/rates.js";

/**
 * What an embedded database is asked most, kept in a file beside it: the sums of every day, and which files are in. It
 * is right only for one state of the database, and is made again when that has changed.
 */
export interface ReadModel {
  /** See `stateOf`. */
  state: string;
  /** The newest migration of the program that made it. */
  schema: string;
  /** RFC 3339 in UTC. */
  made_at: string;
  preferences: Preferences;
  /** Of the days that it has, what the currency of the preferences is converted with; null for dollars. */
  rates: StoredRates | null;
  providers: Provider[];
  /** What the sources call accounts, projects and keys that have an id. */
  names: Names;
  /** Of which days something is known. */
  coverage: Coverage;
  /** Scans of the logs of coding agents. */
  scans: Scans;
  /** Its days, split by model, kind and method. */
  months: ByMonth;
  /** As `months`, split by account, project, key and agent too; null if nothing names any. */
  who: { days: ByMonth; sums: ByMonth } | null;
  files: readonly KnownFile[];
}

/** The rows of each month, `2026-11`, in order. */
export type ByMonth = ReadonlyMap<string, Days>;

/** Days that are turned into rows when they are needed, and into text when they are written. */
export interface Days {
  readonly text: string;
  rows(): DailySpend[];
}
