import type { BegunImport, ImportHead, IngestCounts, Sheet } from "../api.js";
import { refreshAfter } from "../store/refresh.js";
import { NO_COUNTS } from "../store/send-in-parts.js";
import { beginImport, type FinishOptions, finishImport } from "../store/settle.js";
import type { Store } from "../store/store.js";
import { inBatches } from "../system/batches.js";
import { BATCH_SIZE, portionOf, type WrittenRow } from "./batches.js";
import type { SendWanted } from "./preview.js";
import { sendPortion } from "./send-rows.js";
import { adding } from "./write.js";

/** What an import says: its sheets, and the rows of each. */
export interface Written {
  sheets: readonly Sheet[];
  rows: readonly WrittenRow[];
}

export interface SheetsOutcome {
  /** `import_id` is null if nothing of it is new. */
  counts: IngestCounts & { import_id: string | null };
  /** For each sheet whether its rows were not here yet: then its id, else null. */
  wanted: BegunImport["wanted"];
}

/**
 * Writes what was collected from a feed, as an import that can be undone. If it is cut short, the next import of the feed
 * completes it.
 */
export const writeSheets = async (
  store: Store,
  head: ImportHead,
  { sheets, rows }: Written,
  { onSent, after }: { onSent?: ((rows: number) => void) | undefined } & Pick<FinishOptions, "after"> = {},
): Promise<SheetsOutcome> => {
  const { id, wanted } = await beginImport(store, { import: head, sheets });
  if (id === null) return { counts: { ...NO_COUNTS, unchanged: rows.length, import_id: null }, wanted };
  const send = adding(store, id, wanted);
  await sendingRows(store, rows)(
    (number) => typeof wanted[number] === "string",
    async (portion) => {
      await send(portion);
      onSent?.(portion.records.length);
    },
  );
  const finished = (await finishImport(store, id, { after })) ?? NO_COUNTS;
  const { inserted, updated, unchanged, covered, kept_edits, replaced } = finished;
  await refreshAfter(store, inserted + updated + replaced);
  return { counts: { inserted, updated, unchanged, covered, kept_edits, replaced, import_id: id }, wanted };
};

/** Sends the rows of the sheets that are wanted, in batches. */
export const sendingRows =
  (store: Pick<Store, "batchRows">, rows: readonly WrittenRow[]): SendWanted =>
  async (isWanted, send) => {
    const limits = {
      most: store.batchRows,
      largest: BATCH_SIZE,
      sizeOf: ({ fields }: WrittenRow) => fields.length,
    };
    const wanted = rows.filter(({ sheet }) => isWanted(sheet));
    for await (const batch of inBatches([wanted], limits)) await sendPortion(portionOf(batch), send);
  };
