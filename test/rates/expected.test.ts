import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decimal, rounded, roundedOnce } from "../../src/lib/money.js";
import { decimalsOf } from "../../src/lib/render/money-text.js";
import { converted, rateBetween, type Rates } from "../../src/lib/record/rates.js";
import { ecbDays } from "../../src/lib/rates/ecb-table.js";
import { textOfRates } from "../../src/lib/rates/file.js";
import { storedOf } from "./ecb.js";

interface Case {
  amount: string;
  from: string;
  to: string;
  on: string;
  rate_date?: string | null;
  rate_fraction?: string;
  rate_10?: string;
  exact_fraction?: string;
  result_10?: string;
  shown?: string;
  error?: string;
  why?: string;
}

interface Expected {
  rows: number;
  rate_days: string[];
  currencies_with_rates: Record<string, number>;
  cases: Case[];
  sum_law: {
    on: string;
    from: string;
    to: string;
    amounts: string[];
    sum_then_convert_10: string;
    sum_then_convert_shown: string;
    each_shown: string[];
  };
}

const FOLDER = "test/fixtures/rates";
const expected = JSON.parse(readFileSync(`${FOLDER}/expected.json`, "utf8")) as Expected;
const read = async (name: string) => ecbDays(await textOfRates(`${FOLDER}/${name}`), name, "2026-11-29");
const days = await read("eurofxref-hist.csv");

const rates: Rates = {
  given: {},
  stored: Object.fromEntries(
    expected.cases.flatMap(({ from, to }) => [from, to].map((code) => [code, storedOf(days, code)] as const)),
  ),
};

test("the historical file is read whole, in each form in which it comes", async () => {
  expect(days.map(({ day }) => day).reverse()).toEqual(expected.rate_days);
  expect(days).toHaveLength(expected.rows);
  for (const [on, count] of Object.entries(expected.currencies_with_rates))
    expect(Object.keys(days.find(({ day }) => day === on)?.rates ?? {})).toHaveLength(count);
  expect(await read("eurofxref-hist.zip")).toEqual(days);
  expect(await read("eurofxref-hist.spreadsheet-de.csv")).toEqual(days);
});

test("the daily file says the same of its day as the historical one", async () => {
  expect(await read("eurofxref.csv")).toEqual(days.slice(-1));
  expect(await read("eurofxref.zip")).toEqual(days.slice(-1));
});

/** A quotient of decimals in lowest terms. */
const fraction = (numerator: string, denominator: string): string => {
  const scale = 60;
  const whole = (text: string): bigint => BigInt(decimal(text).times(`1e${scale}`).toFixed());
  const divisor = (a: bigint, b: bigint): bigint => (b === 0n ? a : divisor(b, a % b));
  const [top, bottom] = [whole(numerator), whole(denominator)];
  const common = divisor(top < 0n ? -top : top, bottom);
  return `${top / common}/${bottom / common}`;
};

test("there are 29 cases", () => expect(expected.cases).toHaveLength(29));

test.each(expected.cases)("$amount $from in $to on $on", ({ amount, from, to, on, error, why, ...is }) => {
  const rate = rateBetween(from, to, on, rates);
  if ("error" in rate) {
    expect({ error: rate.error }).toEqual({ error });
    if (error === "no_rate") expect(rate.why).toBe(why);
    else expect(why).toContain(rate.why);
    return;
  }
  const result = converted(decimal(amount), rate);
  const to10 = (text: ReturnType<typeof decimal>): string => rounded(text, 10).toFixed(10);
  expect({
    rate_date: rate.date,
    rate_fraction: fraction(rate.to.toFixed(), rate.from.toFixed()),
    rate_10: to10(converted(decimal("1"), rate)),
    exact_fraction: fraction(rate.to.times(amount).toFixed(), rate.from.toFixed()),
    result_10: to10(result),
    shown: roundedOnce(result, decimalsOf(to)).toFixed(decimalsOf(to)),
  }).toEqual({
    rate_date: is.rate_date,
    rate_fraction: is.rate_fraction,
    rate_10: is.rate_10,
    exact_fraction: is.exact_fraction,
    result_10: is.result_10,
    shown: is.shown,
  });
});

test("a sum is converted from what is unrounded, and rounded once", () => {
  const { on, from, to, amounts, ...is } = expected.sum_law;
  const rate = rateBetween(from, to, on, rates);
  if ("error" in rate) throw new Error(rate.why);
  const each = amounts.map((amount) => converted(decimal(amount), rate));
  const sum = each.reduce((total, amount) => total.plus(amount));
  expect(rounded(sum, 10).toFixed(10)).toBe(is.sum_then_convert_10);
  expect(roundedOnce(sum, 2).toFixed(2)).toBe(is.sum_then_convert_shown);
  expect(each.map((amount) => roundedOnce(amount, 2).toFixed(2))).toEqual(is.each_shown);
});
