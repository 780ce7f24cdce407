import { ARCHIVE_KINDS, type RestoreCounts } from "../api.js";
import type { Store } from "../store/store.js";
import { restoreRows, totalCounts } from "./restore.js";
import { storedPages, type TravellingRow } from "./rows.js";

/**
 * Copies all that the user has from one store to another one, to the same ids. What is there already stays, so it can be
 * cut short and done again.
 * @param onProgress called with the rows that are through, and how many there are
 */
export const moveIn = async (
  from: Store,
  to: Store,
  onProgress?: (done: number, total: number) => void,
): Promise<RestoreCounts> => {
  const counts = await from.call("archive_counts", {});
  const total = ARCHIVE_KINDS.reduce((sum, kind) => sum + counts[kind], 0);
  let done = 0;
  const results = await restoreRows(to, storedRows(from), {
    onBatch: (rows) => onProgress?.((done += rows), total),
  });
  return totalCounts(Object.values(results));
};

async function* storedRows(store: Store): AsyncGenerator<TravellingRow> {
  for await (const { kind, rows } of storedPages(store)) {
    for (const row of rows) yield { kind, row, size: JSON.stringify(row).length };
  }
}
