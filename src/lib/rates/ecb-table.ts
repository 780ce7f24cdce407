import { cellsOf } from "../csv/cells.js";
import { capped } from "../csv/short-text.js";
import { daysAfter } from "../dates/days.js";
import { parseDate } from "../dates/ranges.js";
import { UserError } from "../errors.js";
import { type Decimal, decimal, plain } from "../money.js";
import { isCurrencyCode } from "../record/currency.js";
import { byName } from "../reports/groups.js";
import { type RateDay } from "../record/rates.js";

type Delimiter = "," | ";";

/** How a file writes what it says: as the bank does, or as a spreadsheet with decimal commas saves it. */
const NUMBERS: Record<Delimiter, RegExp> = {
  ",": /^\d{1,9}(?:\.\d{1,10})?$/,
  ";": /^\d{1,9}(?:,\d{1,10})?$/,
};

/** No currency was ever worth so much or so little. */
const LEAST = decimal("0.0001");
const MOST = decimal("1e8");
/** Dollars for one euro. */
const DOLLARS = { least: decimal("0.2"), most: decimal("5") };
/** So many times what it was a few days before is a slip of the point. */
const MOST_TIMES = decimal("3");
const FEW_DAYS = 7;

const FIRST_DAY = "1999-01-04";

/**
 * Reads the daily or historical rates of the European Central Bank, all or nothing.
 * @param name what messages call the file @param today calendar date: rates are not known long before their day
 * @returns days in ascending order
 * @throws UserError `rates_unreadable`
 */
export const ecbDays = (text: string, name: string, today: string): RateDay[] => {
  const refuse = (why: string): UserError =>
    new UserError(
      "rates_unreadable",
      `${name} is not a whole rate file of the European Central Bank: ${why}. Nothing was changed.`,
      "Download eurofxref-hist.zip or eurofxref.zip again from https://www.ecb.europa.eu/stats/eurofxref, or run: aicost rates update",
    );
  const [header = "", ...lines] = text.split(/\r?\n/);
  if (!/^"?Date"?[,;]/i.test(header)) throw refuse("its first line does not begin with Date");
  const delimiter = /^"?Date"?;/i.test(header) ? ";" : ",";
  if (lines.pop() !== "") throw refuse("its last line is cut off");
  const currencies = currenciesIn(cellsIn(header, delimiter));
  if (typeof currencies === "string") throw refuse(currencies);
  if (lines.length === 0) throw refuse("it has no rates");
  const days = lines.map((line, at) => {
    const read = dayIn(cellsIn(line, delimiter), currencies, delimiter);
    if (typeof read === "string") throw refuse(`line ${at + 2} ${read}`);
    if (read.day < FIRST_DAY || read.day > daysAfter(today, 1))
      throw refuse(`line ${at + 2} is of ${read.day}`);
    return read;
  });
  const ordered = days.sort((a, b) => byName(a.day, b.day));
  const problem = leapIn(ordered);
  if (problem !== null) throw refuse(problem);
  return ordered;
};

/** None if their quotes are broken. */
const cellsIn = (line: string, delimiter: Delimiter): string[] => {
  const [cells] = line === "" ? [[]] : cellsOf([{ line: 0, text: line }], delimiter);
  return Array.isArray(cells) ? cells.map((cell) => cell.trim()) : [];
};

/** The codes in the order of the columns, `""` for the one that a comma at the end of a line makes; or what is wrong. */
const currenciesIn = ([, ...codes]: readonly string[]): string[] | string => {
  const named = codes.at(-1) === "" ? codes.slice(0, -1) : codes;
  const wrong = named.find((code) => !isCurrencyCode(code));
  if (wrong !== undefined) return `“${capped(wrong, 20)}” is not a currency`;
  if (new Set(named).size < named.length) return "it names a currency twice";
  return named.includes("USD") ? codes : "it has no column USD";
};

/** Or what is wrong, as the predicate of a sentence about the line. */
const dayIn = (
  [date = "", ...cells]: readonly string[],
  currencies: readonly string[],
  delimiter: Delimiter,
): RateDay | string => {
  const day = dateIn(date);
  if (day === null) return `has no date, but “${capped(date, 20)}”`;
  if (cells.length !== currencies.length)
    return `has ${cells.length} columns after its date, but the header ${currencies.length}`;
  const rates: Record<string, string> = {};
  for (const [at, code] of currencies.entries()) {
    const cell = cells[at] ?? "";
    if (cell === (code === "" ? "" : "N/A")) continue;
    const rate = NUMBERS[delimiter].test(cell) ? decimal(cell.replace(",", ".")) : null;
    if (rate === null || code === "" || !isPossible(code, rate))
      return `has “${capped(cell, 20)}” as the rate of ${code || "no currency"}`;
    rates[code] = plain(rate);
  }
  return rates["USD"] === undefined ? "has no rate of USD" : { day, rates };
};

const isPossible = (code: string, rate: Decimal): boolean =>
  code === "USD" ? rate.gte(DOLLARS.least) && rate.lte(DOLLARS.most) : rate.gte(LEAST) && rate.lte(MOST);

const MONTHS = [
  ...["January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
];

/** `2026-11-27`, `27 November 2026`, or `27.11.2026` from a spreadsheet. */
const dateIn = (text: string): string | null => {
  const [, day = "", word = "", year = ""] = /^(\d{1,2})(?: (\w+) |\.\d{2}\.)(\d{4})$/.exec(text) ?? [];
  if (year === "") return parseDate(text);
  const month = word === "" ? text.split(".")[1] : String(MONTHS.indexOf(word) + 1);
  return parseDate(`${year}-${month?.padStart(2, "0")}-${day.padStart(2, "0")}`);
};

/** What is wrong between days: a day that comes twice, or a rate that leaps. */
const leapIn = (days: readonly RateDay[]): string | null => {
  for (const [at, { day, rates }] of days.entries()) {
    const before = days[at - 1];
    if (before === undefined) continue;
    if (before.day === day) return `it has ${day} twice`;
    if (before.day < daysAfter(day, -FEW_DAYS)) continue;
    for (const [code, rate] of Object.entries(rates)) {
      const last = before.rates[code];
      if (last === undefined) continue;
      const [low, high] = decimal(last).lt(rate) ? [last, rate] : [rate, last];
      if (decimal(low).times(MOST_TIMES).lt(high))
        return `${code} goes from ${last} to ${rate} within days, on ${day}`;
    }
  }
  return null;
};
