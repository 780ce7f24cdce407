import type { Period, Subscription } from "../api.js";
import { type Decimal, decimal, plain, quotient, toScale, ZERO } from "../money.js";
import type { Convert } from "./exchange.js";

/** Part of the JSON contract of `aicost subscriptions --json`. */
export interface ListedSubscription extends Subscription {
  /** What its next charge comes to by the month and by the year, in its currency; null if none is to come. */
  monthly: string | null;
  yearly: string | null;
  /** The same in US dollars, at the rate of today; null too if there is no rate. */
  monthly_usd: string | null;
  yearly_usd: string | null;
}

/** Of all that have a charge to come. */
export interface SubscriptionTotals {
  monthly_usd: string;
  yearly_usd: string;
  /** In the user's currency, if that is another one and has a rate. */
  currency?: string;
  monthly?: string;
  yearly?: string;
  /** How many are left out, for want of a rate. */
  not_counted: number;
}

const A_YEAR: Readonly<Record<Period, number>> = { week: 52, month: 12, year: 1 };

const yearlyOf = ({ next, period }: Subscription): Decimal | null =>
  next === null ? null : decimal(next.amount).times(A_YEAR[period]);

const monthlyOf = (yearly: Decimal): Decimal => quotient(yearly, decimal("12"));

const textOf = (amount: Decimal | null): string | null => (amount === null ? null : plain(toScale(amount)));

export const listedSubscription = (subscription: Subscription, convert: Convert): ListedSubscription => {
  const yearly = yearlyOf(subscription);
  const usd = yearly && convert(plain(yearly), subscription.currency, "USD");
  return {
    ...subscription,
    monthly: textOf(yearly && monthlyOf(yearly)),
    yearly: textOf(yearly),
    monthly_usd: textOf(usd && monthlyOf(usd)),
    yearly_usd: textOf(usd),
  };
};

/** @param currency the user's */
export const subscriptionTotals = (
  subscriptions: readonly Subscription[],
  convert: Convert,
  currency: string,
): SubscriptionTotals => {
  const coming = subscriptions.filter(({ next }) => next !== null);
  const yearlyIn = (to: string): Decimal[] =>
    coming.flatMap((each) => convert(plain(yearlyOf(each) ?? ZERO), each.currency, to) ?? []);
  const sumIn = (to: string) => {
    const total = yearlyIn(to).reduce((sum, amount) => sum.plus(amount), ZERO);
    return { monthly: textOf(monthlyOf(total)) ?? "0", yearly: textOf(total) ?? "0" };
  };
  const counted = yearlyIn("USD").length;
  const { monthly, yearly } = sumIn("USD");
  const isShown = currency !== "USD" && yearlyIn(currency).length === counted;
  return {
    monthly_usd: monthly,
    yearly_usd: yearly,
    ...(isShown && { currency, ...sumIn(currency) }),
    not_counted: coming.length - counted,
  };
};
