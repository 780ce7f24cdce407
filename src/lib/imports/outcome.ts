import type { Import, ImportHead } from "../api.js";
import type { ImportResult } from "../store/read-model/known-files.js";
import { NO_COUNTS } from "../store/send-in-parts.js";
import type { CheckedFile } from "./check.js";
import { daysOf } from "./manifest.js";
import { totalOf } from "./result.js";

/** What the database says of a file. */
export type Outcome = Pick<
  ImportResult,
  | "id"
  | "facts"
  | "counted_usd"
  | "inserted"
  | "updated"
  | "unchanged"
  | "covered"
  | "kept_edits"
  | "replaced"
>;

export const UNCHANGED: Outcome = { id: null, counted_usd: null, facts: {}, ...NO_COUNTS };

/** A file that is in changes nothing. */
export const known = ({ records }: CheckedFile): Outcome => ({ ...UNCHANGED, unchanged: records });

export const finishedOutcome = ({
  id,
  inserted,
  updated,
  unchanged,
  covered,
  kept_edits,
  replaced,
  counted_usd,
  facts,
}: Import): Outcome => ({
  id,
  counted_usd,
  facts,
  inserted,
  updated,
  unchanged,
  covered,
  kept_edits,
  replaced,
});

/** What a user is told of a file. A dry run leaves nothing that has an id. */
export const resultOf = (checked: CheckedFile, outcome: Outcome, dryRun: boolean): ImportResult => {
  const { file } = checked;
  return {
    source: file.name,
    format: file.format.title,
    format_id: file.format.id,
    rows: checked.rows,
    ...outcome,
    ...(dryRun && { id: null }),
    skipped: checked.skipped,
    rejected: checked.rejected,
    cost_usd: checked.cost_usd,
    ...(checked.estimated_usd !== "0" && { estimated_usd: checked.estimated_usd }),
    ...(checked.topup_usd !== "0" && { topup_usd: checked.topup_usd }),
    tokens: checked.tokens,
    from: checked.from,
    to: checked.to,
    dry_run: dryRun,
    ...(Object.keys(checked.facts).length > 0 && { read: checked.facts }),
    ignored_columns: file.ignoredColumns,
  };
};

export interface HeadOptions {
  /** The id that the import gets, if it is a new one. */
  importId: string;
  /** It counts instead of what was imported before, on all its days. */
  replace: boolean;
}

/** How much of a path is kept; its end tells files apart. */
const NAME_LENGTH = 1000;

/** What is said of a file as a whole. */
export const headOf = (checked: CheckedFile, { importId, replace }: HeadOptions): ImportHead => {
  const { file, rows, skipped, rejected, cost_usd, from, to, sha256, sheets, names } = checked;
  return {
    id: importId,
    source_name: Array.from(file.name).slice(-NAME_LENGTH).join(""),
    format: file.format.id,
    sha256,
    reading: file.reading,
    series: file.format.series,
    feed: null,
    is_replace: replace,
    zone: checked.facts.zone?.name ?? null,
    account_given: file.account !== null,
    names,
    ...daysOf(sheets),
    row_count: rows,
    skipped: totalOf(skipped),
    rejected,
    cost_usd,
    first_date: from,
    last_date: to,
  };
};
