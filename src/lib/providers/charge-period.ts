import { dateOf } from "../dates/days.js";
import type { Draft } from "../record/draft.js";

const HOUR = 3600;
/** February has 28 days, and a clock that is put forward takes an hour. */
const MONTH = 27 * 24 * HOUR;

/**
 * The bucket of a charge: an hour, a day or a month, whichever its period is. A day or month is that of the first date;
 * what is longer ends before `end`.
 * @param start and `end` RFC 3339 in UTC
 */
export const chargePeriod = (
  start: string,
  end: string | null,
): Pick<Draft, "timestamp" | "granularity" | "until"> => {
  const seconds = end === null ? 0 : (Date.parse(end) - Date.parse(start)) / 1000;
  if (seconds > 0 && seconds <= HOUR) return { timestamp: start, granularity: "hour" };
  const timestamp = `${dateOf(start)}T00:00:00Z`;
  if (end === null || seconds < MONTH) return { timestamp, granularity: "day" };
  return { timestamp, granularity: "month", until: dateOf(new Date(Date.parse(end) - 1).toISOString()) };
};
