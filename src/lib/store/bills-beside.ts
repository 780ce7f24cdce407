import type { StoredRecord } from "../api.js";
import { recordDate } from "../record/record-date.js";
import { billedDays } from "../reports/in-bill.js";
import { hasNoPrice } from "../reports/warnings.js";
import type { Store } from "./store.js";

/** Finds out whether bills of the same days have the money of records without a price. */
export const billsBeside = async (
  store: Store,
  records: readonly StoredRecord[],
  timezone: string,
): Promise<(record: StoredRecord) => boolean> => {
  const dates = records
    .filter(hasNoPrice)
    .map((record) => recordDate(record, timezone))
    .toSorted();
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined) return () => false;
  const days = await store.call("get_daily_spend", {
    from_date: first,
    to_date: last,
    split_by: ["account"],
  });
  const isBilled = billedDays(days);
  return (record) => hasNoPrice(record) && isBilled({ ...record, date: recordDate(record, timezone) });
};
