import fc from "fast-check";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { UserError } from "../../src/lib/errors.js";
import { decimal, plain, roundedOnce, sum } from "../../src/lib/money.js";
import { ecbDays } from "../../src/lib/rates/ecb-table.js";
import { mayLackDays } from "../../src/lib/rates/kept-days.js";
import { converted, rateBetween, rateOn, type StoredRates } from "../../src/lib/record/rates.js";

const read = (name: string): string => readFileSync(`test/fixtures/rates/${name}`, "utf8");
const HISTORY = read("eurofxref-hist.csv");
const DAILY = read("eurofxref.csv");
const GERMAN = read("eurofxref-hist.spreadsheet-de.csv").replace("\uFEFF", "");

const problemOf = (text: string): string => {
  try {
    ecbDays(text, "rates.csv", "2026-11-29");
  } catch (error) {
    if (error instanceof UserError && error.code === "rates_unreadable") return error.message;
    throw error;
  }
  throw new Error("It was read.");
};

describe("a rate file that is not whole", () => {
  it.each([
    ["cut in a number", HISTORY.slice(0, -20), "its last line is cut off"],
    ["cut at the end of a cell", HISTORY.replace(/,18\.7969,\n[^]*$/, ",18.7969\n"), "line 2 has 41 columns"],
    ["without rates", HISTORY.slice(0, HISTORY.indexOf("\n") + 1), "it has no rates"],
    ["of another form", "day,cost\n2026-11-01,1\n", "its first line does not begin with Date"],
    ["with a word as a currency", HISTORY.replace("JPY", "Yen!"), "“Yen!” is not a currency"],
    ["with a currency twice", HISTORY.replace("JPY", "BGN"), "it names a currency twice"],
    ["without the dollar", HISTORY.replace("USD", "XXX"), "it has no column USD"],
    [
      "with a negative rate",
      HISTORY.replace("1.12,175", "1.12,-175"),
      "line 2 has “-175” as the rate of JPY",
    ],
    ["with a rate of zero", HISTORY.replace("1.12,175", "1.12,0"), "line 2 has “0” as the rate of JPY"],
    ["with an exponent", HISTORY.replace("1.12,175", "1.12,1e9"), "line 2 has “1e9” as the rate of JPY"],
    ["with an absurd dollar", HISTORY.replace("1.12,175", "112,175"), "line 2 has “112” as the rate of USD"],
    ["with a dollar of N/A", HISTORY.replace("1.12,175", "N/A,175"), "line 2 has no rate of USD"],
    ["with a slip of the point", HISTORY.replace("1.12,175", "1.12,17500"), "JPY goes from 170.46 to 17500"],
    [
      "with a word as a date",
      DAILY.replace("27 November", "27 Brumaire"),
      "has no date, but “27 Brumaire 2026”",
    ],
    ["with a day that is none", HISTORY.replace("2026-11-27", "2026-02-30"), "has no date, but “2026-02-30”"],
    ["of the future", HISTORY.replace("2026-11-27", "2027-11-27"), "line 2 is of 2027-11-27"],
    ["of before the euro", HISTORY.replace("2026-11-27", "1998-11-27"), "line 2 is of 1998-11-27"],
    ["with a day twice", HISTORY.replace("2026-11-27", "2026-11-26"), "it has 2026-11-26 twice"],
    ["with points and semicolons", GERMAN.replace("1,12;175", "1.12;175"), "has “1.12” as the rate of USD"],
    ["with text below it", `${HISTORY}The end.\n`, "line 18 has no date, but “The end.”"],
  ])("is refused: one %s", (_, text, problem) => {
    expect(problemOf(text)).toContain(problem);
  });

  it("is refused wherever it is cut, but between days", () => {
    for (let end = 0; end < HISTORY.length; end++) {
      const text = HISTORY.slice(0, end);
      if (!/\d,\n$/.test(text))
        expect(() => ecbDays(text, "cut", "2026-11-29")).toThrow("is not a whole rate file");
    }
  });
});

it("knows when the daily file cannot be the next one", () => {
  expect(mayLackDays("2026-11-26", "2026-11-27")).toBe(false);
  expect(mayLackDays("2026-11-27", "2026-11-30"), "a weekend").toBe(false);
  expect(mayLackDays("2026-11-25", "2026-11-27")).toBe(true);
});

describe("the rate of a day", () => {
  const stored: StoredRates = {
    undated: "1.5",
    set: [["2026-11-10", "1.2"]],
    ecb: [
      ["2026-11-10", "1.1", "1"],
      ["2026-11-12", "1.3", null],
      ["2026-11-24", "1.4", "2"],
    ],
  };
  const on = (day: string, rates = stored) => {
    const { from, to, date, source } = rateOn("XYZ", day, { stored: { XYZ: rates } });
    return [plain(to.div(from)), date, source];
  };

  it("is the newest one, the user's own on a day of both, and without a date only where there is none", () => {
    expect(on("2026-11-09")).toEqual(["1.5", null, "set"]);
    expect(on("2026-11-10")).toEqual(["1.2", "2026-11-10", "set"]);
    expect(on("2026-11-17"), "the bank names none on its newest day").toEqual(["1.2", "2026-11-10", "set"]);
    expect(on("2026-11-18")).toEqual(["1.5", null, "set"]);
    expect(on("2026-11-24")).toEqual(["0.7", "2026-11-24", "ecb"]);
  });

  it("is what was given with the command, before all others", () => {
    const rate = rateOn("XYZ", "2026-11-24", { given: { XYZ: "3" }, stored: { XYZ: stored } });
    expect([plain(rate.to), rate.date, rate.source]).toEqual(["3", null, "given"]);
  });

  it("is refused with what to type", () => {
    expect(() => on("2026-11-09", { ...stored, undated: null })).toThrow(
      expect.objectContaining({
        message: "There is no rate for XYZ on 2026-11-09: first rate is of 2026-11-10.",
        hint: expect.stringContaining("aicost rates set XYZ NUMBER (with --date 2026-11-09") as string,
        details: { currency: "XYZ", day: "2026-11-09", reason: "no_rate" },
      }),
    );
  });
});

describe("a sum of what is converted", () => {
  const days = ecbDays(HISTORY, "history", "2026-11-29");
  const amount = fc.integer({ min: -1e12, max: 1e12 }).map((n) => plain(decimal(`${n}e-10`)));
  const day = fc.constantFrom(...days);
  const currency = fc.constantFrom("EUR", "JPY", "GBP", "CHF", "IDR");

  it("is what converting the sum gives, on one day", () => {
    const law = fc.property(
      fc.array(amount, { minLength: 1, maxLength: 50 }),
      day,
      currency,
      (amounts, { day, rates }, to) => {
        const stored = {
          [to]: {
            undated: null,
            set: [],
            ecb: [[day, rates["USD"]!, to === "EUR" ? "1" : rates[to]!] as const],
          },
        };
        const rate = rateBetween("USD", to, day, { stored });
        if ("error" in rate) throw new Error(rate.why);
        const each = sum(amounts.map((usd) => plain(converted(decimal(usd), rate))));
        const whole = converted(sum(amounts), rate);
        for (const decimals of [0, 2, 10])
          expect(roundedOnce(each, decimals).eq(roundedOnce(whole, decimals))).toBe(true);
        const printed = amounts.map((usd) => plain(roundedOnce(converted(decimal(usd), rate), 2)));
        const most = decimal("0.005").times(amounts.length + 1);
        expect(sum(printed).minus(roundedOnce(whole, 2)).abs().lte(most)).toBe(true);
      },
    );
    fc.assert(law);
  });
});
