import { periodOf, weekdayOf } from "../dates/ranges.js";
import { decimal, plainPercentOf } from "../money.js";
import type { DailySpend } from "../api.js";
import { askedProviders, type SpendFilters } from "./filters.js";
import type { GroupKey, SpendOptions, SpendReport, SpendRow } from "./report.js";
import { matching, modelOf } from "./matching.js";
import { groupsOf, isTimeKey } from "./groups.js";
import { averageOf } from "./average.js";
import { coverageOf } from "./coverage.js";
import { missingWarnings } from "./coverage-warnings.js";
import { isInBill } from "./in-bill.js";
import { sorted } from "./order.js";
import { lacksTokens } from "./ratios.js";
import { datesOf, type Spend, sumSpend } from "./sum.js";
import { priceListsUsed } from "./price-lists.js";
import { unsavedWarnings } from "./saved.js";
import { notPriced, notPricedWarnings } from "./not-priced.js";
import { warningsOf, withoutHour } from "./warnings.js";
import { byHour, hourOf } from "./hours.js";
import { idOf, isNamedKey, WHO_KEYS } from "./who.js";

/** An open range ends where the data does. */
export const spendReport = (days: readonly DailySpend[], options: SpendOptions): SpendReport => {
  const { range, timezone, groupBy, filters = {}, names = {} } = options;
  const { convert = (day: DailySpend): DailySpend & Spend => day, currency } = options;
  const isWanted = matching(filters, names);
  const matched = days.filter(isWanted).map(convert);
  const unpriced = notPriced((options.byModel ?? days).filter(isWanted));
  const { found, left } = groupBy.includes("hour") ? byHour(matched) : { found: matched, left: [] };
  const totals = { ...sumSpend(found), ...(currency !== undefined && { currency }) };
  const ends = datesOf(found);
  const resolved = { from: range.from ?? ends.from, to: range.to ?? ends.to };
  const unknown = isUnknown(days, options);
  const coverage = options.coverage && coverageOf(options.coverage, range, providersIn(found, filters));
  const rows = groupsOf(found, (day) => JSON.stringify(keysOf(day, options))).map((group): SpendRow => {
    const sum = sumSpend(group);
    return {
      ...keysOf(group[0], options),
      ...sum,
      share: null,
      ...(isInBill(sum) && { in_bill: true }),
      ...(lacksTokens(group) && { lacks_tokens: true }),
    };
  });
  return {
    range: { ...resolved, timezone },
    group_by: [...groupBy],
    ...(unknown && { is_unknown: true as const }),
    ...(options.cash === true && { cash: true as const }),
    totals,
    ...(lacksTokens(found) && { lacks_tokens: true as const }),
    ...(coverage && { coverage }),
    // What left the account on a day says nothing of the days around it.
    ...(groupBy.includes("day") &&
      options.cash !== true &&
      averageOf(found, { covered: coverage?.covered ?? [], range: resolved, today: options.today })),
    ...(left.length > 0 && { without_hour: sumSpend(left) }),
    ...(unpriced.length > 0 && { not_priced: unpriced }),
    ...priceListsUsed(found),
    rows: sorted(withShares(rows, totals), groupBy),
    warnings: [
      ...warningsOf(days, matched, options, unknown),
      ...notPricedWarnings(unpriced, options.costExports),
      ...unsavedWarnings(matched),
      ...withoutHour(left),
      ...(coverage && options.coverage
        ? missingWarnings(coverage, options.coverage, range, options.today)
        : []),
    ],
  };
};

const isUnknown = (days: readonly DailySpend[], { range, coverage, filters = {} }: SpendOptions): boolean => {
  const providers = askedProviders(filters);
  if (days.some(matching({ providers: providers ?? [] }, {}))) return false;
  return coverage === undefined || coverageOf(coverage, range, providers).covered.length === 0;
};

/** The providers whose days matter: those that are asked for, or that the filters leave; undefined for all. */
const providersIn = (found: readonly DailySpend[], filters: SpendFilters): readonly string[] | undefined => {
  const { models = [], kinds = [], who = {} } = filters;
  const providers = askedProviders(filters);
  if (providers !== undefined) return providers;
  const isNarrow = models.length > 0 || kinds.length > 0 || WHO_KEYS.some((key) => who[key] !== undefined);
  return isNarrow ? [...new Set(found.map(({ provider }) => provider))] : undefined;
};

export const withShares = (rows: readonly SpendRow[], { cost_usd }: Spend): SpendRow[] => {
  const isShared = decimal(cost_usd).gt(0);
  return rows.map((row) => ({ ...row, share: isShared ? plainPercentOf(row.cost_usd, cost_usd) : null }));
};

const keysOf = (day: DailySpend, options: SpendOptions): Partial<Record<GroupKey, string | null>> =>
  Object.fromEntries(options.groupBy.map((key) => [key, valueOf(day, key, options)]));

const valueOf = (day: DailySpend, key: GroupKey, { labels, tags }: SpendOptions): string | null => {
  if (isTimeKey(key)) return periodOf(day.date, key);
  if (key === "weekday") return weekdayOf(day.date);
  if (key === "hour") return hourOf(day);
  if (isNamedKey(key)) return labels === undefined ? day[key] : labels(day, key);
  if (key === "session") return idOf(day, key);
  if (key === "tag") return tags?.(day) ?? null;
  if (key === "model") return modelOf(day);
  return key === "model_id" ? day.model : day[key];
};
