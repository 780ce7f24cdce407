import { type DateRange, periodOf, weekdayOf } from "../dates/ranges.js";
import { decimal, percentOf } from "../money.js";
import type { DailySpend } from "../api.js";
import { modelName } from "../record/model-name.js";
import type { SpendFilters } from "./filters.js";
import type { GroupKey, SpendOptions, SpendReport, SpendRow } from "./report.js";
import { groupsOf, isTimeKey } from "./groups.js";
import { sorted } from "./order.js";
import { billedDays, isInBill } from "./in-bill.js";
import { averageOf } from "./average.js";
import { type Spend, sumSpend } from "./sum.js";
import { warningsOf } from "./warnings.js";

/** An open range ends where the data does. */
export const spendReport = (days: readonly DailySpend[], options: SpendOptions): SpendReport => {
  const { range, timezone, groupBy, filters = {} } = options;
  const found = days.filter(matching(filters));
  const totals = sumSpend(found);
  const ends = datesOf(found);
  const isBilled = billedDays(days);
  const rows = groupsOf(found, (day) => JSON.stringify(keysOf(day, groupBy))).map((group): SpendRow => {
    const sum = sumSpend(group);
    return {
      ...keysOf(group[0], groupBy),
      ...sum,
      share: null,
      ...(isInBill(group, sum, isBilled) && { in_bill: true }),
    };
  });
  return {
    range: { from: range.from ?? ends.from, to: range.to ?? ends.to, timezone },
    group_by: [...groupBy],
    totals,
    ...(groupBy.includes("day") && averageOf(found)),
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
  Object.fromEntries(groupBy.map((key) => [key, valueOf(day, key)]));

const valueOf = (day: DailySpend, key: GroupKey): string | null => {
  if (isTimeKey(key)) return periodOf(day.date, key);
  if (key === "weekday") return weekdayOf(day.date);
  if (key === "model") return nameOf(day);
  return key === "model_id" ? day.model : day[key];
};

/** The model's name, whatever its source calls it. */
const nameOf = ({ provider, model }: DailySpend): string | null =>
  model === null ? null : modelName(provider, model);

const datesOf = (days: readonly DailySpend[]): DateRange => {
  const dates = days.map((day) => day.date).toSorted();
  return { from: dates[0] ?? null, to: dates.at(-1) ?? null };
};

const matching = ({ providers = [], models = [], kinds = [], noSubscriptions = false }: SpendFilters) => {
  const names = new Set(providers.map((name) => name.toLowerCase()));
  const patterns = models.map(modelPattern);
  const isWanted = (day: DailySpend): boolean => {
    const names = [day.model, nameOf(day)];
    if (names.some((name) => name !== null && patterns.some((pattern) => pattern.test(name)))) return true;
    // Another spelling of a name stands for the same model.
    return models.some((model) => modelName(day.provider, model) === nameOf(day));
  };
  return (day: DailySpend): boolean =>
    (names.size === 0 || names.has(day.provider.toLowerCase())) &&
    (kinds.length === 0 || (day.kind !== null && kinds.includes(day.kind))) &&
    !(noSubscriptions && day.kind === "subscription") &&
    (patterns.length === 0 || isWanted(day));
};

const modelPattern = (text: string): RegExp => {
  const body = text
    .split("*")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  return new RegExp(text.includes("*") ? `^${body}$` : body, "isu");
};
