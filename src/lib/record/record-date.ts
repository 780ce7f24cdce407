import { dateIn } from "../dates/ranges.js";
import type { CostRecord } from "./record.js";

/** The date that a record counts on: a `day` or `month` bucket is the date that its provider named, in every time zone. */
export const recordDate = (
  { timestamp, granularity }: Pick<CostRecord, "timestamp" | "granularity">,
  timezone: string,
): string =>
  granularity === "day" || granularity === "month" || (timezone === "UTC" && timestamp.endsWith("Z"))
    ? timestamp.slice(0, 10)
    : dateIn(timezone, timestamp);
