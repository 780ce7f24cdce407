import type { Period, PlanPrice } from "../api.js";
import plans from "./plans.json" with { type: "json" };

/** The plans that come with aicost: list prices, each with its sources. Its file is read when this module is. */
export interface Plan {
  /** `providers.name`. */
  provider: string;
  plan: string;
  name: string;
  aliases: readonly string[];
  per: string;
  min_seats: number | null;
  confidence: string;
  /** In the order of their days; a sum charged once a month or once a year, before tax; null is unknown. */
  prices: readonly ListPrice[];
  sources: readonly { url: string; date: string }[];
}

interface ListPrice {
  /** Null: from the beginning. */
  from: string | null;
  monthly: string | null;
  yearly: string | null;
  currency: string;
}

export interface PlanProvider {
  name: string;
  display_name: string;
  /** What subscriptions are called by. */
  short: string;
  aliases: readonly string[];
  /** Coding agents whose use is a use of its plans. */
  agents: readonly string[];
}

export const PLANS: readonly Plan[] = plans.plans;
/** When the list was made, a calendar date. */
export const PLANS_DATE: string = plans.as_of;

/** By its name or one of its aliases, in any case; undefined if no plan is listed of it. */
export const planProvider = (text: string): PlanProvider | undefined => {
  const name = text.trim().toLowerCase();
  return (
    plans.providers.find((provider) => provider.name === name) ??
    plans.providers.find(({ aliases }) => aliases.includes(name))
  );
};

/** @param provider its name here */
export const plansOf = (provider: string): Plan[] => PLANS.filter((plan) => plan.provider === provider);

/**
 * The plans that a text may mean: that of this name only; else those with it as an alias, or as the first part of their name.
 * @param provider its name here
 */
export const plansNamed = (provider: string, text: string): Plan[] => {
  const name = planName(text);
  const all = plansOf(provider);
  const exact = all.filter(({ plan }) => plan === name);
  if (exact.length > 0) return exact;
  return all.filter(({ plan, aliases }) => aliases.includes(name) || plan.startsWith(`${name}-`));
};

/** As plans are named: small letters, with dashes between words. */
export const planName = (text: string): string => text.trim().toLowerCase().replaceAll(/\s+/g, "-");

export const findPlan = (provider: string, plan: string): Plan | undefined =>
  PLANS.find((each) => each.provider === provider && each.plan === plan);

/** What a plan costs for a period and its first day, in order; none if it is not sold so. */
export const listPrices = (plan: Plan, period: Period): { from: string | null; cost: string }[] =>
  plan.prices.flatMap(({ from, monthly, yearly }) => {
    const cost = { week: null, month: monthly, year: yearly }[period];
    return cost === null ? [] : [{ from, cost }];
  });

/** The list price on a day; null if it is not known. */
export const listPriceOn = (plan: Plan, period: Period, day: string): string | null =>
  listPrices(plan, period).findLast(({ from }) => from === null || from <= day)?.cost ?? null;

/** The list prices of a subscription that begins on a day, with their changes since; null if that of the day is not known. */
export const pricesSince = (plan: Plan, period: Period, since: string): PlanPrice[] | null => {
  const first = listPriceOn(plan, period, since);
  if (first === null) return null;
  const later = listPrices(plan, period).flatMap(({ from, cost }) =>
    from !== null && from > since ? [{ from, cost, is_listed: true }] : [],
  );
  return [{ from: since, cost: first, is_listed: true }, ...later];
};

/** Most plans are sold by the month. */
export const periodOf = (plan: Plan): Period => (listPrices(plan, "month").length > 0 ? "month" : "year");

/** All prices of a plan are in one currency. */
export const currencyOf = ({ prices }: Plan): string => prices[0]?.currency ?? "USD";
