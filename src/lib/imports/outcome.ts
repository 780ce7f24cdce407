import type { Import, ImportHead } from "../api.js";
import { decimal } from "../money.js";
import type { ImportResult } from "../store/read-model/known-files.js";
import { NO_COUNTS } from "../store/send-in-parts.js";
import type { Store } from "../store/store.js";
import type { CheckedFile } from "./check.js";
import { daysOf } from "./manifest.js";
import { totalOf } from "./result.js";

/** What the database says of a file. */
export type Outcome = Pick<
  ImportResult,
  | "id"
  | "imported_as"
  | "kept_rates"
  | "facts"
  | "counted_usd"
  | "inserted"
  | "updated"
  | "unchanged"
  | "covered"
  | "kept_edits"
  | "replaced"
> &
  Partial<Pick<ImportResult, "cost_usd">>;

export const UNCHANGED: Outcome = { id: null, counted_usd: null, facts: {}, ...NO_COUNTS };

/** A file that is in changes nothing. Its amounts are those of the first time. @param before its import */
export const known = async (store: Caller, checked: CheckedFile, before: Import): Promise<Outcome> => ({
  ...finishedOutcome(before),
  id: null,
  imported_as: before.id,
  cost_usd: before.cost_usd,
  ...(await keptRates(store, checked, before.id)),
});

type Caller = Pick<Store, "call">;

/** The rates of days that were in already, if the file was read with others. */
export const keptRates = async (
  store: Caller,
  { facts: { rates = {} } }: CheckedFile,
  importId: string,
): Promise<Pick<ImportResult, "kept_rates">> => {
  if (Object.keys(rates).length === 0) return {};
  const counting = await store.call("import_rates", { import_id: importId });
  const kept = Object.entries(rates).flatMap(([currency, given]) => {
    const isGiven = (rate: string): boolean => given.some((other) => decimal(rate).eq(other));
    const kept = (counting[currency] ?? []).filter((rate) => !isGiven(rate));
    return kept.length === 0 ? [] : [[currency, { kept, given: given.join(", ") }] as const];
  });
  return kept.length === 0 ? {} : { kept_rates: Object.fromEntries(kept) };
};

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
    skipped: checked.skipped,
    rejected: checked.rejected,
    cost_usd: checked.cost_usd,
    ...outcome,
    ...(dryRun && { id: null }),
    ...(checked.estimated_usd !== "0" && { estimated_usd: checked.estimated_usd }),
    ...(checked.topup_usd !== "0" && { topup_usd: checked.topup_usd }),
    tokens: checked.tokens,
    from: checked.from,
    to: checked.to,
    dry_run: dryRun,
    ...(Object.keys(checked.facts).length > 0 && { read: checked.facts }),
    ...(file.format.note !== undefined && checked.estimated_usd !== "0" && { note: file.format.note }),
    ...(file.format.neverReplaces && { never_replaces: true as const }),
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
  const { file, rows, skipped, rejected, cost_usd, from, to, sha256, sheets, names, covers } = checked;
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
    covers,
    ...daysOf(sheets),
    row_count: rows,
    skipped: totalOf(skipped),
    rejected,
    cost_usd,
    first_date: from,
    last_date: to,
  };
};
