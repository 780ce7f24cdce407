import { parseAmount, type Decimal } from "../money.js";
import type { AmountStyle } from "./format.js";
import { capped } from "./short-text.js";

/** What a cell holds, or why it does not hold that, as the predicate of a sentence about the value. */
export type Reading<T> = { value: T } | { wrong: string };

const FIRST_DATE = "2015-01-01";
const MILLISECONDS = 1e11;

const wrong = (reason: string): { wrong: string } => ({ wrong: reason });

/** The latest calendar date that a record may have: two years ahead. */
export const lastDate = (now: Date): string => `${now.getUTCFullYear() + 2}${now.toISOString().slice(4, 10)}`;

/** A moment in time is believed from 2015 to two years ahead; anything else is a mistake in the file. */
export const plausible = (timestamp: string, last: string): Reading<string> => {
  const date = timestamp.slice(0, 10);
  if (date < FIRST_DATE)
    return wrong(`is ${date}, before ${FIRST_DATE}, the earliest date that aicost accepts`);
  if (date > last) return wrong(`is ${date}, more than two years ahead`);
  return { value: timestamp };
};

/** `YYYY-MM-DD` → midnight UTC. */
export const readDay = (text: string): Reading<string> => {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  const time = parts && utc(parts[1], parts[2], parts[3]);
  return typeof time === "number"
    ? { value: rfc3339(time) }
    : wrong("is not a date; write it like 2026-11-05");
};

const MOMENT =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?: ?(Z|UTC|GMT|[+-](?:0\d|1[0-4]):?[0-5]\d))?$/i;

/** A moment with its offset, or in UTC without one → RFC 3339 in UTC. */
export const readMoment = (text: string): Reading<string> => {
  const [, year, month, day, hour, minute, second = "00", fraction = "", offset = "Z"] =
    MOMENT.exec(text) ?? [];
  const midnight = utc(year, month, day);
  if (midnight === null || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    return wrong("is not a date with a time; write it like 2026-11-05 14:30:00");
  }
  const thousandths = fraction.slice(0, 3).replace(/0+$/, "");
  const rest = thousandths === "" ? "" : `.${thousandths}`;
  // Most files are large, and in UTC: there is nothing to convert.
  if (!/^[+-]/.test(offset)) return { value: `${year}-${month}-${day}T${hour}:${minute}:${second}${rest}Z` };
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offsetSeconds(offset);
  return { value: rfc3339(midnight + seconds * 1000).replace("Z", `${rest}Z`) };
};

const offsetSeconds = (offset: string): number => {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(offset) ?? [];
  return (Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60) * (sign === "-" ? -1 : 1);
};

/** Milliseconds of a calendar date that exists; else null. */
const utc = (year: string | undefined, month: string | undefined, day: string | undefined): number | null => {
  const time = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const date = new Date(time);
  return date.getUTCDate() === Number(day) && date.getUTCMonth() + 1 === Number(month) ? time : null;
};

const rfc3339 = (time: number): string => new Date(time).toISOString().replace(/\.?0+Z$/, "Z");

/** Epoch seconds, whole or with decimals → RFC 3339 in UTC. */
export const readEpoch = (text: string): Reading<string> => {
  if (!/^\d{1,15}(?:\.\d*)?$/.test(text)) return wrong("is not a number of seconds since 1970");
  const seconds = Number(text);
  if (seconds >= MILLISECONDS) {
    return wrong("looks like milliseconds since 1970; seconds are expected: divide it by 1000");
  }
  return { value: rfc3339(Math.round(seconds * 1000)) };
};

/** A date such as 03/04/2026, 3.4.2026 14:30 or 2026/11/05 with its parts in ISO order; other text as it is. */
export const isoOrder = (text: string, order: "DMY" | "MDY" | undefined): Reading<string> => {
  const [, first, second, year, time = ""] =
    /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:,? +(.*))?$/.exec(text) ?? [];
  if (year === undefined) return { value: text.replace(/^(\d{4})\/(\d{2})\/(\d{2})/, "$1-$2-$3") };
  if (order === undefined) {
    return wrong("can be read as day or month first; write date:DMY=… or date:MDY=… in --map");
  }
  const [day, month] = order === "DMY" ? [first, second] : [second, first];
  const date = `${year}-${month?.padStart(2, "0")}-${day?.padStart(2, "0")}`;
  return { value: time === "" ? date : `${date} ${time.replace(/^(\d):/, "0$1:")}` };
};

const DATE_LIKE = /^\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}(?:[T, ]+\d{1,2}:.*)?$|^\d{9,15}(?:\.\d*)?$/i;

/** Whether text is written like a date, a moment or epoch seconds, valid or not. */
export const looksLikeDate = (text: string): boolean => DATE_LIKE.test(text);

export interface NumberStyle {
  /** Semicolons stand between the fields, so that a comma may be the one of a decimal number. */
  semicolons?: boolean;
}

/** One comma and three digits after it: thousands, or a decimal number. */
const COMMA_AND_THREE = /^[^.,]*\d,\d{3}[^\d.,]*$/;

/** A whole number of things, 0 or more; `12.000` is refused, because it may be 12 or 12000. */
export const readCount = (text: string, { semicolons = false }: NumberStyle = {}): Reading<number> => {
  if (/\.0{3}$/.test(text)) return wrong("is ambiguous, because of its point; write it without");
  if (semicolons && COMMA_AND_THREE.test(text))
    return wrong("is ambiguous, because of its comma; write it without");
  const number = /^\d{1,15}$/.test(text) ? Number(text) : wholeNumber(parseAmount(text));
  if (number === null) return wrong("is not a whole number");
  if (number < 0) return wrong("is negative; a count is 0 or more");
  return number <= Number.MAX_SAFE_INTEGER ? { value: number } : wrong("is too large for a count");
};

const wholeNumber = (amount: Decimal | null): number | null =>
  amount === null || !amount.round(0, 0).eq(amount) ? null : amount.toNumber();

/** On either side of the point. Without a bound, `1e99999` is 100,000 characters wherever it is shown. */
const MOST_DIGITS = 100;

/**
 * An exact amount. Without `decimalComma`, `1,23` is refused, because it may be 1.23 or 123; and so is `1,250` if
 * semicolons stand between the fields, because it may be 1.25 or 1250.
 */
export const readAmount = (
  text: string,
  { decimalComma = false, mapTarget, semicolons = false }: AmountStyle & NumberStyle,
): Reading<Decimal> => {
  const amount = parseAmount(decimalComma ? (withPoint(text) ?? "") : text);
  const thousands = semicolons && COMMA_AND_THREE.test(text);
  if (amount !== null && amount.e > MOST_DIGITS) return wrong("is too large for one charge");
  if (amount !== null && (amount.e < -MOST_DIGITS || amount.c.length > MOST_DIGITS))
    return wrong(`has more than ${MOST_DIGITS} digits`);
  if (amount !== null && (decimalComma || !thousands)) return { value: amount };
  const pointed = withPoint(text);
  if (decimalComma || !pointed?.includes("."))
    return wrong(`is not an amount; write it like ${decimalComma ? "1234,56" : "1234.56"}`);
  const ways = [
    capped(pointed, SHOWN_LENGTH),
    ...(amount === null ? [] : [text.replace(",", "")]),
    ...(mapTarget === undefined ? [] : [`${mapTarget}:comma=… in --map`]),
  ];
  return wrong(`is ambiguous, because of its comma; write ${ways.join(" or ")}`);
};

const SHOWN_LENGTH = 40;

/** `1.234,56` → `1234.56`; null for text that is not written with a decimal comma. */
const withPoint = (text: string): string | null =>
  /^\D*(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d*)?\D*$/.test(text)
    ? text.replaceAll(".", "").replace(",", ".")
    : null;
