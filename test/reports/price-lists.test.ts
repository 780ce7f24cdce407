import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PriceListNames } from "../../src/lib/api.js";
import { listsOf, priceListsUsed } from "../../src/lib/reports/price-lists.js";
import { spendReport } from "../../src/lib/reports/spend.js";
import { priceListsText } from "../../src/lib/render/price-text.js";
import { spendTable } from "../../src/lib/render/spend-table.js";
import { anySpend, spend } from "./daily-spend.js";

const PACKAGE: PriceListNames = { "genai-prices 0.1.8": true };
const BOTH: PriceListNames = { "genai-prices 0.1.8 + overlay of 2026-11-28 (a41c9f)": true };
const WIDE = { width: 200, color: false };

const reportOf = (...days: Parameters<typeof spend>[0][]) =>
  spendReport(days.map(spend), {
    range: { from: "2026-11-01", to: "2026-11-30" },
    timezone: "UTC",
    groupBy: ["provider"],
  });

describe("the price lists of estimates", () => {
  it("are those of all sums together, however these are divided", () => {
    fc.assert(
      fc.property(fc.array(anySpend), fc.nat(), (days, at) => {
        const cut = at % (days.length + 1);
        const apart = [days.slice(0, cut), days.slice(cut)].map(listsOf);
        expect(listsOf(apart)).toEqual(listsOf(days));
        const names = days.flatMap(({ estimated_by }) => Object.keys(estimated_by ?? {}));
        expect(new Set(Object.keys(listsOf(days).estimated_by ?? {}))).toEqual(new Set(names));
      }),
    );
  });

  it("are named once, one by one, in JSON", () => {
    expect(
      priceListsUsed([
        spend({ estimated_by: BOTH }),
        spend({ estimated_by: PACKAGE, included_by: { "own price": true } }),
      ]),
    ).toEqual({
      price_lists: {
        estimated: ["genai-prices 0.1.8", "overlay of 2026-11-28 (a41c9f)"],
        included: ["own price"],
      },
    });
    expect(priceListsUsed([spend({ usage_usd: "1" })])).toEqual({});
  });

  it("stand below the table with what they estimate", () => {
    const table = spendTable(
      reportOf(
        { estimated_usd: "38.3", estimated_by: BOTH },
        { provider: "cursor", included_usd: "7", included_by: { "its source": true } },
      ),
      WIDE,
    );
    expect(table).toContain(
      "Estimated  $38.30  list prices of the day, genai-prices 0.1.8 + overlay of 2026-11-28 (a41c9f)\n" +
        "Included    $7.00  covered by plans, not in the total; as its source or you stated it",
    );
    expect(spendTable(reportOf({ usage_usd: "1" }), WIDE)).not.toContain("Estimated");
  });

  it("are told apart from the user's own prices, and from what the source states", () => {
    expect(priceListsText(["own price", "list.json of 2026-11-20 (0123ab)", "its source"])).toBe(
      "list prices of the day, list.json of 2026-11-20 (0123ab); your own prices; as its source or you stated it",
    );
    expect(priceListsText(["own price"])).toBe("your own prices");
  });
});
