import type { Caller } from "./database.js";

export interface RefreshResult {
  /** How many of the caller's days had changed. */
  stale_days: number;
  seconds: number;
  /** RFC 3339. */
  last_refresh: string | null;
  /** False if another session is already refreshing. */
  done: boolean;
}

export const refreshDaily = async (caller: Caller): Promise<RefreshResult> => {
  const stale_days = await caller.staleDays();
  const before = await caller.call("get_database_status", {});
  const start = performance.now();
  await caller.call("refresh_cost_records_daily", {});
  const seconds = Math.round(performance.now() - start) / 1000;
  const { last_refresh } = await caller.call("get_database_status", {});
  return { stale_days, seconds, last_refresh, done: last_refresh !== before.last_refresh };
};
