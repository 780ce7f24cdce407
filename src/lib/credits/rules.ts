import { monthsAfter } from "../dates/days.js";
import { decimal, plain, roundedOnce } from "../money.js";
import rules from "./rules.json" with { type: "json" };

/** How a provider treats credit that is bought ahead. Its file is read when this module is. */
export interface CreditRule {
  /** `providers.name`. */
  provider: string;
  /** So long after the purchase; null if it does not expire. */
  expires_after_months: number | null;
  /** Credit that was granted is used before credit that was bought; else the oldest is used first. */
  granted_first: boolean;
  /** What a purchase costs on top, in percent, and at least so many US dollars. */
  fee: { percent: string; least: string; crypto_percent: string } | null;
  source: string;
}

/** When the rules were looked up, a calendar date. */
export const RULES_DATE: string = rules.as_of;

/** Undefined if nothing is known of the provider: then credit is not said to expire. */
export const creditRule = (provider: string): CreditRule | undefined =>
  rules.providers.find((rule) => rule.provider === provider);

/** The last day on which credit that was bought on a day can be used; null if it does not expire. */
export const expiryOf = (provider: string, bought: string): string | null => {
  const months = creditRule(provider)?.expires_after_months ?? null;
  return months === null ? null : monthsAfter(bought, months);
};

/** What a provider charges on top of so much credit, to the cent; null if it charges no fee. US dollars. */
export const feeOf = (provider: string, usd: string, { crypto = false } = {}): string | null => {
  const fee = creditRule(provider)?.fee;
  if (!fee) return null;
  const share = decimal(usd)
    .times(crypto ? fee.crypto_percent : fee.percent)
    .div(100);
  const least = decimal(crypto ? "0" : fee.least);
  return plain(roundedOnce(share.lt(least) ? least : share, 2));
};
