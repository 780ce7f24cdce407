/** What comes first in a date such as 03/04/2026 or 26-06-21. */
export type DateOrder = "DMY" | "MDY" | "YMD";

export const DATE_ORDERS: readonly DateOrder[] = ["DMY", "MDY", "YMD"];

/** A date, a month or a moment as a cell has it: numbers, and an offset in seconds if the cell names one. */
export interface WrittenDate {
  year: number;
  month: number;
  /** Null for a month as a whole. */
  day: number | null;
  /** Null if the cell names no time of day. */
  time: { hour: number; minute: number; second: number; fraction: string } | null;
  offset: number | null;
}

/** What a cell means in each order: the same in most forms; null if it is not a date in that order. */
export type DateReadings = Record<DateOrder, WrittenDate | null>;

type Parts = Readonly<Record<string, string | undefined>>;

/** One form of a date. Groups: year, month, day, and the name of a month; or a, b and c, whose order is not fixed. */
interface DateForm {
  name: string;
  form: RegExp;
  /** The orders that it can be in; any without. */
  orders?: readonly DateOrder[];
}

/** The forms of a date without its time of day. A form that comes first is tried first. */
const FORMS: readonly DateForm[] = [
  { name: "2026-11-05", form: /^(?<year>\d{4})(?<by>[-/.])(?<month>\d{1,2})\k<by>(?<day>\d{1,2})$/ },
  { name: "20261105", form: /^(?<year>(?:19|20)\d{2})(?<month>\d{2})(?<day>\d{2})$/ },
  { name: "2026-11", form: /^(?<year>\d{4})[-/.](?<month>\d{1,2})$/ },
  { name: "202611", form: /^(?<year>20\d{2})(?<month>0[1-9]|1[0-2])$/ },
  { name: "11/2026", form: /^(?<month>\d{1,2})[-/.](?<year>\d{4})$/ },
  // No country writes the month first and dots.
  { name: "05.11.2026", form: /^(?<a>\d{1,2})\. ?(?<b>\d{1,2})\. ?(?<year>\d{4})$/, orders: ["DMY"] },
  {
    name: "05/11/2026",
    form: /^(?<a>\d{1,2})(?<by>[-/])(?<b>\d{1,2})\k<by>(?<year>\d{4})$/,
    orders: ["DMY", "MDY"],
  },
  { name: "05.11.26", form: /^(?<a>\d{1,2})\. ?(?<b>\d{1,2})\. ?(?<c>\d{2})$/, orders: ["DMY", "YMD"] },
  { name: "05/11/26", form: /^(?<a>\d{1,2})(?<by>[-/])(?<b>\d{1,2})\k<by>(?<c>\d{2})$/ },
  {
    name: "5 November 2026",
    form: /^(?<day>\d{1,2})(?:st|nd|rd|th|er|\.)?[- /]?(?:of |de )?(?<name>\p{L}{3,}\.?),?[- /]?(?:de )?(?<year>\d{4}|\d{2})$/u,
  },
  {
    name: "November 5, 2026",
    form: /^(?<name>\p{L}{3,}\.?)[- /]?(?<day>\d{1,2})(?:st|nd|rd|th)?(?:, ?|[- /])(?<year>\d{4})$/u,
  },
  { name: "2026-Nov-05", form: /^(?<year>\d{4})[- /](?<name>\p{L}{3,}\.?)[- /](?<day>\d{1,2})$/u },
  { name: "November 2026", form: /^(?<name>\p{L}{3,}\.?)[- /]?(?:de )?(?<year>\d{4})$/u },
  { name: "Nov-26", form: /^(?<name>\p{L}{3,}\.?)-(?<year>\d{2})$/u },
  {
    name: "2026年11月5日",
    form: /^(?<year>\d{4}) ?[年년] ?(?<month>\d{1,2}) ?[月월](?: ?(?<day>\d{1,2}) ?[日일])?$/,
  },
  { name: "2026 November", form: /^(?<year>\d{4})[- /](?<name>\p{L}{3,}\.?)$/u },
];

/** English, German, French, Swedish, Spanish, Italian, Dutch; without accents. */
const MONTHS: readonly (readonly string[])[] = [
  ["january", "januar", "janner", "janvier", "januari", "enero", "gennaio"],
  ["february", "februar", "fevrier", "februari", "febrero", "febbraio"],
  ["march", "marz", "maerz", "mrz", "mars", "marzo", "maart", "mrt"],
  ["april", "avril", "abril", "aprile"],
  ["may", "mai", "maj", "mayo", "maggio", "mei"],
  ["june", "juni", "juin", "junio", "giugno"],
  ["july", "juli", "juillet", "julio", "luglio"],
  ["august", "aout", "augusti", "agosto", "augustus"],
  ["september", "septembre", "septiembre", "settembre"],
  ["october", "oktober", "octobre", "octubre", "ottobre"],
  ["november", "novembre", "noviembre"],
  ["december", "dezember", "decembre", "diciembre", "dicembre"],
];

/** 1 to 12; null for a word that begins the names of no month or of several. */
const monthNamed = (name: string): number | null => {
  const folded = name.normalize("NFD").replace(/\p{M}/gu, "").replace(/\.$/, "").toLowerCase();
  const found = MONTHS.flatMap((names, index) =>
    names.some((month) => month.startsWith(folded)) ? [index + 1] : [],
  );
  return found.length === 1 ? (found[0] ?? null) : null;
};

const WEEKDAY =
  /^(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|(?:mo|di|mi|do|fr|sa|so)\.?|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|(?:lun|mar|mer|jeu|ven|sam|dim)\.?|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|(?:mån|tis|ons|tors|fre|lör|sön)(?:dag)?)\.?,? (?=\d|\p{L})/iu;

/** After a date: 14:30, 2:30:05 PM, 14:30:05.123 +02:00. */
const TIME =
  /^(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d{1,9}))?)?(?: ?(?<half>[ap])\.? ?m\.?)?(?: ?(?<offset>Z|(?:UTC|GMT)?(?:[+-]\d{1,2}(?::?\d{2})?)|UTC|GMT)(?: \([^()]*\))?)?$/i;

/** Between date and time: `T`, a space, a comma, or a word. */
const DATE_AND_TIME =
  /^(?<date>.*?\d{1,4}|.*?\p{L}\.?)(?:T|,? (?:at |um |à |kl\. ?)?|, )(?<time>\d{1,2}:\d{2}.*)$/u;

const COMPACT_MOMENT = /^(\d{8})T(\d{2})(\d{2})(\d{2})?(Z|[+-]\d{4})?$/;

/** What a browser writes: `Thu Nov 05 2026 14:30:00 GMT+0100`; what Unix does: `Thu Nov 5 14:30:00 UTC 2026`. */
const UNIX_DATE = /^(\p{L}{3} \d{1,2}) (\d{2}:\d{2}:\d{2}) (?:(UTC|GMT) )?(\d{4})$/u;

const LONGEST = 80;

/**
 * The meanings of a cell that holds a date, a month or a moment: digits or names of months in any of the forms above,
 * with or without a time. Epoch numbers and Excel's day numbers are none of them.
 * @returns null if it is not one, or does not exist, such as February 30
 */
export const dateReadings = (text: string): DateReadings | null => {
  if (text.length > LONGEST || !/^[\d\p{L}]/u.test(text)) return null;
  const plain = text
    .replace(/[\u00a0\u2000-\u200a\u202f\u3000]/g, " ")
    .replace(/[\u2010\u2011]/g, "-")
    .replace(/ {2,}/g, " ")
    .replace(COMPACT_MOMENT, "$1 $2:$3:$4$5")
    .replace(/^(\d{8} \d{2}:\d{2}):(?=Z|[+-]|$)/, "$1");
  // With the name of a weekday only if it is needed: “Mar” is a month, and a French Tuesday.
  return readingsOf(plain) ?? (WEEKDAY.test(plain) ? readingsOf(plain.replace(WEEKDAY, "")) : null);
};

const readingsOf = (text: string): DateReadings | null => {
  const plain = text.replace(
    UNIX_DATE,
    (_, day: string, time: string, zone: string | undefined, year: string) =>
      `${day} ${year} ${time}${zone ? ` ${zone}` : ""}`,
  );
  const { date = plain, time } = DATE_AND_TIME.exec(plain)?.groups ?? {};
  const clock = time === undefined ? null : timeOf(time);
  if (clock === undefined) return null;
  for (const { form, orders = DATE_ORDERS } of FORMS) {
    const parts = form.exec(date)?.groups;
    if (parts === undefined) continue;
    const read = (order: DateOrder) => (orders.includes(order) ? written(parts, order, clock) : null);
    if (parts["a"] === undefined) {
      const only = read("DMY");
      if (only !== null) return { DMY: only, MDY: only, YMD: only };
      continue;
    }
    const readings = { DMY: read("DMY"), MDY: read("MDY"), YMD: read("YMD") };
    if (DATE_ORDERS.some((order) => readings[order] !== null)) return readings;
  }
  return null;
};

type Clock = Pick<WrittenDate, "offset"> & { time: NonNullable<WrittenDate["time"]> };

/** Undefined for a time that does not exist. */
const timeOf = (text: string): Clock | undefined => {
  const parts = TIME.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const { half, offset } = parts;
  const hour = Number(parts["hour"]);
  const minute = Number(parts["minute"]);
  const second = Number(parts["second"] ?? 0);
  const seconds = offset === undefined ? null : offsetSeconds(offset);
  if (minute > 59 || second > 59 || Number.isNaN(seconds)) return undefined;
  if (half === undefined ? hour > 23 : hour < 1 || hour > 12) return undefined;
  const ofDay = half === undefined ? hour : (hour % 12) + (half.toLowerCase() === "p" ? 12 : 0);
  return { time: { hour: ofDay, minute, second, fraction: parts["fraction"] ?? "" }, offset: seconds };
};

/** Not a number for an offset of no time zone. */
const offsetSeconds = (text: string): number => {
  const [, sign, hours = "0", minutes = "0"] = /([+-])(\d{1,2}):?(\d{2})?$/.exec(text) ?? [];
  if (sign === undefined) return 0;
  if (Number(hours) > 14 || Number(minutes) > 59) return NaN;
  return (Number(hours) * 3600 + Number(minutes) * 60) * (sign === "-" ? -1 : 1);
};

const CENTURY = 2000;

const written = (parts: Parts, order: DateOrder, clock: Clock | null): WrittenDate | null => {
  const { a = "", b = "", c = parts["year"] ?? "", name } = parts;
  const inOrder = { DMY: [c, b, a], MDY: [c, a, b], YMD: [a, b, c] }[order];
  const [year = "", monthText, dayText] =
    parts["a"] === undefined ? [parts["year"], parts["month"], parts["day"]] : inOrder;
  const month = name === undefined ? Number(monthText) : monthNamed(name);
  const day = dayText === undefined ? null : Number(dayText);
  const whole = year.length <= 2 ? CENTURY + Number(year) : Number(year);
  // A month has no time of day.
  if (month === null || (day === null && clock !== null) || !exists(whole, month, day ?? 1)) return null;
  return { year: whole, month, day, time: clock?.time ?? null, offset: clock?.offset ?? null };
};

const exists = (year: number, month: number, day: number): boolean => {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() + 1 === month && date.getUTCDate() === day;
};

const two = (number: number): string => String(number).padStart(2, "0");

/** `2026-11-05`; the first of a month. */
export const isoDay = ({ year, month, day }: WrittenDate): string =>
  `${String(year).padStart(4, "0")}-${two(month)}-${two(day ?? 1)}`;

/** `2026-11-05T14:30:00.5` as the cell has it, without its offset; midnight if it names no time. */
export const isoMoment = (date: WrittenDate): string => {
  const { hour = 0, minute = 0, second = 0, fraction = "" } = date.time ?? {};
  const thousandths = fraction.slice(0, 3).replace(/0+$/, "");
  const rest = thousandths === "" ? "" : `.${thousandths}`;
  return `${isoDay(date)}T${two(hour)}:${two(minute)}:${two(second)}${rest}`;
};

/** RFC 3339 in UTC of a moment whose offset is known, in seconds. */
export const atOffset = (date: WrittenDate, offset: number): string => {
  const local = isoMoment(date);
  if (offset === 0) return `${local}Z`;
  const [, whole = "", rest = ""] = /^([^.]*)(.*)$/.exec(local) ?? [];
  const time = Date.parse(`${whole}Z`) - offset * 1000;
  return `${new Date(time).toISOString().replace(/\.000Z$/, "")}${rest}Z`;
};

const MILLISECOND = 1e11;
const MICROSECOND = 1e14;
const NANOSECOND = 1e17;

/** Epoch numbers are of the unit that makes them a date of our time. */
export const epochMilliseconds = (number: number): number => {
  if (number >= NANOSECOND) return Math.round(number / 1e6);
  if (number >= MICROSECOND) return Math.round(number / 1000);
  return number >= MILLISECOND ? Math.round(number) : Math.round(number * 1000);
};

const DAY_MS = 86_400_000;
/** Day 0 of Excel for Windows. */
const EXCEL_EPOCH = Date.UTC(1899, 11, 30);

/** The day numbers of Excel for the years that are believed. */
const EXCEL_DAYS = { first: 42_005, last: 55_000 };

/** Whether a number may be a day of Excel, such as 46331. */
export const looksLikeExcelDay = (text: string): boolean => {
  const number = /^\d{5}(?:[.,]\d*)?$/.test(text) ? Number(text.replace(",", ".")) : 0;
  return number >= EXCEL_DAYS.first && number <= EXCEL_DAYS.last;
};

/** A day number of Excel, with its time of day to the millisecond; null for other text. */
export const excelDate = (text: string): WrittenDate | null => {
  if (!/^\d{1,6}(?:[.,]\d*)?$/.test(text)) return null;
  const [, whole = "", fraction = ""] = /^(\d+)(?:[.,](\d*))?$/.exec(text) ?? [];
  // Excel keeps times as binary fractions of a day: what is a moment's rounding error is not a part of the time.
  const ms = Math.round(Number(`0.${fraction || "0"}`) * DAY_MS);
  const seconds = Math.abs(ms - Math.round(ms / 1000) * 1000) <= 5 ? Math.round(ms / 1000) * 1000 : ms;
  const at = new Date(EXCEL_EPOCH + Number(whole) * DAY_MS + seconds);
  const hasTime = /[1-9]/.test(fraction);
  return {
    year: at.getUTCFullYear(),
    month: at.getUTCMonth() + 1,
    day: at.getUTCDate(),
    time: hasTime
      ? {
          hour: at.getUTCHours(),
          minute: at.getUTCMinutes(),
          second: at.getUTCSeconds(),
          fraction: String(at.getUTCMilliseconds()).padStart(3, "0").replace(/0+$/, ""),
        }
      : null,
    offset: null,
  };
};

const OTHER_TIMES: readonly { form: RegExp; what: string }[] = [
  { form: /^\d{4}$/, what: "a year" },
  { form: /^\d{4}[- ]?(?:W|KW|week ?)\d{1,2}(?:-\d)?$|^(?:W|KW|CW|week)[- ]?\d{1,2}\b.*$/i, what: "a week" },
  { form: /^(?:\d{4}[- /]?[QT][1-4]|[QT][1-4][- /]?\d{2,4})$/i, what: "a quarter" },
];

/** What a cell names instead of a day or a month; null for other text. */
export const otherTime = (text: string): string | null => {
  const found = OTHER_TIMES.find(({ form }) => form.test(text));
  if (found !== undefined) return found.what;
  const ends = text.split(/\s*(?:\s[-–—]\s|–|—|\.\.|\/(?=\d{4}-)|\s(?:to|until|bis|au|till|al?)\s)\s*/i);
  const [first = "", last = ""] = ends;
  return ends.length === 2 && dateReadings(last) !== null && /\d/.test(first) ? "a span of days" : null;
};

/** `46:19.9`, which Excel shows of a moment with a fraction of a second. */
const SPOILED_MOMENT = /^\d{1,2}:\d{2}[.,]\d$/;
/** `1.11122E+11`, which spreadsheets show of a number with more than eleven digits. */
const SPOILED_NUMBER = /^\d(?:[.,]\d*)?E\+(?:1[1-9]|[2-9]\d|\d{3})$/i;

const AGAIN = "import the file as it was downloaded";

/** What a spreadsheet destroyed in a cell, as the predicate of a sentence; null if a cell does not look like that. */
export const spoiledCell = (text: string): string | null => {
  if (SPOILED_MOMENT.test(text)) return `is what a spreadsheet left of a moment, without its date; ${AGAIN}`;
  if (SPOILED_NUMBER.test(text))
    return `is what a spreadsheet left of a long number, without its last digits; ${AGAIN}`;
  if (/^#{3,}$/.test(text)) return `is what a spreadsheet shows if a column is too narrow; ${AGAIN}`;
  return null;
};
