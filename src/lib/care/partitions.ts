import type { MonthPartition } from "../api.js";
import type { Caller } from "./database.js";

/** This month (UTC) and `ahead` more. @returns those that were created, in order */
export const makeAhead = async (
  caller: Caller,
  known: readonly MonthPartition[],
  ahead: number,
  now: Date,
): Promise<string[]> => {
  const missing = monthsAhead(ahead, now).filter((month) => !known.some((each) => each.month === month));
  for (const name of missing) {
    const [year, month] = name.split("-").map(Number) as [number, number];
    await caller.call("create_monthly_partition", { year, month });
  }
  return missing;
};

const monthsAhead = (ahead: number, now: Date): string[] =>
  Array.from({ length: ahead + 1 }, (_, index) => monthOf(now, index));

/** UTC, for example `2026-01`. */
export const monthOf = (moment: Date, later = 0): string =>
  new Date(Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth() + later)).toISOString().slice(0, 7);
