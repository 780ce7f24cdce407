import { typedDay } from "../dates/ranges.js";
import { UserError } from "../errors.js";
import { parseCurrency, rateIn, refuseDollars } from "../record/currency.js";

/** A currency that has a rate. @throws UserError `bad_currency`, `bad_rate` */
export const typedCurrency = (text: string): string => {
  const currency = parseCurrency(text);
  refuseDollars(currency);
  return currency;
};

/** US dollars for one unit, as a decimal string. @throws UserError `bad_rate` */
export const typedRate = (currency: string, text: string): string => {
  const rate = rateIn(text);
  if (rate !== null) return rate;
  throw new UserError(
    "bad_rate",
    `“${text}” is not a rate for ${currency}.`,
    `Give the US dollars for one ${currency}: aicost rates set ${currency} NUMBER`,
  );
};

/** The day of a rate; null if none is given. @param day today @throws UserError `bad_date` */
export const typedRateDay = (text: string | undefined, day: string): string | null => {
  if (text === undefined) return null;
  const date = typedDay(text.trim(), day);
  if (date !== null) return date;
  throw new UserError("bad_date", `“${text}” is not a day.`, "Write it like 2026-11-05.");
};
