import type { NewSubscription, Period, PlanPrice } from "../api.js";
import { daysAfter } from "../dates/days.js";
import { typedDay } from "../dates/ranges.js";
import { UserError } from "../errors.js";
import { decimal, plain, stored, typedAmount } from "../money.js";
import { didYouMean, nearest } from "../nearest.js";
import { parseCurrency } from "../record/currency.js";
import { parseProvider } from "../record/provider-name.js";
import {
  currencyOf,
  type Plan,
  type PlanProvider,
  planName,
  planProvider,
  plansNamed,
  plansOf,
  periodOf,
  pricesSince,
} from "./plans.js";

/** What a person types of a subscription. */
export interface TypedSubscription {
  since: string;
  cost?: string | undefined;
  currency?: string | undefined;
  per?: Period | undefined;
  seats?: number | undefined;
  tax?: string | undefined;
  "trial-until"?: string | undefined;
  name?: string | undefined;
}

/** What was found of a provider and a plan. */
export interface FoundPlan {
  /** `providers.name`. */
  provider: string;
  /** Null if no plans of the provider are listed. */
  listed: PlanProvider | null;
  /** The plans that are meant: none if it is not listed, several if the text is ambiguous. */
  plans: Plan[];
}

/** @throws UserError `provider_name` */
export const foundPlan = (provider: string, plan: string): FoundPlan => {
  const listed = planProvider(provider) ?? null;
  const name = listed?.name ?? parseProvider(provider);
  return { provider: name, listed, plans: plansNamed(name, plan) };
};

/** No plan is guessed. */
export const ambiguousPlan = (text: string, { provider, plans }: FoundPlan): UserError =>
  new UserError(
    "plan_ambiguous",
    `“${text}” may be several plans of ${provider}: ${plans.map(({ plan }) => plan).join(", ")}.`,
    `Name one, for example: aicost subscriptions add ${provider} ${plans[0]?.plan ?? text} --since DATE`,
  );

const notListed = (text: string, { provider }: FoundPlan): UserError => {
  const names = plansOf(provider).map(({ plan }) => plan);
  const known = names.length === 0 ? "" : ` Plans of ${provider}: ${names.join(", ")}.`;
  return new UserError(
    "plan_unknown",
    `No price is known of the plan “${text}” of ${provider}.${known}`,
    `${didYouMean(nearest(planName(text), names))}Give its price: --cost 20`,
  );
};

/** The first and the last day that a subscription may begin on. */
const FIRST_DAY = "2015-01-01";
const DAYS_AHEAD = 730;

/**
 * A subscription as it was typed, with the list price if no other is given.
 * @param today in the user's time zone
 * @throws UserError `plan_unknown`, `bad_amount`, `bad_currency`, `bad_date`, `bad_tax`, `bad_name`
 */
export const newSubscription = (
  text: string,
  found: FoundPlan,
  typed: TypedSubscription,
  today: string,
): NewSubscription => {
  const plan = found.plans[0];
  const since = subscriptionDay("since", typed.since, today);
  const trial_until =
    typed["trial-until"] === undefined ? null : subscriptionDay("trial-until", typed["trial-until"], today);
  if (trial_until !== null && trial_until < since)
    throw new UserError("bad_date", `The trial ends on ${trial_until}, before it begins on ${since}.`);
  const period = typed.per ?? (plan ? periodOf(plan) : "month");
  const key = plan?.plan ?? planName(text);
  const listed = typed.cost === undefined && plan ? pricesSince(plan, period, since) : null;
  if (typed.cost === undefined && listed === null)
    throw plan ? notSoldSo(plan, period, since) : notListed(text, found);
  const listCurrency = listed && plan ? currencyOf(plan) : null;
  const currency = typed.currency === undefined ? (listCurrency ?? "USD") : parseCurrency(typed.currency);
  if (listCurrency !== null && currency !== listCurrency)
    throw new UserError(
      "bad_currency",
      `The list price of ${plan?.name ?? key} is in ${listCurrency}, not in ${currency}.`,
      `Give what you pay: --cost 20 --currency ${currency}`,
    );
  return {
    provider: found.provider,
    name: nameOf(typed.name ?? `${found.listed?.short ?? found.provider}-${key}`),
    plan: key,
    period,
    currency,
    prices: listed ?? [{ from: since, cost: costOf(typed.cost ?? "", currency), is_listed: false }],
    seats: typed.seats ?? 1,
    tax_percent: typed.tax === undefined ? null : taxOf(typed.tax),
    since,
    trial_until,
  };
};

const notSoldSo = (plan: Plan, period: Period, since: string): UserError =>
  new UserError(
    "plan_unknown",
    `No price is known of ${plan.name} by the ${period} on ${since}.`,
    "Give what you pay: --cost 20",
  );

/** @throws UserError `bad_amount`, `bad_date` */
export const newPrice = (cost: string, from: string, currency: string, today: string): PlanPrice => ({
  from: subscriptionDay("from", from, today),
  cost: costOf(cost, currency),
  is_listed: false,
});

/** A day of a subscription as it was typed. @throws UserError `bad_date` */
export const subscriptionDay = (flag: string, text: string, today: string): string => {
  const day = typedDay(text, today);
  if (day === null)
    throw new UserError("bad_date", `“${text}” is not a date.`, `For example: --${flag} 2026-01-15`);
  if (day >= FIRST_DAY && day <= daysAfter(today, DAYS_AHEAD)) return day;
  throw new UserError(
    "bad_date",
    `${day} is too far away.`,
    `Give a day from ${FIRST_DAY} to two years ahead: --${flag} DATE`,
  );
};

const costOf = (text: string, currency: string): string => {
  const reading = typedAmount(text, currency);
  if ("wrong" in reading)
    throw new UserError(
      "bad_amount",
      `“${text}” ${reading.write === undefined ? reading.wrong : "is not an amount"}.`,
      `For example: --cost ${reading.write ?? "20"}`,
    );
  const kept = reading.value.lt(0) ? null : stored(reading.value);
  if (kept !== null) return kept;
  throw new UserError("bad_amount", `“${text}” cannot be a price.`, "For example: --cost 20");
};

/** A percentage, with or without its sign. */
const taxOf = (text: string): string => {
  const [, digits] = /^(100|\d{1,2}(?:\.\d{1,4})?) ?%?$/.exec(text.trim()) ?? [];
  if (digits !== undefined) return plain(decimal(digits));
  throw new UserError("bad_tax", `“${text}” is not a tax in percent.`, "For example: --tax 19");
};

const nameOf = (text: string): string => {
  const name = planName(text);
  if (/^[a-z0-9][a-z0-9._+-]{0,99}$/.test(name)) return name;
  throw new UserError(
    "bad_name",
    `“${text}” is not a name for a subscription.`,
    "Use letters, digits, dots and dashes: --name claude-max",
  );
};
