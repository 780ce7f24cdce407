import { type Decimal, ZERO, plain, plainSum, sum } from "../money.js";
import type { DailySpend, SplitKey } from "../api.js";
import type { DateRange } from "../dates/ranges.js";

/** What caching saved, US dollars; null if that is not known. */
export interface Saved {
  saved_usd: string | null;
}

/** In a report of what left the account. */
export interface PaidByCredit {
  /** The usage that prepaid credit paid for, US dollars: it is not part of cost_usd. */
  paid_by_credit_usd: string;
}

/** All amounts of spend. */
export const MONEY = [
  "cost_usd",
  "usage_usd",
  "extra_usage_usd",
  "subscription_usd",
  "fee_usd",
  "tax_usd",
  "credit_usd",
  "estimated_usd",
  "hidden_estimate_usd",
  "included_usd",
  "topup_usd",
] as const;

const COUNTS = [
  "input_tokens",
  "output_tokens",
  "cache_read_tokens",
  "cache_write_tokens",
  "request_count",
] as const;

/** The measures of a report, in the order of the JSON output. */
export const MEASURES = [
  ...MONEY,
  ...COUNTS,
  "record_count",
  "unpriced_tokens",
  "in_bill_tokens",
  "billed_count",
] as const;

/**
 * What was spent. Money is decimal strings in US dollars; cost_usd is the sum of what was charged, by kind, and of
 * estimated_usd. Not part of it are hidden_estimate_usd, estimates of what a bill has, included_usd, the worth of usage
 * that a plan covers, and topup_usd, credit bought ahead. A count that no source states is null.
 */
export type Spend = Omit<
  DailySpend,
  "date" | "last_date" | "provider" | SplitKey | "estimated_by" | "included_by"
> &
  InCurrency &
  Partial<Saved> &
  Partial<PaidByCredit>;

/** If reports are shown in another currency than dollars. */
export interface InCurrency {
  /** That of `cost` or, if this is to be shown, of all amounts; ISO 4217. */
  currency?: string;
  /** cost_usd in that currency. */
  cost?: string;
}

const inCurrency = (parts: readonly Spend[]): InCurrency => {
  const currency = parts.find((part) => part.currency !== undefined)?.currency;
  if (currency === undefined) return {};
  const isBeside = parts.some(({ cost }) => cost !== undefined);
  return { currency, ...(isBeside && { cost: plain(sum(parts.map(({ cost = "0" }) => cost))) }) };
};

/** The spend of days without data: no measure is 0. */
export type BlankSpend = Record<Exclude<keyof Spend, Beside>, null> & Partial<Record<Beside, null>>;

/** What stands beside the measures if it is asked for. */
type Beside = keyof InCurrency | keyof Saved | keyof PaidByCredit;

export const BLANK_SPEND = Object.fromEntries(MEASURES.map((name) => [name, null])) as BlankSpend;

/** A count stays null if none of them states it. */
export const sumSpend = (parts: readonly Spend[]): Spend => {
  const money = (name: (typeof MONEY)[number]): string => {
    const amounts: string[] = [];
    // Most amounts are absent.
    for (const { [name]: amount } of parts) if (amount !== "0") amounts.push(amount);
    return plainSum(amounts);
  };
  const count = (name: (typeof COUNTS)[number]): number | null =>
    parts.reduce<number | null>((total, { [name]: n }) => (n === null ? total : (total ?? 0) + n), null);
  return {
    cost_usd: money("cost_usd"),
    usage_usd: money("usage_usd"),
    extra_usage_usd: money("extra_usage_usd"),
    subscription_usd: money("subscription_usd"),
    fee_usd: money("fee_usd"),
    tax_usd: money("tax_usd"),
    credit_usd: money("credit_usd"),
    estimated_usd: money("estimated_usd"),
    hidden_estimate_usd: money("hidden_estimate_usd"),
    included_usd: money("included_usd"),
    topup_usd: money("topup_usd"),
    input_tokens: count("input_tokens"),
    output_tokens: count("output_tokens"),
    cache_read_tokens: count("cache_read_tokens"),
    cache_write_tokens: count("cache_write_tokens"),
    request_count: count("request_count"),
    record_count: parts.reduce((total, part) => total + part.record_count, 0),
    unpriced_tokens: parts.reduce((total, part) => total + part.unpriced_tokens, 0),
    in_bill_tokens: parts.reduce((total, part) => total + part.in_bill_tokens, 0),
    billed_count: parts.reduce((total, part) => total + part.billed_count, 0),
    ...inCurrency(parts),
    ...savedIn(parts),
    ...paidIn(parts),
  };
};

/** If the report is of what left the account. */
const paidIn = (parts: readonly Spend[]): Partial<PaidByCredit> => {
  const paid = parts.flatMap(({ paid_by_credit_usd }) => paid_by_credit_usd ?? []);
  return paid.length === 0 ? {} : { paid_by_credit_usd: plainSum(paid) };
};

/** If it was asked for. It stays null if nothing is known of any. */
const savedIn = (parts: readonly Spend[]): Partial<Saved> => {
  if (parts.every(({ saved_usd }) => saved_usd === undefined)) return {};
  const known = parts.flatMap(({ saved_usd }) => saved_usd ?? []);
  return { saved_usd: known.length === 0 ? null : plainSum(known) };
};

/** The first and the last date; null without any. */
export const datesOf = (days: readonly Pick<DailySpend, "date" | "last_date">[]): DateRange => {
  const [first] = days;
  if (first === undefined) return { from: null, to: null };
  let { date: from, last_date: to } = first;
  for (const { date, last_date } of days) {
    if (date < from) from = date;
    if (last_date > to) to = last_date;
  }
  return { from, to };
};

/** What goes on from day to day. */
const METERED = ["usage_usd", "extra_usage_usd", "estimated_usd"] as const;

/** What is charged at once: it says nothing of the other days. */
const FLAT = ["subscription_usd", "fee_usd", "tax_usd", "credit_usd"] as const;

/** The fields that add up to `cost_usd`. */
export type SpendPart = (typeof METERED | typeof FLAT)[number];

/** Those that do not go on from day to day. */
export type FlatPart = (typeof FLAT)[number];

export const isFlat = (name: SpendPart): boolean => (FLAT as readonly SpendPart[]).includes(name);

export const meteredOf = (spend: Spend): Decimal => sum(METERED.map((name) => spend[name]));

/** Of several parts together. */
export const meteredIn = (parts: readonly Spend[]): Decimal =>
  parts.reduce<Decimal>((total, part) => total.plus(meteredOf(part)), ZERO);

export const flatOf = (spend: Spend): Decimal => sum(FLAT.map((name) => spend[name]));
