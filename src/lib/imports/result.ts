import type { ImportResult } from "../store/read-model/known-files.js";

/** One cell for which a row was refused. */
export interface RejectedCell {
  /** File name as the user gave it, or `-`. */
  source: string;
  /** 1 is the first line of the file. */
  line: number;
  /** Column and value are empty if the whole row is wrong. */
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
