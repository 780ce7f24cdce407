import type { RecordFilters, StoredRecord } from "../api.js";
import { UserError } from "../errors.js";
import type { Store } from "./store.js";

export interface RecordPage {
  records: StoredRecord[];
  /** How many match, on whatever page. */
  total: number;
}

/** As many as one answer of a project may hold. */
const PAGE_ROWS = 5000;

/**
 * All records that match, page by page, at least one.
 * @throws UserError `pages_changed` if records before the page were added or removed meanwhile: some would be on two
 * pages, or on none
 */
export async function* allRecords(
  store: Store,
  filters: Omit<RecordFilters, "max_rows" | "skip_rows">,
): AsyncGenerator<RecordPage> {
  let last: StoredRecord | undefined;
  for (let read = 0; ;) {
    const { records, total } = await store.call("list_cost_records", {
      // The last record comes again: in its place it shows that none before it has moved.
      filters: { ...filters, max_rows: PAGE_ROWS, skip_rows: Math.max(read - 1, 0) },
    });
    if (last !== undefined && !isSameRecord(records.shift(), last)) throw changed();
    yield { records, total };
    read += records.length;
    if (read >= total) return;
    last = records.at(-1);
    if (last === undefined) throw changed();
  }
}

const isSameRecord = (one: StoredRecord | undefined, other: StoredRecord): boolean =>
  one?.id === other.id && one.timestamp === other.timestamp;

const changed = (): UserError =>
  new UserError(
    "pages_changed",
    "Another command or machine added or removed records while they were read.",
    "Run the command again.",
  );
