import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decimal,
  grouped,
  parseAmount,
  percentOf,
  plain,
  plainSum,
  rounded,
  stored,
  sum,
  typedAmount,
} from "../src/lib/money.js";

/** Decimal strings with up to 18 digits before and 12 after the point. */
const decimals = fc
  .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: 0, max: 12 }))
  .map(([digits, scale]) => plain(decimal(`${digits}e-${scale}`)));

describe("parseAmount", () => {
  it.each([
    ["1204.50", "1204.5"],
    ["$1,204.50", "1204.5"],
    [" $ 12 ", "12"],
    ["-0.01", "-0.01"],
    ["-$0.01", "-0.01"],
    ["$-0.01", "-0.01"],
    ["(0.01)", "-0.01"],
    ["($1,204.50)", "-1204.5"],
    ["+5", "5"],
    [".5", "0.5"],
    ["5.", "5"],
    ["0E-6176", "0"],
    ["1.2e-7", "0.00000012"],
    ["1E3", "1000"],
    ["1.234,50", "1234.5"],
    ["1.234", "1.234"],
    ["1 234", "1234"],
    ["1 234,50", "1234.5"],
    ["1\u00a0234.50", "1234.5"],
    ["1\u202f234,50", "1234.5"],
    ["12.50\tUSD", "12.5"],
    ["1'234.50", "1234.5"],
    ["1’234’567.50", "1234567.5"],
    ["12,34,567.50", "1234567.5"],
    ["5$", "5"],
    ["12.34-", "-12.34"],
    ["\u221212.34", "-12.34"],
    ["$(12.34)", "-12.34"],
    ["(12.34) $", "-12.34"],
    ["US$ 5 USD", "5"],
    ["5 usd", "5"],
    ['="1.50"', "1.5"],
    ["1,234,567.89", "1234567.89"],
    ["007", "7"],
    ["-0", "0"],
  ])("reads %j as %s", (text, amount) => {
    expect(plain(parseAmount(text)!)).toBe(amount);
  });

  it.each([
    "",
    " ",
    "abc",
    "-",
    "--",
    "$",
    "()",
    "0,125.5",
    "12.3.4",
    "1e",
    "1e1234567",
    "0x10",
    "NaN",
    "Infinity",
    "1,23",
    "1,2345",
    "0,125",
    "00,123",
    "-0,125",
    "$0,125",
    ",123",
    "1,234",
    "-1,234",
    "€5",
    "5 kr",
    "5 %",
    "5 calls",
    "1 23",
    "1\t234.50",
    "1 234'567",
    "1,23,45",
    "=1.50",
    "$$5",
    "--5",
    "(-5)",
    "($-5)",
    "(+5)",
    "(5",
    "١٢",
  ])("refuses %j", (text) => {
    expect(parseAmount(text)).toBeNull();
  });

  it("reads what plain writes, unchanged", () => {
    fc.assert(
      fc.property(decimals, (text) => {
        expect(plain(parseAmount(text)!)).toBe(text);
      }),
    );
  });

  it("reads an amount with commas between thousands like the one without, unless they may be decimals", () => {
    fc.assert(
      fc.property(decimals, (text) => {
        const isAmbiguous = /^-?\d{1,3},\d{3}$/.test(grouped(text));
        expect(parseAmount(grouped(text))?.toFixed()).toBe(isAmbiguous ? undefined : text);
      }),
    );
  });

  it("checks the sign or the code of a currency against the one that is meant", () => {
    const read = (text: string, currency: string) => parseAmount(text, currency)?.toFixed();
    expect(read("1.234,50 €", "EUR")).toBe("1234.5");
    expect(read("EUR 5", "EUR")).toBe("5");
    expect(read("kr 5", "SEK")).toBe("5");
    expect(read("5.00 kr.", "DKK")).toBe("5");
    expect(read("CHF 1’234.50", "CHF")).toBe("1234.5");
    expect(read("₹1,00,000.00", "INR")).toBe("100000");
    expect(read("CA$5", "CAD")).toBe("5");
    expect(read("$5", "CAD")).toBe("5");
    expect(read("$5", "EUR")).toBeUndefined();
    expect(read("5 €", "USD")).toBeUndefined();
    expect(read("CA$5", "USD")).toBeUndefined();
    expect(typedAmount("5 €", "USD")).toEqual({ wrong: "is in EUR, but amounts here are in USD" });
    expect(typedAmount("$5", "EUR")).toEqual({ wrong: "is in dollars, but amounts here are in EUR" });
  });

  it("says in which two ways an amount can be read", () => {
    expect(typedAmount("1,234")).toEqual({
      wrong: "is ambiguous, because of its comma",
      write: "1.234 or 1234",
    });
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[-+$(]{0,3}[\d.,eE+-]{0,12}\)?$/)), (text) => {
        parseAmount(text);
      }),
    );
  });
});

describe("plain", () => {
  it("has no exponent, no trailing zero and no negative zero", () => {
    expect(["1e21", "1e-10", "1.500", "-0", "0e5"].map((text) => plain(decimal(text)))).toEqual([
      "1000000000000000000000",
      "0.0000000001",
      "1.5",
      "0",
      "0",
    ]);
  });
});

describe("stored", () => {
  it("rounds half-even to ten decimals", () => {
    const round = (text: string) => stored(decimal(text));
    expect(round("0.00000000005")).toBe("0");
    expect(round("0.00000000015")).toBe("0.0000000002");
    expect(round("0.00000000025")).toBe("0.0000000002");
    expect(round("-0.00000000005")).toBe("0");
    expect(round("1.23456789012345")).toBe("1.2345678901");
  });

  it("is null for what numeric(18,10) cannot hold, also after rounding", () => {
    expect(stored(decimal("99999999.9999999999"))).toBe("99999999.9999999999");
    expect(stored(decimal("100000000"))).toBeNull();
    expect(stored(decimal("-100000000"))).toBeNull();
    expect(stored(decimal("99999999.99999999999"))).toBeNull();
    expect(stored(decimal("1e99999"))).toBeNull();
  });

  it("changes nothing the second time", () => {
    fc.assert(
      fc.property(decimals, (text) => {
        const once = stored(decimal(text));
        if (once !== null) expect(stored(decimal(once))).toBe(once);
      }),
    );
  });
});

describe("plainSum", () => {
  it("is the exact sum, however many decimals there are", () => {
    const kept = fc
      .record({
        units: fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }),
        exponent: fc.integer({ min: -14, max: 0 }),
      })
      .map(({ units, exponent }) => plain(decimal(`${units}e${exponent}`)));
    fc.assert(
      fc.property(fc.array(kept), (amounts) => {
        expect(plainSum(amounts)).toBe(plain(sum(amounts)));
      }),
    );
    expect(plainSum(["-0.5", "0.25"])).toBe("-0.25");
    expect(plainSum(["0.5", "-0.5"])).toBe("0");
    expect(plainSum([])).toBe("0");
  });
});

describe("sum", () => {
  it("is exact where floating point is not", () => {
    expect(plain(sum(["0.1", "0.2"]))).toBe("0.3");
    expect(plain(sum(["99999999.9999999999", "0.0000000001"]))).toBe("100000000");
    expect(plain(sum([]))).toBe("0");
  });

  it("does not depend on the order, and equals the sum of the sums of the parts", () => {
    fc.assert(
      fc.property(fc.array(decimals), fc.nat(), (amounts, at) => {
        const total = plain(sum(amounts));
        expect(plain(sum(amounts.toReversed()))).toBe(total);
        const cut = at % (amounts.length + 1);
        expect(plain(sum(amounts.slice(0, cut)).plus(sum(amounts.slice(cut))))).toBe(total);
      }),
    );
  });
});

describe("rounded", () => {
  it("rounds half to even", () => {
    expect(["0.125", "0.135", "-0.125", "2.5"].map((text) => plain(rounded(decimal(text), 2)))).toEqual([
      "0.12",
      "0.14",
      "-0.12",
      "2.5",
    ]);
  });
});

describe("percentOf", () => {
  const percent = (part: string, whole: string) => percentOf(decimal(part), decimal(whole));

  it("has one decimal, and no sign on zero", () => {
    expect(percent("1", "3")).toBe("33.3");
    expect(percent("-2", "3")).toBe("-66.7");
    expect(percent("5", "5")).toBe("100.0");
    expect(percent("-0.0001", "3")).toBe("0.0");
  });

  it("is rounded half to even, exactly", () => {
    expect([percent("1", "2000"), percent("3", "2000"), percent("-1", "2000")]).toEqual([
      "0.0",
      "0.2",
      "0.0",
    ]);
    const kept = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }).map((n) => plain(decimal(`${n}e-10`)));
    fc.assert(
      fc.property(
        kept,
        kept.filter((amount) => amount !== "0"),
        (part, whole) => {
          const exact = rounded(decimal(part).times(100).div(whole), 1);
          expect(percent(part, whole)).toBe(exact.eq(0) ? "0.0" : exact.toFixed(1));
        },
      ),
    );
  });

  it("is null of nothing", () => {
    expect(percent("1", "0")).toBeNull();
  });
});

describe("grouped", () => {
  it("sets commas between thousands, before the point alone", () => {
    expect(["1", "123", "1234", "1234567", "-1234.5678", "0.0001234"].map(grouped)).toEqual([
      "1",
      "123",
      "1,234",
      "1,234,567",
      "-1,234.5678",
      "0.0001234",
    ]);
  });
});
