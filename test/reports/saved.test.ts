import { describe, expect, it } from "vitest";
import { plain, sum } from "../../src/lib/money.js";
import { PriceChain } from "../../src/lib/prices/chain.js";
import type { PriceRow } from "../../src/lib/record/price.js";
import { unsavedWarnings, withSaved } from "../../src/lib/reports/saved.js";
import { sumSpend } from "../../src/lib/reports/sum.js";
import { spend } from "./daily-spend.js";

const price = (model: string, rates: PriceRow["rates"], since: string | null = null): PriceRow => ({
  provider: null,
  model,
  since,
  rates,
});

/** Only the user's own prices. */
const chain = new PriceChain(
  {
    own: [
      price("gpt-5", { input_mtok: "1.25", cache_read_mtok: "0.125", output_mtok: "10" }),
      price("gpt-5", { input_mtok: "2", cache_read_mtok: "0.125", output_mtok: "10" }, "2026-11-10"),
      price("plain-1", { input_mtok: "3", output_mtok: "10" }),
      price("long-1", {
        input_mtok: { base: "2", tiers: [{ above: 200_000, price: "4" }] },
        cache_read_mtok: "0.2",
        output_mtok: "10",
      }),
    ],
    lists: [],
  },
  {
    overlay: { date: "2026-11-28", hash: "000000", rows: [] },
    genai: { name: "genai-prices", ratesOf: () => null, historyOf: () => [] },
  },
);

const savedOf = (day: Parameters<typeof spend>[0]): string | null =>
  withSaved([spend(day)], chain)[0]!.saved_usd;

describe("what caching saved", () => {
  it("is what the cached input would have cost, less what it cost, at the prices of its day, exactly", () => {
    expect(savedOf({ cache_read_tokens: 1_000_000 })).toBe("1.125");
    expect(savedOf({ cache_read_tokens: 1 })).toBe("0.000001125");
    expect(savedOf({ cache_read_tokens: 1_000_000, date: "2026-11-10" })).toBe("1.875");
    expect(savedOf({ model: "long-1", cache_read_tokens: 500_000 })).toBe("0.9");
  });

  it("is nothing if reading a cache has no price of its own, or nothing was read from it", () => {
    expect(savedOf({ model: "plain-1", cache_read_tokens: 1_000_000 })).toBe("0");
    expect(savedOf({ cache_read_tokens: 0 })).toBe("0");
  });

  it("is not known without a price, a model or the cached tokens", () => {
    expect(savedOf({ model: "nobody-prices-this-1", cache_read_tokens: 5 })).toBeNull();
    expect(savedOf({ model: null, cache_read_tokens: 5 })).toBeNull();
    expect(savedOf({ cache_read_tokens: null })).toBeNull();
  });

  it("adds up, and names what it does not know", () => {
    const days = withSaved(
      [
        spend({ cache_read_tokens: 1_000_000 }),
        spend({ cache_read_tokens: 2_000_000 }),
        spend({ model: "nobody-prices-this-1", cache_read_tokens: 1500 }),
      ],
      chain,
    );
    expect(sumSpend(days).saved_usd).toBe(plain(sum(["1.125", "2.25"])));
    expect(sumSpend(days.slice(2)).saved_usd).toBeNull();
    expect(sumSpend([spend({})])).not.toHaveProperty("saved_usd");
    expect(unsavedWarnings(days)).toEqual([
      "1,500 tokens of openai were read from a cache at an unknown price: what that saved is not known.",
    ]);
    expect(unsavedWarnings([spend({ cache_read_tokens: 5 })])).toEqual([]);
  });
});
