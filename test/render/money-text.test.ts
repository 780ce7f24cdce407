import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decimal } from "../../src/lib/money.js";
import {
  compactCount,
  formatCount,
  formatPercentChange,
  formatUsd,
  formatUsdChange,
} from "../../src/lib/render/money-text.js";
import { amount } from "../reports/daily-spend.js";

describe("formatUsd", () => {
  it.each([
    ["0", "$0.00"],
    ["1235.5", "$1,235.50"],
    ["-1", "-$1.00"],
    ["99999999.99", "$99,999,999.99"],
    ["0.000171", "$0.00017"],
    ["0.0049", "$0.0049"],
    ["0.005", "$0.005"],
    ["0.00996", "$0.01"],
    ["0.0000000001", "$0.0000000001"],
    ["-0.0000123", "-$0.000012"],
  ])("%s is %s", (amount, text) => {
    expect(formatUsd(amount)).toBe(text);
  });

  it("rounds half to even", () => {
    expect(["0.125", "0.135", "2.665", "2.675"].map(formatUsd)).toEqual(["$0.12", "$0.14", "$2.66", "$2.68"]);
  });

  it("shows no amount but zero as $0.00, and is within half a cent or five percent", () => {
    fc.assert(
      fc.property(amount, (text) => {
        const shown = decimal(formatUsd(text).replaceAll(/[$,]/g, ""));
        const value = decimal(text);
        expect(shown.eq(0)).toBe(value.eq(0));
        const error = shown.minus(value).abs();
        expect(error.lte("0.005") && (value.abs().gte("0.01") || error.lte(value.abs().times("0.05")))).toBe(
          true,
        );
      }),
    );
  });
});

describe("changes", () => {
  it("have a sign, but zero has none", () => {
    expect(["12.5", "-12.5", "0"].map(formatUsdChange)).toEqual(["+$12.50", "-$12.50", "$0.00"]);
    expect(["12.5", "-12.5", "0.0", null].map(formatPercentChange)).toEqual([
      "+12.5%",
      "-12.5%",
      "0.0%",
      "–",
    ]);
  });
});

describe("counts", () => {
  it("have commas, and a dash if no source states them", () => {
    expect([1_234_567, 999, 0, null].map(formatCount)).toEqual(["1,234,567", "999", "0", "–"]);
  });

  it("are short if there is little room", () => {
    expect([999, 1_000, 12_700_000, 999_949, 999_950, 3_400_000_000, 5e15, null].map(compactCount)).toEqual([
      "999",
      "1.0k",
      "12.7M",
      "999.9k",
      "1.0M",
      "3.4B",
      "5000.0T",
      "–",
    ]);
  });
});
