import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Decimal, decimal, stored } from "../../src/lib/money.js";
import { type Fine, fine, plus, storedFine, tenthsOf, times } from "../../src/lib/prices/fine.js";

/** Of all sizes: many prices are whole numbers of 1e-12 dollars, and others are not. */
const amount = fc
  .tuple(fc.bigInt({ min: -(10n ** 19n), max: 10n ** 19n }), fc.integer({ min: 0, max: 18 }))
  .map(([digits, decimals]) => decimal(`${digits}e-${decimals}`));
const count = fc.oneof(
  fc.integer({ min: 0, max: 1e6 }),
  fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
);

describe("storedFine", () => {
  it("rounds as `stored` does, whatever is multiplied and added up", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(amount, count), { maxLength: 5 }), (parts) => {
        const exact = parts.reduce(
          (total: Decimal, [each, many]) => total.plus(each.times(many)),
          decimal("0"),
        );
        const made = parts.reduce((total: Fine, [each, many]) => plus(total, times(fine(each), many)), 0);
        expect(storedFine(made)).toBe(stored(exact));
      }),
    );
  });

  it.each([
    "0.00000000005",
    "-0.00000000005",
    "0.00000000015",
    "0.000000000149",
    "0.0000000001500000000000000001",
    "9007.199254740991",
    "9007.199254740992",
    "99999999.99999999995",
    "1e8",
    "-1e8",
  ])("rounds %s as `stored` does", (text) => {
    expect(storedFine(fine(decimal(text)))).toBe(stored(decimal(text)));
  });

  it("has prices of a million exactly", () => {
    expect(storedFine(times(fine(decimal("3"), 6), 7))).toBe("0.000021");
    expect(storedFine(times(fine(decimal("0.000123456789"), 6), 1e6))).toBe("0.0001234568");
  });

  it("takes tenths of an amount", () => {
    expect(storedFine(tenthsOf(fine(decimal("3")), 5n))).toBe("1.5");
    expect(storedFine(tenthsOf(fine(decimal("0.0000000003")), 5n))).toBe("0.0000000002");
  });
});
