import { refused, usageError } from "./errors.js";
import { decimal, parseAmount, plain, type Decimal } from "./money.js";

/** US dollars for one unit of a currency, as decimal strings: `{"CNY": "0.14"}`. */
export type Rates = Readonly<Record<string, string>>;

/**
 * The rate that the user gave for a currency.
 * @param currency ISO 4217, upper case
 * @throws UserError `currency_rate_missing`: no rate is ever guessed
 */
export const rateOf = (currency: string, rates: Rates): Decimal => {
  const rate = Object.hasOwn(rates, currency) ? rates[currency] : undefined;
  if (rate !== undefined) return decimal(rate);
  throw refused(
    "currency_rate_missing",
    `There are amounts in ${currency}, and no rate is set for it.`,
    `Say what one ${currency} is in US dollars: --rate ${currency}=0.14, or for good: aicost prefs set rate.${currency} 0.14`,
  );
};

/** Reads `CNY=0.14`. @throws UserError `bad_rate` */
export const parseRate = (text: string): [currency: string, rate: string] => {
  const [, currency, amount] = /^([A-Za-z]{3})=(.+)$/.exec(text.trim()) ?? [];
  const rate = parseAmount(amount ?? "");
  if (currency && rate?.gt(0)) return [currency.toUpperCase(), plain(rate)];
  throw usageError(
    "bad_rate",
    `“${text}” is not a rate.`,
    "Write the US dollars for one unit, for example CNY=0.14",
  );
};
