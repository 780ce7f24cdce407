import type { UndoCounts, UndoPreviewPart } from "../api.js";
import { plain, ZERO } from "../money.js";
import { settleRest } from "../store/settle.js";
import type { Store } from "../store/store.js";

/** What undoing an import came to, or would come to. */
export type Undone = Omit<UndoCounts, "remaining">;

/** Money is the sum of all records, US dollars. */
export interface UndoPreview extends Undone {
  cost_usd: { before: string; after: string };
}

/** What undoing an import would come to, asked some days at a time. Changes nothing. */
export const previewUndo = async (store: Pick<Store, "call">, import_id: string): Promise<UndoPreview> => {
  const sum = { removed: 0, restored: 0, edits_lost: 0 };
  let change = ZERO;
  for (let after_day: string | null = null; ;) {
    const part: UndoPreviewPart = await store.call("preview_undo", { import_id, after_day });
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += part[key];
    change = change.plus(part.usd_change);
    const { usd_before: before } = part;
    if (part.remaining === 0)
      return { id: part.id, ...sum, cost_usd: { before, after: plain(change.plus(before)) } };
    after_day = part.through;
  }
};

/** Undoes an import, and decides what counts on its days without it. */
export const undo = async (store: Store, importId: string): Promise<Undone> => {
  const { remaining, ...undone } = await store.call("undo_import", { import_id: importId });
  if (remaining === 0) return undone;
  const { inserted, updated, replaced } = await settleRest(store);
  return {
    ...undone,
    removed: undone.removed + replaced,
    restored: undone.restored + inserted + updated,
  };
};
