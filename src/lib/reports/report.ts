import type { PreviousSpan } from "../dates/previous-span.js";
import type { DateRange, Span } from "../dates/ranges.js";
import type { SpendFilters } from "./filters.js";
import type { Coverage, DailySpend, NamedKey, Names } from "../api.js";
import type { RateSource } from "../record/rates.js";
import type { BlankSpend, Spend } from "./sum.js";

export const GROUP_KEYS = [
  "day",
  "week",
  "month",
  "weekday",
  "hour",
  "provider",
  "model",
  "model_id",
  "kind",
  "method",
  "account",
  "project",
  "api_key",
  "agent",
  "session",
  "tag",
] as const;
export type GroupKey = (typeof GROUP_KEYS)[number];

/**
 * The difference from the previous period. previous_usd is null if nothing is recorded for that one, change_usd if nothing
 * is recorded for either of the two; change_percent also if the previous one cost nothing.
 */
export interface Comparison {
  previous_usd: string | null;
  change_usd: string | null;
  change_percent: string | null;
}

/** Between two periods that both have data. */
export interface Change extends Comparison {
  previous_usd: string;
  change_usd: string;
}

/** One group, or one pair of groups. Only the keys that the report is grouped by are present. */
export interface SpendRow extends Spend, Partial<Record<GroupKey, string | null>>, Partial<Comparison> {
  /** Percent of the total cost, one decimal; null unless the total is above zero. */
  share: string | null;
  /** On the row `other`: how many groups it sums. */
  others?: number;
  /** Nothing is recorded, because nothing was spent: the days have data. */
  known_empty?: true;
  /** In a report by day of all spend: the day costs much more than such a weekday usually does, `usual_usd`. */
  stands_out?: true;
  usual_usd?: string;
  /** The row has usage, and a bill of the same days has its money. */
  in_bill?: true;
  /** Some provider charges for usage here, but no source states its tokens: a price per token would be wrong. */
  lacks_tokens?: true;
  /** Only if a column asks for them. */
  tokens?: number | null;
  usd_per_mtok?: string | null;
  cached_share?: string | null;
}

/** A period without data: nothing is known of it, so that no measure is 0. */
export type BlankRow = Partial<Record<GroupKey, string | null>> & BlankSpend & Record<"share", null>;

export const isBlank = (row: SpendRow | BlankRow): row is BlankRow => row.cost_usd === null;

/** The rates of one source that were used. */
export interface RatesUsed {
  source: RateSource;
  /** Calendar dates of the first and the last one; null for those that hold on every day. */
  from: string | null;
  to: string | null;
}

/** What usage cost on an average day, without flat fees, exact to ten decimals. */
export interface Average {
  usd_per_day: string;
  days: number;
  /** Which days these are: those with data or, if nothing tells of any, those of the calendar until today. */
  over: "covered" | "calendar";
}

/** Names of price lists, in order. */
export interface PriceListsUsed {
  /** Of the estimates that count. */
  estimated: string[];
  /** Of what plans cover. */
  included: string[];
}

/** Tokens of a model that nothing has a price for. */
export interface NotPriced {
  provider: string;
  /** Null if the source names none. */
  model: string | null;
  tokens: number;
}

/** Of which days of a report something is known. */
export interface ReportCoverage {
  /** Days with data, be it that nothing was spent: some provider tells of them, and none has a gap there. */
  covered: Span[];
  /** The last day that any provider tells of; null if there is none. */
  data_to: string | null;
  /** Those that tell of any day of the report, by name. */
  providers: ProviderCoverage[];
}

export interface ProviderCoverage {
  provider: string;
  covered: Span[];
  /** Days between its first and its last one, in all, that nothing tells of. */
  gaps: Span[];
  /** The last day that it tells of, in the range. */
  data_to: string;
}

/** The JSON contract of `aicost report --json`. */
export interface SpendReport {
  /** Calendar dates, ends included; null if an open range has no data. */
  range: DateRange & { timezone: string };
  compared_with?: DateRange & Pick<PreviousSpan, "unfinished" | "data_to">;
  group_by: GroupKey[];
  /** Nothing is recorded for its days, not even that nothing was spent; filters by model, kind and name are left aside. */
  is_unknown?: true;
  /** It is of what left the account, not of what was used: cost_usd has top-ups, and no usage that credit paid for. */
  cash?: boolean;
  totals: Omit<SpendRow, GroupKey | "share" | "others" | "in_bill" | "lacks_tokens">;
  /** As of a row, of the totals. */
  lacks_tokens?: true;
  /** Of which days something is known; absent if nobody asked. */
  coverage?: ReportCoverage;
  /** In a report by day. */
  average?: Average;
  /** In a report by hour: what it leaves out, because sources give it only by day or month. */
  without_hour?: Spend;
  /** Which tokens have no price, most first; absent if all have one. */
  not_priced?: NotPriced[];
  /** What its estimates rest on; absent without any. */
  price_lists?: PriceListsUsed;
  /** If it is shown in another currency than dollars: what rates that rests on. */
  rates?: RatesUsed[];
  /** Ascending if grouped by time, else by descending cost. */
  rows: SpendRow[];
  /** Whole sentences. */
  warnings: string[];
}

/** A report that has a row for every period of its range. */
export interface FilledReport extends Omit<SpendReport, "rows"> {
  rows: (SpendRow | BlankRow)[];
}
/** What a report calls an account, project or key; null if nothing names it. */
export type Labels = (day: DailySpend, key: NamedKey) => string | null;

export interface SpendOptions {
  range: DateRange;
  timezone: string;
  /** One key, or two for a pivot. */
  groupBy: readonly GroupKey[];
  filters?: SpendFilters;
  /** What the report calls accounts, projects and keys; needed if it looks at any. */
  labels?: Labels;
  /** The tag of spend; needed if the report looks at tags. */
  tags?: (day: DailySpend) => string | null;
  /** Names by id, for the filters. */
  names?: Names;
  /** Of which days something is known. */
  coverage?: Coverage;
  /** The date of today: what comes after it is not known to anybody. */
  today?: string;
  /** Turns what is found into another currency, or adds that. */
  convert?: (day: DailySpend) => DailySpend & Spend;
  /** Of what `convert` gives. */
  currency?: string;
  /** The first and last date with records, for the hint if nothing is found; null without records. */
  recorded?: DateRange | null;
  /** The days are of what left the account. */
  cash?: boolean;
  /** Spend by model, if that of the report is not: what has no price is named by it. */
  byModel?: readonly DailySpend[];
  /** Providers whose cost export can be imported, for the hint if tokens have no price. */
  costExports?: ReadonlySet<string>;
}
