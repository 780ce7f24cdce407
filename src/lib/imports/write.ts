import { UserError } from "../errors.js";
import { beginImport, finishImport } from "../store/settle.js";
import { isInDoubt } from "../server/server-errors.js";
import type { Store } from "../store/store.js";
import type { Portion } from "./batches.js";
import type { CheckedFile } from "./check.js";
import {
  finishedOutcome,
  headOf,
  type HeadOptions,
  keptRates,
  known,
  type Outcome,
  UNCHANGED,
} from "./outcome.js";
import { type SendOptions, sendRows } from "./send-rows.js";

export interface WriteOptions extends SendOptions, HeadOptions {
  /** Called while it is decided what counts, between some days and the next ones. */
  onDays: () => void;
  /** Called with the id of the import when something was changed, or may have been. */
  onChange: (importId: string) => void;
}

/** Whether a file has a record, or says that nothing was used on some days. */
const saysSomething = ({ records, covers }: CheckedFile): boolean =>
  records > 0 || Object.keys(covers).length > 0;

/** Refuses a file that cannot be written. @throws UserError `file_imported_otherwise` */
export const refuseImportedOtherwise = async (
  store: Store,
  checked: CheckedFile,
  options: HeadOptions,
): Promise<void> => {
  if (saysSomething(checked)) await store.call("check_import", { import: headOf(checked, options) });
};

/**
 * Writes a checked file to the store: what its sheets are, then the rows of those that are not there, in batches, each of
 * which is atomic. A file that is cut short is completed by importing it again. When this returns or throws, nothing is
 * under way.
 */
export const writeFile = async (
  store: Store,
  checked: CheckedFile,
  options: WriteOptions,
): Promise<Outcome> => {
  options.onProgress(0);
  if (!saysSomething(checked)) {
    await sendRows(store, checked, () => false, nothing, options);
    return UNCHANGED;
  }
  const { onChange } = options;
  const head = headOf(checked, options);
  const {
    id,
    import: before,
    wanted,
  } = await noting(() => onChange(head.id), beginImport(store, { import: head, sheets: checked.sheets }));
  if (id === null || (before && !options.replace)) {
    await sendRows(store, checked, () => false, nothing, options);
    return before ? known(store, checked, before) : UNCHANGED;
  }
  onChange(id);
  const isWanted = (number: number): boolean => typeof wanted[number] === "string";
  await sendRows(store, checked, isWanted, adding(store, id, wanted), options);
  const finished = await finishImport(store, id, { onDays: options.onDays });
  if (finished === null) return { ...UNCHANGED, id };
  const isAllNew = checked.sheets.every((_, number) => isWanted(number));
  return { ...finishedOutcome(finished), ...(!isAllNew && (await keptRates(store, checked, id))) };
};

const nothing = (): Promise<void> => Promise.resolve();

/** Sends rows of an import. @param wanted the ids of its sheets by their numbers */
export const adding =
  (store: Store, import_id: string, wanted: readonly (string | null)[]) =>
  async ({ records, sheets }: Portion): Promise<void> => {
    const ids = sheets.map((number) => wanted[number] ?? "");
    await store.call("add_rows", { import_id, sheets: ids, rows: records.text });
  };

/** Notes a change that may be made although the call failed. */
const noting = async <Result>(onChange: () => void, call: Promise<Result>): Promise<Result> => {
  try {
    return await call;
  } catch (error) {
    if (isInDoubt(error) || (error instanceof UserError && error.code === "interrupted")) onChange();
    throw error;
  }
};
