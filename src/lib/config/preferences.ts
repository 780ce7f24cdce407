import { isTimezone, parseRange, today } from "../dates/ranges.js";
import { UserError } from "../errors.js";
import { parseAmount, plain } from "../money.js";
import { refuseDollars } from "../record/rates.js";
import type { Preferences } from "../api.js";

export const SETTABLE = "timezone, range, or rate.CNY for the US dollars of one unit of a currency";

/** @throws UserError `bad_timezone`, `bad_rate`, `unknown_preference` */
export const preferenceChange = (key: string, value: string, current: Preferences): Partial<Preferences> => {
  const name = key.trim().toLowerCase();
  if (name === "timezone") return { timezone: checkedTimezone(value.trim()) };
  if (name === "range" || name === "default_date_range") {
    parseRange(value, today(current.timezone));
    return { default_date_range: value.trim().toLowerCase() };
  }
  const currency = /^rate\.([a-z]{3})$/.exec(name)?.[1]?.toUpperCase();
  if (currency) return { metadata: { ...current.metadata, rates: changedRates(currency, value, current) } };
  throw new UserError("unknown_preference", `There is no preference “${key}”.`, `Set ${SETTABLE}.`);
};

const checkedTimezone = (name: string): string => {
  if (isTimezone(name)) return name;
  throw new UserError(
    "bad_timezone",
    `“${name}” is not a time zone.`,
    "Use an IANA name, for example: aicost prefs set timezone Europe/Berlin",
  );
};

const changedRates = (currency: string, value: string, { metadata }: Preferences): Record<string, string> => {
  const { [currency]: _, ...others } = metadata.rates ?? {};
  if (value.trim().toLowerCase() === "none") return others;
  refuseDollars(currency);
  const rate = parseAmount(value);
  if (rate?.gt(0)) return { ...others, [currency]: plain(rate) };
  throw new UserError(
    "bad_rate",
    `“${value}” is not a rate for ${currency}.`,
    `Give the US dollars for one ${currency}: aicost prefs set rate.${currency} NUMBER; none removes it.`,
  );
};
