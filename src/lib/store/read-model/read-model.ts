import type { KnownFile } from "./known-files.js";
import {
  type Budget,
  type Coverage,
  type Due,
  type DailySpend,
  type Names,
  type Preferences,
  type Provider,
  type Scans,
  SPLIT_KEYS,
  type SplitKey,
  type StoredForecast,
} from "../../api.js";
import type { Span } from "../../dates/ranges.js";
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
  budgets: Budget[];
  /** By currency: what budgets in a currency other than dollars and that of the preferences are converted with. */
  budget_rates: Readonly<Record<string, StoredRates>>;
  providers: Provider[];
  /** What the sources call accounts, projects and keys that have an id. */
  names: Names;
  /** Of which days something is known. */
  coverage: Coverage;
  /** What is due: from the next due day on, there is more. */
  due: Due;
  /** Scans of the logs of coding agents. */
  scans: Scans;
  /** The newest forecast of all spend; null if there is none. */
  forecast: StoredForecast | null;
  /** Its days, split by model, kind and method. */
  months: ByMonth;
  /** By whose they are; null if nothing names anybody. */
  who: Who | null;
  files: readonly KnownFile[];
}

/** What `who` is split by: each of what is asked for most alone, which is far less to read than `all`. */
export const CUTS = {
  account: ["account"],
  project: ["account", "project"],
  api_key: ["account", "api_key"],
  agent: ["agent"],
  all: SPLIT_KEYS,
} as const satisfies Record<string, readonly SplitKey[]>;
export type CutName = keyof typeof CUTS;

/** In the order in which they are written. */
export const CUT_NAMES = Object.keys(CUTS) as CutName[];

/** Days, the sums of each five of them in a month, and those of whole months; in the order in which they are written. */
export const FORMS = ["days", "fives", "sums"] as const;
export type Form = (typeof FORMS)[number];

export type Who = Readonly<Record<CutName, Readonly<Record<Form, ByMonth>>>>;

/** The rows of each month, `2026-11`, in order. */
export type ByMonth = ReadonlyMap<string, Days>;

/** Days that are read and turned into rows when they are needed, and into bytes when they are written. */
export interface Days {
  /** The first and the last of their dates. */
  readonly span: Span;
  readonly bytes: Buffer;
  /** Those that begin in these days; all by default. */
  rows(span?: Span): DailySpend[];
}
