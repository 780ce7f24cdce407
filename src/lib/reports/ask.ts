import {
  type Answers,
  type DailySpend,
  FINE_KEYS,
  type FineKey,
  type FineSpend,
  type FineSpendQuery,
  type SplitKey,
  SPLIT_KEYS,
  type TagRule,
} from "../api.js";
import type { DateRange } from "../dates/ranges.js";
import type { PriceChain } from "../prices/chain.js";
import type { SpendFilters } from "./filters.js";
import type { GroupKey, SpendOptions, SpendReport } from "./report.js";
import { Exchange } from "./currency.js";
import { withSaved } from "./saved.js";
import { spendReport } from "./spend.js";
import { datesOf, type PaidByCredit } from "./sum.js";
import { tagsOf } from "./tags.js";
import { isNamedKey, labelsOf, WHO_KEYS } from "./who.js";

/** What answers about spend: a database, or a read model. */
export type SpendAnswers = Answers<"get_daily_spend" | "list_names" | "get_coverage" | "get_rates">;

/** What knows single records: a database. */
export interface FineAnswers {
  call(name: "get_fine_spend", args: FineSpendQuery): Promise<FineSpend[]>;
}

export type AskedReport = Pick<SpendOptions, "timezone" | "groupBy" | "today" | "coverage"> & {
  filters: SpendFilters;
  /** Of tags. */
  rules: readonly TagRule[];
  /** If the report says what caching saved. */
  prices?: PriceChain | undefined;
  /** If the report is of what left the account. */
  asCash?: AsCash | undefined;
  /** Opens what knows single records; needed if the report looks at hours or sessions. */
  openFine?: () => Promise<FineAnswers>;
};

/**
 * Turns spend into what left the account. It gets all spend of each day and provider, split in any way, and gives a row for
 * each row in the same order, with `paid_by_credit_usd`.
 */
export type AsCash = (days: readonly DailySpend[]) => (DailySpend & PaidByCredit)[];

interface SpendReports {
  /** In dollars; their costs in the currency too, if that is another one. */
  reports: SpendReport[];
  /** As people see them: all their amounts are in the currency. */
  shown: SpendReport[];
}

/** The reports of several ranges in dollars, in which the same thing has the same name. */
export const spendReports = async (
  source: SpendAnswers,
  ranges: readonly DateRange[],
  asked: AskedReport,
): Promise<SpendReport[]> => (await reportsIn("USD", source, ranges, asked)).reports;

/**
 * As `spendReports`, in dollars and in a currency.
 * @throws UserError `currency_rate_missing` if a day with spend has no rate
 */
export const reportsIn = async (
  currency: string,
  source: SpendAnswers,
  ranges: readonly DateRange[],
  { rules, openFine, prices, asCash, ...options }: AskedReport,
): Promise<SpendReports> => {
  const isInDollars = currency === "USD";
  const split = splitFor(options.groupBy, options.filters, {
    mayMerge: isInDollars && prices === undefined && asCash === undefined,
    isPriced: prices !== undefined,
  });
  const spent = await spentIn(source, ranges, split, openFine);
  const models = await byModel(source, ranges, { spent, split, openFine });
  const named = split.split_by.some(isNamedKey) ? await namedIn(source, spent.flat(), rules) : {};
  const asked = await Promise.all(
    ranges.map(async (range, index) => {
      const used = spent[index] ?? [];
      const found = asCash?.(used) ?? used;
      const days = prices === undefined ? found : withSaved(found, prices);
      const whole = {
        ...options,
        range,
        cash: asCash !== undefined,
        ...named,
        // A report starts sooner without the formats.
        ...(models[index] && { byModel: models[index], costExports: await exportsOfCost() }),
        ...(days.length === 0 && { recorded: await recorded(source) }),
      };
      return { days, options: whole };
    }),
  );
  const reportsWith = (more: Pick<SpendOptions, "convert" | "currency">): SpendReport[] =>
    asked.map(({ days, options }) => spendReport(days, { ...options, ...more }));
  if (isInDollars) {
    const reports = reportsWith({});
    return { reports, shown: reports };
  }
  const exchange = new Exchange(currency, await source.call("get_rates", { currency, ...endsOf(ranges) }));
  const shown = reportsWith({ currency, convert: (day) => exchange.shown(day) });
  const reports = reportsWith({ currency, convert: (day) => exchange.beside(day) });
  const rates = exchange.used;
  const told = (report: SpendReport): SpendReport => ({ ...report, rates });
  return { reports: reports.map(told), shown: shown.map(told) };
};

/** What was spent in each of the ranges. Sums that are kept answer sooner than single records. */
const spentIn = async (
  source: SpendAnswers,
  ranges: readonly DateRange[],
  { split_by, by_month }: Split,
  openFine: AskedReport["openFine"],
): Promise<DailySpend[][]> => {
  const kept = split_by.filter((key) => !isFineKey(key));
  const fine = kept.length < split_by.length ? await openFine?.() : undefined;
  const spent: DailySpend[][] = [];
  for (const { from, to } of ranges) {
    const range = { from_date: from, to_date: to, by_month };
    spent.push(
      await (fine?.call("get_fine_spend", { ...range, split_by }) ??
        source.call("get_daily_spend", { ...range, split_by: kept })),
    );
  }
  return spent;
};

/** The same by model too, of the ranges in which tokens have no price: those models are named. */
const byModel = (
  source: SpendAnswers,
  ranges: readonly DateRange[],
  { spent, split, openFine }: { spent: DailySpend[][]; split: Split; openFine: AskedReport["openFine"] },
): Promise<(DailySpend[] | undefined)[]> =>
  Promise.all(
    ranges.map(async (range, index) => {
      const days = spent[index] ?? [];
      if (days.every((day) => day.unpriced_tokens === 0)) return undefined;
      if (split.split_by.includes("model")) return days;
      const finer = { ...split, split_by: inOrder(new Set([...split.split_by, "model"])) };
      return (await spentIn(source, [range], finer, openFine))[0];
    }),
  );

/** The days of all ranges. */
const endsOf = (ranges: readonly DateRange[]): { from_day: string | null; to_day: string | null } => ({
  from_day: ranges.some(({ from }) => from === null)
    ? null
    : (ranges.map(({ from }) => from).sort()[0] ?? null),
  to_day: ranges.some(({ to }) => to === null)
    ? null
    : (ranges
        .map(({ to }) => to)
        .sort()
        .at(-1) ?? null),
});

/** What accounts, projects and keys are called, and the tags of spend. */
const namedIn = async (
  source: SpendAnswers,
  days: readonly DailySpend[],
  rules: readonly TagRule[],
): Promise<Pick<SpendOptions, "names" | "labels" | "tags">> => {
  const names = await source.call("list_names", {});
  return { names, labels: labelsOf(days, names), tags: tagsOf(rules, names) };
};

type Split = Required<Pick<FineSpendQuery, "split_by" | "by_month">>;

/** As little detail as the report can be made of. */
const splitFor = (
  groupBy: readonly GroupKey[],
  { models = [], kinds = [], noSubscriptions = false, who = {} }: SpendFilters,
  /** Not if each day has a rate or price of its own. @param isPriced each model has a price */
  { mayMerge, isPriced }: { mayMerge: boolean; isPriced: boolean },
): Split => {
  const wanted = new Set<SplitKey | FineKey>();
  for (const key of groupBy) if (isSplitKey(key) || isFineKey(key)) wanted.add(key);
  if (groupBy.includes("model_id") || models.length > 0 || isPriced) wanted.add("model");
  if (kinds.length > 0 || noSubscriptions) wanted.add("kind");
  for (const key of WHO_KEYS)
    if (who[key] !== undefined || (groupBy.includes("tag") && isNamedKey(key))) wanted.add(key);
  // Keys and projects of one name are told apart by their account.
  if (wanted.has("project") || wanted.has("api_key")) wanted.add("account");
  return {
    split_by: inOrder(wanted),
    by_month: mayMerge && !groupBy.some((key) => key === "day" || key === "week" || key === "weekday"),
  };
};

const inOrder = (wanted: ReadonlySet<SplitKey | FineKey>): (SplitKey | FineKey)[] =>
  [...SPLIT_KEYS, ...FINE_KEYS].filter((key) => wanted.has(key));

const isFineKey = (key: GroupKey | SplitKey | FineKey): key is FineKey =>
  (FINE_KEYS as readonly string[]).includes(key);

const isSplitKey = (key: GroupKey): key is GroupKey & SplitKey =>
  (SPLIT_KEYS as readonly string[]).includes(key);

const exportsOfCost = async (): Promise<ReadonlySet<string>> => {
  const { costExports } = await import("../providers/index.js");
  return costExports();
};

/** The first and last date with records. */
const recorded = async (source: SpendAnswers): Promise<DateRange | null> => {
  const months = await source.call("get_daily_spend", {
    from_date: null,
    to_date: null,
    split_by: [],
    by_month: true,
  });
  return months.length === 0 ? null : datesOf(months);
};
