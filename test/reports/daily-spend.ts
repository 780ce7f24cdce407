import fc from "fast-check";
import { decimal, plain, sum } from "../../src/lib/money.js";
import { CHARGE_KINDS } from "../../src/lib/record/kinds.js";
import { COLLECTION_METHODS } from "../../src/lib/record/record.js";
import type { Coverage, Covers, DailySpend, PriceListNames } from "../../src/lib/api.js";

const CHARGED = [
  "usage_usd",
  "extra_usage_usd",
  "subscription_usd",
  "fee_usd",
  "tax_usd",
  "credit_usd",
] as const;

/** A row of daily spend; cost_usd is what it must be, the sum of its parts. */
export const spend = (row: Partial<DailySpend>): DailySpend => {
  const charged = Object.fromEntries(CHARGED.map((name) => [name, row[name] ?? "0"]));
  const { estimated_usd = "0" } = row;
  return {
    date: "2026-11-02",
    last_date: row.date ?? "2026-11-02",
    provider: "openai",
    model: "gpt-5",
    kind: null,
    method: null,
    account: null,
    project: null,
    api_key: null,
    agent: null,
    hidden_estimate_usd: "0",
    included_usd: "0",
    topup_usd: "0",
    input_tokens: null,
    output_tokens: null,
    cache_read_tokens: null,
    cache_write_tokens: null,
    request_count: null,
    record_count: 1,
    unpriced_tokens: 0,
    in_bill_tokens: 0,
    estimated_by: null,
    included_by: null,
    billed_count: Number(Object.values(charged).some((amount) => amount !== "0")),
    ...row,
    ...(charged as Record<(typeof CHARGED)[number], string>),
    estimated_usd,
    cost_usd: plain(sum([...Object.values(charged), estimated_usd])),
  };
};

/** What is known of days if files tell of these. */
export const covering = (covers: Covers, unfinished: Coverage["unfinished"] = []): Coverage => ({
  providers: Object.fromEntries(
    Object.entries(covers).map(([name, ranges]) => [name, { ranges, collected: false, formats: [] }]),
  ),
  unfinished,
});

/** The money of a report in which nothing costs anything. */
export const NO_MONEY = {
  cost_usd: "0",
  usage_usd: "0",
  extra_usage_usd: "0",
  subscription_usd: "0",
  fee_usd: "0",
  tax_usd: "0",
  credit_usd: "0",
  estimated_usd: "0",
  hidden_estimate_usd: "0",
  included_usd: "0",
  topup_usd: "0",
};

/** Any amount that the database keeps, from a tenth of a nano-dollar to a hundred million, credits included. */
export const amount = fc.oneof(
  fc.constant("0"),
  fc.bigInt({ min: -(10n ** 12n), max: 10n ** 18n - 1n }).map((n) => plain(decimal(`${n}e-10`))),
  fc.bigInt({ min: 1n, max: 10n ** 8n }).map((n) => plain(decimal(`${n}e-10`))),
);

const count = fc.option(fc.integer({ min: 0, max: 10 ** 12 }));

const name = fc.oneof(
  fc.constantFrom("openai", "anthropic", "other", "古池や蛙飛びこむ", "claude-sonnet-4-5-20250929"),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }),
);

const lists = fc
  .subarray(["own price", "genai-prices 0.1.8", "overlay of 2026-11-28 (a41c9f)", "its source"], {
    minLength: 1,
  })
  .map((names): PriceListNames => Object.fromEntries(names.map((each) => [each, true])));

/** Any row of daily spend within a year and a bit. */
export const anySpend: fc.Arbitrary<DailySpend> = fc
  .record({
    date: fc
      .integer({ min: 0, max: 500 })
      .map((n) => new Date(Date.UTC(2025, 9, 1 + n)).toISOString().slice(0, 10)),
    provider: name,
    model: fc.option(name),
    kind: fc.option(fc.constantFrom(...CHARGE_KINDS)),
    method: fc.option(fc.constantFrom(...COLLECTION_METHODS)),
    account: fc.option(name),
    project: fc.option(name),
    api_key: fc.option(name),
    agent: fc.option(name),
    ...(Object.fromEntries(CHARGED.map((name) => [name, amount])) as Record<
      (typeof CHARGED)[number],
      typeof amount
    >),
    estimated_usd: amount,
    hidden_estimate_usd: amount,
    included_usd: amount,
    topup_usd: amount,
    input_tokens: count,
    output_tokens: count,
    cache_read_tokens: count,
    cache_write_tokens: count,
    request_count: count,
    record_count: fc.integer({ min: 1, max: 1000 }),
    unpriced_tokens: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 10 ** 12 })),
    estimated_by: fc.option(lists),
    included_by: fc.option(lists),
  })
  .map(spend);

/** Two months of a small team: two APIs, a flat plan, an estimate, what a plan covers, and tokens without a price. */
export const november: DailySpend[] = [
  spend({
    date: "2026-11-02",
    usage_usd: "12.3456",
    input_tokens: 1_204_000,
    output_tokens: 88_100,
    cache_read_tokens: 400_000,
    request_count: 312,
  }),
  spend({
    date: "2026-11-02",
    model: "gpt-5-mini",
    usage_usd: "0.000171",
    input_tokens: 1_900,
    output_tokens: 45,
    request_count: 3,
  }),
  spend({
    date: "2026-11-03",
    usage_usd: "1204.5",
    input_tokens: 88_000_000,
    output_tokens: 12_700_000,
    cache_read_tokens: 61_000_000,
    request_count: 20_455,
  }),
  spend({ date: "2026-11-05", usage_usd: "-4.25", model: null }),
  spend({
    date: "2026-11-05",
    provider: "anthropic",
    model: "claude-sonnet-4-5-20250929",
    estimated_usd: "31.119",
    input_tokens: 7_000_000,
    output_tokens: 410_000,
    cache_read_tokens: 5_500_000,
    cache_write_tokens: 250_000,
  }),
  spend({
    date: "2026-11-09",
    provider: "anthropic",
    model: "claude-opus-4-5-20251101",
    usage_usd: "88.005",
    input_tokens: 3_000_000,
    output_tokens: 700_000,
  }),
  spend({
    date: "2026-11-09",
    provider: "cursor",
    model: "auto",
    included_usd: "18.42",
    input_tokens: 2_000_000,
    output_tokens: 90_000,
    request_count: 140,
  }),
  spend({
    date: "2026-11-14",
    provider: "claude-desktop",
    model: null,
    subscription_usd: "100",
  }),
  spend({
    date: "2026-11-16",
    provider: "deepseek",
    model: "deepseek-v4|preview",
    input_tokens: 900_000,
    output_tokens: 20_000,
    unpriced_tokens: 920_000,
  }),
  spend({
    date: "2026-11-20",
    provider: "openrouter",
    model: "qwen/通义千问-max",
    usage_usd: "2.5",
    unpriced_tokens: 1_204_000,
    input_tokens: 1_500_000,
  }),
];

/** The month before, to compare with. */
export const october: DailySpend[] = [
  spend({ date: "2026-10-06", usage_usd: "800", input_tokens: 50_000_000 }),
  spend({
    date: "2026-10-07",
    provider: "anthropic",
    model: "claude-opus-4-5-20251101",
    usage_usd: "120.1",
  }),
  spend({
    date: "2026-10-14",
    provider: "claude-desktop",
    model: null,
    subscription_usd: "100",
  }),
  spend({ date: "2026-10-21", provider: "groq", model: "llama-4", usage_usd: "3.333" }),
];
