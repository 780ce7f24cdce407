import { type DateRange, periodOf } from "../dates/ranges.js";
import { decimal, percentOf } from "../money.js";
import type { DailySpend } from "../api.js";
import type { SpendFilters } from "./filters.js";
import type { GroupKey, SpendOptions, SpendReport, SpendRow } from "./report.js";
import { groupsOf, isTimeKey, sorted } from "./groups.js";
import { type Spend, sumSpend } from "./sum.js";
import { warningsOf } from "./warnings.js";

/** An open range ends where the data does. */
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
