import { UserError } from "../errors.js";
import type { Store } from "./store.js";

/** Changed records from which refreshing the daily sums is cheaper than summing live. */
const WORTH_REFRESHING = 5000;

/** What may refresh sums for longer than the data API of a project allows, a way a line. */
export const OTHER_WAYS = [
  "Refresh as the owner of the database (the address is in the dashboard: Connect, Session pooler): AICOST_DB_URL='postgresql://…' aicost db refresh",
  "Or have the project do it every night: enable pg_cron (Database, Extensions), then AICOST_DB_URL='postgresql://…' aicost db migrate",
].join("\n");

/**
 * A refresh costs as much as summing all records: more than it saves if the changed ones are summed only once, for a
 * read model. Nothing depends on it: if it cannot be done now, sums are computed live for longer, and the user is told.
 */
export const refreshAfter = async (store: Store, changed: number): Promise<void> => {
  if (!store.sumsLive || changed < WORTH_REFRESHING) return;
  try {
    await store.call("refresh_cost_records_daily", {});
  } catch (error) {
    if (!(error instanceof UserError) || error.code === "bug") throw error;
    store.warn?.(`The daily sums were not refreshed: reports are right, but take longer.\n${OTHER_WAYS}`);
  }
};
