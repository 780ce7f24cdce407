import { type Decimal, ZERO, plain } from "../money.js";
import type { DailySpend } from "../api.js";

const MONEY = ["cost_usd", "billed_usd", "subscription_usd", "estimated_usd", "included_usd"] as const;
const COUNTS = [
  "input_tokens",
  "output_tokens",
  "cache_read_tokens",
  "cache_write_tokens",
  "request_count",
] as const;

/** The measures of a report, in the order of the JSON output. */
export const MEASURES = [...MONEY, ...COUNTS, "record_count", "unpriced_tokens", "billed_count"] as const;

/**
 * What was spent. Money is decimal strings in US dollars; cost_usd = billed + subscription + estimated, and
 * included_usd, the worth of what a plan covered, is no part of it. A count that no source states is null.
 */
export type Spend = Omit<DailySpend, "date" | "provider" | "model" | "method">;

/** The exact sum of spends. A count stays null where none of them states it. */
export const sumSpend = (parts: readonly Spend[]): Spend => {
  const money = (name: (typeof MONEY)[number]): string =>
    // Most parts have most amounts not at all, and exact sums of nothing take as long as others.
    plain(
      parts.reduce<Decimal>((total, part) => (part[name] === "0" ? total : total.plus(part[name])), ZERO),
    );
  const count = (name: (typeof COUNTS)[number]): number | null =>
    parts.reduce<number | null>((total, { [name]: n }) => (n === null ? total : (total ?? 0) + n), null);
  return {
    cost_usd: money("cost_usd"),
    billed_usd: money("billed_usd"),
    subscription_usd: money("subscription_usd"),
    estimated_usd: money("estimated_usd"),
    included_usd: money("included_usd"),
    input_tokens: count("input_tokens"),
    output_tokens: count("output_tokens"),
    cache_read_tokens: count("cache_read_tokens"),
    cache_write_tokens: count("cache_write_tokens"),
    request_count: count("request_count"),
    record_count: parts.reduce((total, part) => total + part.record_count, 0),
    unpriced_tokens: parts.reduce((total, part) => total + part.unpriced_tokens, 0),
    billed_count: parts.reduce((total, part) => total + part.billed_count, 0),
  };
};
