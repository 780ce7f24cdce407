import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dateReadings, isoDay, isoMoment, type DateOrder } from "../../src/lib/csv/dates.js";
import { mappedFormat, parseMapping } from "../../src/lib/csv/mapper.js";
import { amountReadings, plain, type DecimalMark } from "../../src/lib/money.js";
import { read, refusal } from "./tables.js";

/** How people of a country write numbers and dates. */
interface Locale {
  name: string;
  mark: DecimalMark;
  order: DateOrder;
  currency: string;
}

const LOCALES: readonly Locale[] = [
  { name: "en-US", mark: "point", order: "MDY", currency: "USD" },
  { name: "en-GB", mark: "point", order: "DMY", currency: "GBP" },
  { name: "de-DE", mark: "comma", order: "DMY", currency: "EUR" },
  { name: "de-CH", mark: "point", order: "DMY", currency: "CHF" },
  { name: "fr-FR", mark: "comma", order: "DMY", currency: "EUR" },
  { name: "sv-SE", mark: "comma", order: "YMD", currency: "SEK" },
  { name: "en-IN", mark: "point", order: "DMY", currency: "INR" },
];

const locale = fc.constantFrom(...LOCALES);

/** Hundredths of an amount, of up to nine digits before the point. */
const cents = fc.integer({ min: -99_999_999_999, max: 99_999_999_999 });

const amountText = (hundredths: number): string => {
  const digits = String(Math.abs(hundredths)).padStart(3, "0");
  return plainOf(`${hundredths < 0 ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`);
};

/** Without zeros that say nothing. */
const plainOf = (text: string): string => text.replace(/\.?0+$/, "").replace(/^-0$/, "0");

type Style = Intl.NumberFormatOptions;

const NUMBER_STYLES: readonly ((currency: string) => Style)[] = [
  () => ({ minimumFractionDigits: 2 }),
  () => ({ useGrouping: false, minimumFractionDigits: 2 }),
  (currency) => ({ style: "currency", currency }),
  (currency) => ({ style: "currency", currency, currencyDisplay: "code" }),
  (currency) => ({ style: "currency", currency, currencyDisplay: "narrowSymbol" }),
  (currency) => ({ style: "currency", currency, currencySign: "accounting" }),
];

const numberStyle = fc.constantFrom(...NUMBER_STYLES);

describe("an amount as a country writes it", () => {
  it("is read back", () => {
    fc.assert(
      fc.property(locale, cents, numberStyle, ({ name, mark, currency }, hundredths, style) => {
        const text = new Intl.NumberFormat(name, style(currency)).format(hundredths / 100);
        const readings = amountReadings(text);
        expect([text, readings?.[mark] && plain(readings[mark])]).toEqual([text, amountText(hundredths)]);
        for (const meant of readings?.currencies ?? []) expect(meant).toContain(currency);
      }),
    );
  });

  it("is read in a column, whatever the other cells are, or the column is refused", async () => {
    const column = fc.array(fc.integer({ min: 1, max: 9_999_999 }), { minLength: 1, maxLength: 4 });
    const digits = fc.constantFrom(0, 2, 3);
    await fc.assert(
      fc.asyncProperty(locale, column, digits, async ({ name, mark }, thousandths, decimals) => {
        const format = new Intl.NumberFormat(name, {
          minimumFractionDigits: decimals,
          maximumFractionDigits: decimals,
        });
        const scale = 10 ** decimals;
        const cells = thousandths.map((number) => format.format(number / scale));
        const expected = thousandths.map((number) => plainOf((number / scale).toFixed(decimals + 1)));
        const reading = read(`Day;Cost\n${cells.map((cell) => `2026-11-05;${cell}\n`).join("")}`, {
          formats: [
            mappedFormat("mine", parseMapping("date=Day,cost=Cost"), { timezone: "UTC", provider: "acme" }),
          ],
          format: "map:mine",
        });
        const both = cells.map((cell) => amountReadings(cell));
        const isDecided = both.some((ways) => (ways?.point === null) !== (ways?.comma === null));
        const isSame = both.every((ways) => ways?.point && ways.comma && ways.point.eq(ways.comma));
        if (!isDecided && !isSame) expect((await refusal(reading)).code).toBe("numbers_ambiguous");
        else {
          const costs = (await reading).records.map(({ cost_usd }) => cost_usd);
          expect([mark, cells, costs]).toEqual([mark, cells, expected]);
        }
      }),
      { numRuns: 60 },
    );
  });
});

const moment = fc.date({
  min: new Date("2015-01-01T00:00:00Z"),
  max: new Date("2028-01-01T00:00:00Z"),
  noInvalidDate: true,
});

const DATE_STYLES: readonly Intl.DateTimeFormatOptions[] = [
  { dateStyle: "short" },
  { dateStyle: "medium" },
  { dateStyle: "long" },
  { dateStyle: "full" },
  { year: "numeric", month: "numeric", day: "numeric" },
  { year: "numeric", month: "2-digit", day: "2-digit" },
];

const MOMENT_STYLES: readonly Intl.DateTimeFormatOptions[] = [
  { dateStyle: "short", timeStyle: "medium" },
  { dateStyle: "medium", timeStyle: "medium" },
  { dateStyle: "long", timeStyle: "medium" },
  {
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  },
];

describe("a date as a country writes it", () => {
  it("is read back", () => {
    fc.assert(
      fc.property(locale, moment, fc.constantFrom(...DATE_STYLES), ({ name, order }, date, style) => {
        const text = new Intl.DateTimeFormat(name, { ...style, timeZone: "UTC" }).format(date);
        const found = dateReadings(text)?.[order];
        expect([text, found && isoDay(found)]).toEqual([text, date.toISOString().slice(0, 10)]);
      }),
    );
  });

  it("is read back with its time", () => {
    fc.assert(
      fc.property(locale, moment, fc.constantFrom(...MOMENT_STYLES), ({ name, order }, date, style) => {
        const text = new Intl.DateTimeFormat(name, { ...style, timeZone: "UTC" }).format(date);
        const found = dateReadings(text)?.[order];
        expect([text, found && isoMoment(found)]).toEqual([text, date.toISOString().slice(0, 19)]);
      }),
    );
  });

  it("means the same in every order, or is refused unless another date decides", async () => {
    await fc.assert(
      fc.asyncProperty(locale, moment, async ({ name, order }, date) => {
        const text = new Intl.DateTimeFormat(name, {
          year: "numeric",
          month: "2-digit",
          day: "2-digit",
          timeZone: "UTC",
        }).format(date);
        const reading = read(`Day;Cost\n${text};1\n`, {
          formats: [
            mappedFormat("mine", parseMapping("date=Day,cost=Cost"), { timezone: "UTC", provider: "acme" }),
          ],
          format: "map:mine",
        });
        const day = date.toISOString().slice(0, 10);
        const isRead = await reading.then(
          () => true,
          () => false,
        );
        if (isRead) {
          const [result] = (await reading).results;
          if (result?.kind === "record")
            expect([text, result.record.timestamp.slice(0, 10)]).toEqual([text, day]);
          // After the last day that is believed.
          else expect(result).toMatchObject({ problems: [{ value: text }] });
          return;
        }
        expect([order, day.slice(8) <= "12"]).toEqual([order, true]);
        expect((await refusal(reading)).code).toBe("dates_ambiguous");
      }),
      { numRuns: 60 },
    );
  });
});
