import type { Api, BegunImport, Import, ImportProgress } from "../api.js";
import { UserError } from "../errors.js";
import type { Store } from "./store.js";

/** How many records came to count, count with other values, and no longer count. */
export type Moved = ImportProgress["moved"];

/** Takes an import, or resumes one. What that one no longer says does not count any more when this returns. */
export const beginImport = async (store: Store, args: Api["begin_import"]["args"]): Promise<BegunImport> => {
  const begun = await store.call("begin_import", args);
  if ((begun.remaining ?? 0) > 0) await settleRest(store);
  return begun;
};

/** Calls without fewer days left, from which the days do not come to an end. Other commands may add some meanwhile. */
const MOST_IN_VAIN = 200;

/** @throws UserError `paging_stuck` from the function returned, if what remains does not get less */
const watch = (): ((remaining: number) => void) => {
  let least = Infinity;
  let inVain = 0;
  return (remaining) => {
    inVain = remaining < least ? 0 : inVain + 1;
    least = Math.min(least, remaining);
    if (inVain < MOST_IN_VAIN) return;
    throw new UserError(
      "paging_stuck",
      `The database does not finish with the days that were changed: ${remaining} remain.`,
      "Run the command again when no other one works with this database. If that does not help, please report it.",
    );
  };
};

export interface FinishOptions {
  /** Called between two calls. */
  onDays?: () => void;
  /** Of a scan of an agent, the last one that it knew of: see `finish_import`. */
  after?: number | undefined;
}

/**
 * Closes an import whose rows are all in. What counts is decided some days at a time, each whole.
 * @throws UserError `scanned_meanwhile`, if it is a scan and does not know of a later one
 */
export const finishImport = async (
  store: Store,
  importId: string,
  { onDays = () => undefined, after }: FinishOptions = {},
): Promise<Import | null> => {
  let progress = await store.call("finish_import", { import_id: importId, after });
  const see = watch();
  while (progress.remaining > 0) {
    see(progress.remaining);
    onDays();
    progress = await store.call("settle_days", { import_id: importId });
  }
  return progress.import;
};

/** Decides what counts on all days that something was changed for. */
export const settleRest = async (store: Store, onDays: () => void = () => undefined): Promise<Moved> => {
  const moved: Moved = { inserted: 0, updated: 0, replaced: 0 };
  const see = watch();
  for (;;) {
    const progress = await store.call("settle_days", { import_id: null });
    for (const key of Object.keys(moved) as (keyof Moved)[]) moved[key] += progress.moved[key];
    if (progress.remaining === 0) return moved;
    see(progress.remaining);
    onDays();
  }
};
