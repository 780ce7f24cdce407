import { plain, sum, toScale } from "../money.js";
import type { DailySpend } from "../api.js";
import type { Average } from "./report.js";
import { flatOf, meteredOf } from "./sum.js";

/**
 * The average of the days that have data; nothing if none has. A day that only has a flat fee or a top-up says nothing
 * about usage.
 */
export const averageOf = (found: readonly DailySpend[]): { average?: Average } => {
  const days = new Set(found.filter(isUsage).map(({ date }) => date)).size;
  if (days === 0) return {};
  const metered = sum(found.map((day) => plain(meteredOf(day))));
  return { average: { usd_per_day: plain(toScale(metered.div(days))), days } };
};

const isUsage = (day: DailySpend): boolean => {
  const counts = [day.input_tokens, day.output_tokens, day.request_count];
  if (counts.some((count) => count !== null)) return true;
  if (!meteredOf(day).eq(0) || day.included_usd !== "0") return true;
  return flatOf(day).eq(0) && day.topup_usd === "0";
};
