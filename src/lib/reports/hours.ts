import type { DailySpend, FineSpend } from "../api.js";

/** Parts what has an hour from what its source gives only by day or month. */
export const byHour = (
  days: readonly (DailySpend | FineSpend)[],
): { found: DailySpend[]; left: DailySpend[] } => ({
  found: days.filter((day) => hourOf(day) !== null),
  left: days.filter((day) => hourOf(day) === null),
});

/** `00` to `23`; null for what has no hour. */
export const hourOf = (day: DailySpend | FineSpend): string | null =>
  "hour" in day && day.hour !== null ? String(day.hour).padStart(2, "0") : null;
