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
 * What was spent. Money is decimal strings in US dollars; cost_usd = billed + subscription + estimated. included_usd,
 * the worth of usage that a plan covers, is not part of it. A count that no source states is null.
 */
export type Spend = Omit<DailySpend, "date" | "provider" | "model" | "method">;

/** A count stays null if none of them states it. */
export const sumSpend = (parts: readonly Spend[]): Spend => {
  const money = (name: (typeof MONEY)[number]): string =>
    // Most amounts are absent, and adding zeros exactly would take as long as adding amounts.
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
