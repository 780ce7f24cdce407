import type { DateRange } from "../dates/ranges.js";
import type { SpendFilters } from "./filters.js";
import type { Spend } from "./sum.js";

/** What a report can be grouped by. */
export const GROUP_KEYS = ["day", "week", "month", "provider", "model", "method"] as const;
export type GroupKey = (typeof GROUP_KEYS)[number];

/** How the spend differs from the period before; change_percent is null where there was none before. */
export interface Comparison {
  previous_usd: string;
  change_usd: string;
  change_percent: string | null;
}

/** One group, or one pair of groups. Of its group keys it holds those that the report is grouped by. */
export interface SpendRow extends Spend, Partial<Record<GroupKey, string | null>>, Partial<Comparison> {
  /** Percent of the total cost, one decimal; null where the total is not above zero. */
  share: string | null;
  /** On the row `other` of the biggest groups: how many groups it sums. */
  others?: number;
}

/** The JSON contract of `aicost report --json`. */
export interface SpendReport {
  /** Calendar dates, ends included; null where an open range has no data. */
  range: DateRange & { timezone: string };
  /** The range that `previous_usd` is of. */
  compared_with?: DateRange;
  group_by: GroupKey[];
  totals: Spend & Partial<Comparison>;
  /** By time where grouped by time, else by cost, the biggest first. */
  rows: SpendRow[];
  /** Whole sentences. */
  warnings: string[];
}

export interface SpendOptions {
  range: DateRange;
  timezone: string;
  /** One key, or two for a pivot. */
  groupBy: readonly GroupKey[];
  filters?: SpendFilters;
  /** The dates that have records at all, for the hint where nothing is found; null where there are none. */
  recorded?: DateRange | null;
  /** Names of the providers whose cost can be imported, for the hint if tokens have no price. */
  costExports?: ReadonlySet<string>;
}
