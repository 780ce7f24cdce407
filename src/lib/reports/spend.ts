import { type DateRange, periodOf } from "../dates/ranges.js";
import { decimal, percentOf } from "../money.js";
import type { DailySpend } from "../store/store.js";
import type { SpendFilters } from "./filters.js";
import { type GroupKey, groupsOf, isTimeKey, sorted } from "./groups.js";
import { type Spend, sumSpend } from "./sum.js";
import { warningsOf } from "./warnings.js";

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
  /** Names of the providers whose cost can be imported, for the hint where tokens have no price. */
  costExports?: ReadonlySet<string>;
}

/** Sums daily spend into groups, exactly. An open range ends where the data does. */
export const spendReport = (days: readonly DailySpend[], options: SpendOptions): SpendReport => {
  const { range, timezone, groupBy, filters = {} } = options;
  const found = days.filter(matching(filters));
  const totals = sumSpend(found);
  const ends = datesOf(found);
  const rows = groupsOf(found, (day) => JSON.stringify(keysOf(day, groupBy))).map((group) => ({
    ...keysOf(group[0], groupBy),
    ...sumSpend(group),
    share: null,
  }));
  return {
    range: { from: range.from ?? ends.from, to: range.to ?? ends.to, timezone },
    group_by: [...groupBy],
    totals,
    rows: sorted(withShares(rows, totals), groupBy),
    warnings: warningsOf(days, found, options),
  };
};

/** The rows with each one's percent of the total cost. */
export const withShares = (rows: readonly SpendRow[], { cost_usd }: Spend): SpendRow[] => {
  const total = decimal(cost_usd);
  return rows.map((row) => ({
    ...row,
    share: total.gt(0) ? percentOf(decimal(row.cost_usd), total) : null,
  }));
};

const keysOf = (day: DailySpend, groupBy: readonly GroupKey[]): Partial<Record<GroupKey, string | null>> =>
  Object.fromEntries(groupBy.map((key) => [key, isTimeKey(key) ? periodOf(day.date, key) : day[key]]));

const datesOf = (days: readonly DailySpend[]): DateRange => {
  const dates = days.map((day) => day.date).toSorted();
  return { from: dates[0] ?? null, to: dates.at(-1) ?? null };
};

const matching = ({ providers = [], models = [] }: SpendFilters) => {
  const names = new Set(providers.map((name) => name.toLowerCase()));
  const patterns = models.map(modelPattern);
  return ({ provider, model }: DailySpend): boolean =>
    (names.size === 0 || names.has(provider.toLowerCase())) &&
    (patterns.length === 0 || (model !== null && patterns.some((pattern) => pattern.test(model))));
};

const modelPattern = (text: string): RegExp => {
  const body = text
    .split("*")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  return new RegExp(text.includes("*") ? `^${body}$` : body, "isu");
};
