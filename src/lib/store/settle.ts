import type { Api, BegunImport, Import, ImportProgress } from "../api.js";
import type { Store } from "./store.js";

/** How many records came to count, count with other values, and no longer count. */
export type Moved = ImportProgress["moved"];

/** Takes an import, or resumes one. What that one no longer says does not count any more when this returns. */
export const beginImport = async (store: Store, args: Api["begin_import"]["args"]): Promise<BegunImport> => {
  const begun = await store.call("begin_import", args);
  if ((begun.remaining ?? 0) > 0) await settleRest(store);
  return begun;
};

/**
 * Closes an import whose rows are all in. What counts is decided some days at a time, each whole.
 * @param onDays called between two calls
 */
export const finishImport = async (
  store: Store,
  importId: string,
  onDays: () => void = () => undefined,
): Promise<Import | null> => {
  let progress = await store.call("finish_import", { import_id: importId });
  while (progress.remaining > 0) {
    onDays();
    progress = await store.call("settle_days", { import_id: importId });
  }
  return progress.import;
};

/** Decides what counts on all days that something was changed for. */
export const settleRest = async (store: Store, onDays: () => void = () => undefined): Promise<Moved> => {
  const moved: Moved = { inserted: 0, updated: 0, replaced: 0 };
  for (;;) {
    const progress = await store.call("settle_days", { import_id: null });
    for (const key of Object.keys(moved) as (keyof Moved)[]) moved[key] += progress.moved[key];
    if (progress.remaining === 0) return moved;
    onDays();
  }
};
