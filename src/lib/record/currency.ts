import { UserError } from "../errors.js";
import { decimal, parseAmount, plain, rounded } from "../money.js";
import type { Rates } from "./rates.js";

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
    "Set the rate of the other currency: --rate EUR=NUMBER, or: aicost rates set EUR NUMBER",
  );
};

/** Beyond these, a number is a mistake: no currency is worth so little or so much. */
const LEAST = decimal("1e-9");
const MOST = decimal("1e6");
/** More decimals than any rate is published with, and than the database is to keep. */
const MOST_DECIMALS = 20;

/** US dollars for one unit, as a decimal string; null if the text is not a rate. */
export const rateIn = (text: string): string | null => {
  const rate = parseAmount(text);
  const isRate = rate !== null && rate.gte(LEAST) && rate.lte(MOST) && rounded(rate, MOST_DECIMALS).eq(rate);
  return isRate ? plain(rate) : null;
};

/** Reads `CNY=0.14`. @throws UserError `bad_rate` */
export const parseRate = (text: string): [currency: string, rate: string] => {
  const [, currency, amount] = /^([A-Za-z]{3})=(.+)$/.exec(text.trim()) ?? [];
  const rate = rateIn(amount ?? "");
  refuseDollars(currency?.toUpperCase() ?? "");
  if (currency && rate !== null) return [currency.toUpperCase(), rate];
  throw new UserError(
    "bad_rate",
    `“${text}” is not a rate.`,
    `Write the US dollars for one unit: --rate ${currency?.toUpperCase() ?? "CNY"}=NUMBER`,
  );
};

/** Those of `--rate`. @throws UserError `bad_rate` */
export const givenRates = (texts: readonly string[] = []): Rates => ({
  given: Object.fromEntries(texts.map(parseRate)),
});
