import { type Decimal, typedAmount } from "../money.js";
import { dateReadings } from "./dates.js";

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
  // Most rows are of the day of the row before.
  if (day === last.day && month === last.month && year === last.year) return last.time;
  const time = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const date = new Date(time);
  const exists = date.getUTCDate() === Number(day) && date.getUTCMonth() + 1 === Number(month);
  last = { year, month, day, time: exists ? time : null };
  return last.time;
};

/** The last answer of `utc`. */
let last: Record<"year" | "month" | "day", string | undefined> & { time: number | null } = {
  year: undefined,
  month: undefined,
  day: undefined,
  time: null,
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

const DATE_LIKE = /^\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}(?:[T, ]+\d{1,2}:.*)?$|^\d{9,15}(?:\.\d*)?$/i;

/** Whether text is written in digits like a date, a moment or an epoch number, valid or not. */
export const looksLikeDate = (text: string): boolean => DATE_LIKE.test(text);

/** Whether text is a date in any form, or written like one. */
export const isDateLike = (text: string): boolean => looksLikeDate(text) || dateReadings(text) !== null;

/** On either side of the point. Without a bound, `1e99999` is 100,000 characters wherever it is shown. */
const MOST_DIGITS = 100;

/** An amount that is not larger or longer than a charge can be. */
export const bounded = (amount: Decimal): Reading<Decimal> => {
  if (amount.e > MOST_DIGITS) return wrong("is too large for one charge");
  return amount.e < -MOST_DIGITS || amount.c.length > MOST_DIGITS
    ? wrong(`has more than ${MOST_DIGITS} digits`)
    : { value: amount };
};

/** What people and spreadsheets write if nothing was charged: the dash of a bookkeeper, too. */
export const NO_AMOUNT =
  /^(?:\p{Sc} ?)?(?:[-–—−]{1,3}|none|free|gratis|kostenlos|gratuit|included|inklusive|inclus)(?: ?\p{Sc})?$/iu;

/** An exact amount as machines write it, in US dollars; see `typedAmount`. */
export const readAmount = (text: string): Reading<Decimal> => {
  const reading = typedAmount(text);
  if ("value" in reading) return bounded(reading.value);
  return wrong(`${reading.wrong}; write ${reading.write ?? "it like 1234.56"}`);
};

/** A whole number of things, 0 or more. */
export const countOf = (amount: Decimal): Reading<number> => {
  if (!amount.round(0, 0).eq(amount)) return wrong("is not a whole number");
  if (amount.lt(0)) return wrong("is negative; a count is 0 or more");
  return amount.lte(Number.MAX_SAFE_INTEGER)
    ? { value: amount.toNumber() }
    : wrong("is too large for a count");
};

/** A whole number of things as machines write it; `12.000` is refused, because it may be 12 or 12000. */
export const readCount = (text: string): Reading<number> => {
  if (/^\d{1,15}$/.test(text)) return { value: Number(text) };
  if (/\.0{3}$/.test(text)) return wrong("is ambiguous, because of its point; write it without");
  const reading = typedAmount(text);
  return "value" in reading ? countOf(reading.value) : wrong("is not a whole number");
};
