import { UserError } from "../errors.js";
import { NO_COUNTS } from "../store/send-in-parts.js";
import { finishImport } from "../store/settle.js";
import { isInDoubt } from "../server/server-errors.js";
import type { Import, ImportHead } from "../api.js";
import type { Store } from "../store/store.js";
import type { CheckedFile } from "./check.js";
import { daysOf } from "./manifest.js";
import type { ImportResult } from "../store/read-model/known-files.js";
import { preview, type SendWanted } from "./preview.js";
import type { Portion } from "./batches.js";
import { type SendOptions, sendRows } from "./send-rows.js";
import { totalOf } from "./result.js";

export interface WriteOptions extends SendOptions {
  /** The id that the import gets, if it is a new one. */
  importId: string;
  /** Find out what would change, and change nothing. */
  dryRun: boolean;
  /** It counts instead of what was imported before, on all its days. */
  replace: boolean;
  /** Called while it is decided what counts, between some days and the next ones. */
  onDays: () => void;
  /** Called with the id of the import when something was changed, or may have been. */
  onChange: (importId: string) => void;
}

/** How much of a path is kept; its end tells files apart. */
const NAME_LENGTH = 1000;

/** What the database says of a file. */
type Outcome = Pick<
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

/**
 * Writes a checked file to the store: what its sheets are, then the rows of those that are not there, in batches, each of
 * which is atomic. A file that is cut short is completed by importing it again. When this returns or throws, nothing is
 * under way.
 */
export const writeFile = async (
  store: Store,
  checked: CheckedFile,
  options: WriteOptions,
): Promise<ImportResult> => {
  const { file } = checked;
  const outcome = await outcomeOf(store, checked, options);
  return {
    source: file.name,
    format: file.format.title,
    format_id: file.format.id,
    rows: checked.rows,
    ...outcome,
    skipped: checked.skipped,
    rejected: checked.rejected,
    cost_usd: checked.cost_usd,
    ...(checked.estimated_usd !== "0" && { estimated_usd: checked.estimated_usd }),
    ...(checked.topup_usd !== "0" && { topup_usd: checked.topup_usd }),
    tokens: checked.tokens,
    from: checked.from,
    to: checked.to,
    dry_run: options.dryRun,
    ...(Object.keys(checked.facts).length > 0 && { read: checked.facts }),
    ignored_columns: file.ignoredColumns,
  };
};

/** Refuses a file that cannot be written. @throws UserError `file_imported_otherwise` */
export const refuseImportedOtherwise = async (
  store: Store,
  checked: CheckedFile,
  options: HeadOptions,
): Promise<void> => {
  if (checked.records > 0) await store.call("check_import", { import: headOf(checked, options) });
};

type HeadOptions = Pick<WriteOptions, "importId" | "replace">;

const outcomeOf = async (store: Store, checked: CheckedFile, options: WriteOptions): Promise<Outcome> => {
  options.onProgress(0);
  if (checked.records === 0) {
    await sendRows(store, checked, () => false, nothing, options);
    return UNCHANGED;
  }
  const head = headOf(checked, options);
  if (!options.dryRun) return write(store, head, checked, options);
  const tried = checked.records <= store.batchRows ? await tryImport(store, head, checked, options) : null;
  if (tried !== null) return tried;
  const send: SendWanted = (isWanted, add) => sendRows(store, checked, isWanted, add, options);
  const { isKnown, counts, facts, countedUsd } = await preview(store, head, checked.sheets, send);
  return isKnown && !options.replace
    ? known(checked)
    : { ...UNCHANGED, ...counts, facts, counted_usd: countedUsd };
};

/** What the import of a file would say whose rows can be sent at once; null if they are too long for that. */
const tryImport = async (
  store: Store,
  head: ImportHead,
  checked: CheckedFile,
  options: WriteOptions,
): Promise<Outcome | null> => {
  const portions: Portion[] = [];
  const keep = (portion: Portion): Promise<void> => Promise.resolve(void portions.push(portion));
  await sendRows(store, checked, () => true, keep, options);
  const [portion] = portions;
  if (portion === undefined || portions.length > 1) return null;
  const { is_known, import: tried } = await store.call("try_import", {
    import: head,
    sheets: checked.sheets,
    numbers: portion.sheets,
    rows: portion.records.text,
  });
  if (is_known && !options.replace) return known(checked);
  return tried === null ? UNCHANGED : { ...finishedOutcome(tried), id: null };
};

const UNCHANGED: Outcome = { id: null, counted_usd: null, facts: {}, ...NO_COUNTS };

const nothing = (): Promise<void> => Promise.resolve();

/** A file that is in changes nothing. */
const known = ({ records }: CheckedFile): Outcome => ({ ...UNCHANGED, unchanged: records });

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

const write = async (
  store: Store,
  head: ImportHead,
  checked: CheckedFile,
  options: WriteOptions,
): Promise<Outcome> => {
  const { onChange } = options;
  const begun = await noting(
    () => onChange(head.id),
    store.call("begin_import", { import: head, sheets: checked.sheets }),
  );
  const { id, is_known, wanted } = begun;
  if (id === null || (is_known && !options.replace)) {
    await sendRows(store, checked, () => false, nothing, options);
    return known(checked);
  }
  onChange(id);
  await sendRows(
    store,
    checked,
    (number) => typeof wanted[number] === "string",
    adding(store, id, wanted),
    options,
  );
  const finished = await finishImport(store, id, options.onDays);
  return finished === null ? { ...UNCHANGED, id } : finishedOutcome(finished);
};

/** Sends rows of an import. @param wanted the ids of its sheets by their numbers */
export const adding =
  (store: Store, import_id: string, wanted: readonly (string | null)[]) =>
  async ({ records, sheets }: Portion): Promise<void> => {
    const ids = sheets.map((number) => wanted[number] ?? "");
    await store.call("add_rows", { import_id, sheets: ids, rows: records.text });
  };

const finishedOutcome = ({
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

/** Notes a change that may be made although the call failed. */
const noting = async <Result>(onChange: () => void, call: Promise<Result>): Promise<Result> => {
  try {
    return await call;
  } catch (error) {
    if (isInDoubt(error) || (error instanceof UserError && error.code === "interrupted")) onChange();
    throw error;
  }
};
