import type { Draft } from "../record/draft.js";

const HOUR = 3600;
/** February has 28 days, and a clock that is put forward takes an hour. */
const MONTH = 27 * 24 * HOUR;

/**
 * The bucket of a charge: an hour, a day or a month, whichever its period is. A day or month is that of the first date.
 * @param start and `end` RFC 3339 in UTC
 */
export const chargePeriod = (start: string, end: string | null): Pick<Draft, "timestamp" | "granularity"> => {
  const seconds = end === null ? 0 : (Date.parse(end) - Date.parse(start)) / 1000;
  if (seconds > 0 && seconds <= HOUR) return { timestamp: start, granularity: "hour" };
  const timestamp = `${start.slice(0, 10)}T00:00:00Z`;
  return { timestamp, granularity: seconds >= MONTH ? "month" : "day" };
};
