import { UserError } from "../errors.js";
import { decimal, parseAmount, plain, type Decimal } from "../money.js";
import { own } from "../system/own.js";

/** US dollars for one unit of a currency, as decimal strings: `{"CNY": "0.14"}`. */
export type Rates = Readonly<Record<string, string>>;

/** @param currency in upper case. @throws UserError `currency_rate_missing`: no rate is ever guessed */
export const rateOf = (currency: string, rates: Rates): Decimal => {
  const rate = own(rates, currency);
  if (rate !== undefined) return decimal(rate);
  throw new UserError(
    "currency_rate_missing",
    `There are amounts in ${currency}, but no rate for ${currency} is set.`,
    `Give the US dollars for one ${currency}: --rate ${currency}=NUMBER, or for good: aicost prefs set rate.${currency} NUMBER`,
    { details: { currency } },
  );
};

/** ISO 4217, in any case. */
export const isCurrencyCode = (text: string): boolean => /^[A-Za-z]{3}$/.test(text);

/** In capitals. @throws UserError `bad_currency` */
export const parseCurrency = (text: string): string => {
  const code = text.trim().toUpperCase();
  if (isCurrencyCode(code)) return code;
  throw new UserError(
    "bad_currency",
    `“${text}” is not a currency.`,
    "Write its three letters, for example EUR",
  );
};

/** All other currencies are converted to dollars. @throws UserError `bad_rate` */
export const refuseDollars = (currency: string): void => {
  if (currency !== "USD") return;
  throw new UserError(
    "bad_rate",
    "US dollars have no rate: everything is counted in them.",
    "Set the rate of the other currency: --rate EUR=NUMBER, or: aicost prefs set rate.EUR NUMBER",
  );
};

/** Reads `CNY=0.14`. @throws UserError `bad_rate` */
export const parseRate = (text: string): [currency: string, rate: string] => {
  const [, currency, amount] = /^([A-Za-z]{3})=(.+)$/.exec(text.trim()) ?? [];
  const rate = parseAmount(amount ?? "");
  refuseDollars(currency?.toUpperCase() ?? "");
  if (currency && rate?.gt(0)) return [currency.toUpperCase(), plain(rate)];
  throw new UserError(
    "bad_rate",
    `“${text}” is not a rate.`,
    `Write the US dollars for one unit: --rate ${currency?.toUpperCase() ?? "CNY"}=NUMBER`,
  );
};
