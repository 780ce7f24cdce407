import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { costOf, divided, type ModelUse, type PartName, type Side } from "../../src/lib/explain/parts.js";
import { averageDay } from "../../src/lib/explain/sides.js";
import { decimal, plain, sum, ZERO } from "../../src/lib/money.js";

const side = (
  models: [model: string, cost: string, tokens: number][],
  flat: Partial<Side["flat"]> = {},
): Side => ({
  models: models.map(([model, cost, tokens]) => ({
    provider: "openai",
    model,
    cost: decimal(cost),
    tokens: decimal(String(tokens)),
  })),
  flat: { subscription_usd: ZERO, fee_usd: ZERO, tax_usd: ZERO, credit_usd: ZERO, ...flat },
});

const partsOf = (now: Side, before: Side): Partial<Record<PartName, string>> =>
  Object.fromEntries(
    divided(now, before)
      .parts.filter(({ change_usd }) => change_usd !== "0")
      .map(({ part, change_usd }) => [part, change_usd]),
  );

describe("a difference is divided into", () => {
  it("volume, price and mix of each model", () => {
    const before = side([
      ["cheap", "1", 1000],
      ["dear", "10", 1000],
    ]);
    const now = side([
      ["cheap", "1", 1000],
      ["dear", "45", 3000],
    ]);
    const { parts, models } = divided(now, before);
    expect(parts.slice(0, 3)).toEqual([
      // 2,000 tokens became 4,000: all would cost $22.
      { part: "volume", change_usd: "11" },
      // $15 for a thousand instead of $10.
      { part: "price", change_usd: "15" },
      { part: "mix", change_usd: "9" },
    ]);
    expect(models).toMatchObject([
      { model: "dear", change_usd: "35", volume_usd: "10", price_usd: "15", mix_usd: "10" },
      { model: "cheap", change_usd: "0", volume_usd: "1", price_usd: "0", mix_usd: "-1" },
    ]);
  });

  it("models of one period only, money without tokens, and what is not usage", () => {
    const before = side([
      ["old", "5", 10],
      ["nameless", "2", 0],
    ]);
    const now = side([["young", "3", 10]], { subscription_usd: decimal("20"), tax_usd: decimal("1.9") });
    expect(partsOf(now, before)).toEqual({
      new: "3",
      gone: "-5",
      without_tokens: "-2",
      subscription: "20",
      tax: "1.9",
    });
  });

  it("nothing for tokens that cost nothing in either period, which do not count as growth", () => {
    const before = side([
      ["api", "5", 10],
      ["free", "0", 10],
    ]);
    const now = side([
      ["api", "10", 20],
      ["free", "0", 9_000_000],
    ]);
    expect(partsOf(now, before)).toEqual({ volume: "5" });
    expect(divided(now, before).models).toHaveLength(1);
  });
});

/** An amount as the database keeps it: up to ten decimals. */
const amount = fc
  .tuple(fc.bigInt({ min: -(10n ** 9n), max: 10n ** 15n }), fc.integer({ min: 0, max: 10 }))
  .map(([digits, decimals]) => decimal(`${digits}e-${decimals}`));

const use = fc.record<ModelUse>({
  provider: fc.constantFrom("openai", "anthropic"),
  model: fc.constantFrom("a", "b", "c", null),
  cost: fc.oneof(amount, fc.constant(ZERO)),
  tokens: fc.oneof(fc.integer({ min: 0, max: 10 ** 12 }), fc.constant(0)).map((n) => decimal(String(n))),
});

const anySide = fc.record<Side>({
  models: fc.uniqueArray(use, { selector: ({ provider, model }) => `${provider} ${model}` }),
  flat: fc.record({ subscription_usd: amount, fee_usd: amount, tax_usd: amount, credit_usd: amount }),
});

describe("the parts", () => {
  it("add up to the difference, also against an average day, as models appear and vanish", () => {
    fc.assert(
      fc.property(anySide, anySide, fc.integer({ min: 1, max: 28 }), (now, earlier, days) => {
        for (const before of [earlier, averageDay(earlier, days)]) {
          const { parts, models } = divided(now, before);
          const difference = plain(costOf(now).minus(costOf(before)));
          expect(plain(sum(parts.map(({ change_usd }) => change_usd)))).toBe(difference);
          for (const { presence, change_usd, volume_usd, price_usd, mix_usd } of models) {
            if (presence !== "both") continue;
            expect(plain(sum([volume_usd ?? "", price_usd ?? "", mix_usd ?? ""]))).toBe(change_usd);
          }
        }
      }),
    );
  });
});
