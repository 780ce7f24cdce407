import { UserError } from "../errors.js";
import type { Store } from "./store.js";

/** Changed records from which refreshing the daily sums is cheaper than summing live. */
const WORTH_REFRESHING = 5000;

/**
 * A refresh costs as much as summing all records: more than it saves if the changed ones are summed only once, for a
 * read model. Nothing depends on it: if it cannot be done now, sums are computed live for longer.
 */
export const refreshAfter = async (store: Store, changed: number): Promise<void> => {
  if (!store.sumsLive || changed < WORTH_REFRESHING) return;
  try {
    await store.call("refresh_cost_records_daily", {});
  } catch (error) {
    if (!(error instanceof UserError) || error.code === "bug") throw error;
  }
};
