import type { RecordFilters, StoredRecord } from "../api.js";
import type { Store } from "./store.js";

export interface RecordPage {
  records: StoredRecord[];
  /** How many match, on whatever page. */
  total: number;
}

/** As many as one answer of a project may hold. */
const PAGE_ROWS = 5000;

/** All records that match, page by page, at least one. */
export async function* allRecords(
  store: Store,
  filters: Omit<RecordFilters, "max_rows" | "skip_rows">,
): AsyncGenerator<RecordPage> {
  for (let skipped = 0, total = 1; skipped < total; skipped += PAGE_ROWS) {
    const page = await store.call("list_cost_records", {
      filters: { ...filters, max_rows: PAGE_ROWS, skip_rows: skipped },
    });
    total = page.total;
    yield page;
  }
}
