import { isTimezone, parseRange, today } from "../dates/ranges.js";
import { UserError } from "../errors.js";
import { parseCurrency } from "../record/currency.js";
import type { Preferences } from "../api.js";

export const SETTABLE =
  "timezone, range, currency for what reports and forecasts are shown in, or update-rates (on or off) for the rates of the European Central Bank at each aicost sync, or forecast (on or off) for what aicost today expects of the month";

/** Kept in the database for programs to come. */
const UNUSED = ["theme", "email_notifications"];

/** The currency of `rate.CNY`, which `aicost rates set` sets; null for any other key. */
export const rateKey = (key: string): string | null =>
  /^rate\.([a-z]{3})$/i.exec(key.trim())?.[1]?.toUpperCase() ?? null;

/** @throws UserError `bad_timezone`, `bad_currency`, `unknown_preference`, `unused_preference` */
export const preferenceChange = (key: string, value: string, current: Preferences): Partial<Preferences> => {
  const name = key.trim().toLowerCase();
  if (name === "timezone") return { timezone: checkedTimezone(value.trim()) };
  if (name === "range" || name === "default_date_range") {
    parseRange(value, today(current.timezone));
    return { default_date_range: value.trim().toLowerCase() };
  }
  if (name === "currency") return { currency: parseCurrency(value) };
  if (name === "update-rates") return { metadata: { ...current.metadata, update_rates: isOn(value) } };
  if (name === "forecast" || name === "forecast_enabled") return { forecast_enabled: isOn(value) };
  if (UNUSED.includes(name))
    throw new UserError(
      "unused_preference",
      `Nothing uses the preference “${name}” yet, so it cannot be set.`,
      `Set ${SETTABLE}.`,
    );
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

const isOn = (value: string): boolean => {
  const word = value.trim().toLowerCase();
  if (word === "on" || word === "off") return word === "on";
  throw new UserError("unknown_preference", `“${value}” is neither on nor off.`, "Use on or off.");
};
