import type { IngestCounts } from "../store/store.js";

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

/** One cell for which a row was refused. */
export interface RejectedCell {
  /** File name as the user gave it, or `-`. */
  source: string;
  /** 1 is the first line of the file. */
  line: number;
  /** Column and value are empty where the whole row is wrong. */
  column: string;
  value: string;
  /** The predicate of a sentence about the value. */
  reason: string;
}

/** How many refused cells are shown, of all files together; no more of one file are kept. */
export const REJECTS_SHOWN = 20;

/** What `import --json` holds for one file. */
export interface ImportJson extends Omit<ImportResult, "skipped" | "format_id"> {
  skipped: number;
  skipped_reasons: Readonly<Record<string, number>>;
}

export const importJson = ({ format_id, skipped, ...result }: ImportResult): ImportJson => ({
  ...result,
  format: format_id,
  skipped: totalOf(skipped),
  skipped_reasons: skipped,
});

/** How many there are of all kinds together. */
export const totalOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);
