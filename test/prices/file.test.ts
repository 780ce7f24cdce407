import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parsePriceFile } from "../../src/lib/prices/file.js";

const rowsOf = (content: unknown) => parsePriceFile(JSON.stringify(content), "prices.json").rows;

const entry = {
  litellm_provider: "openai",
  mode: "chat",
  input_cost_per_token: 2e-7,
  output_cost_per_token: 1e-6,
};

describe("LiteLLM's list", () => {
  it("has prices of one token: they become those of a million, exactly", () => {
    const { form, rows } = parsePriceFile(
      JSON.stringify({
        sample_spec: { litellm_provider: "one of https://…", mode: "one of: chat", input_cost_per_token: 0 },
        "gpt-x": { ...entry, search_context_cost_per_query: { search_context_size_medium: 0.01 } },
        "gemini/gemini-x": {
          ...entry,
          litellm_provider: "gemini",
          cache_read_input_token_cost: 1.23e-8,
          input_cost_per_token_above_200k_tokens: 4e-7,
          input_cost_per_token_batches: 1e-7,
        },
        "claude-x": {
          ...entry,
          litellm_provider: "anthropic",
          cache_creation_input_token_cost: 3.75e-6,
          cache_creation_input_token_cost_above_1hr: 6e-6,
        },
        "dall-e": { ...entry, mode: "image_generation" },
        "azure/gpt-x": { ...entry, litellm_provider: "azure" },
        free: { ...entry, input_cost_per_token: 0, output_cost_per_token: 0 },
      }),
      "prices.json",
    );
    expect(form).toBe("LiteLLM");
    const plain = { since: null, rates: { input_mtok: "0.2", output_mtok: "1" } };
    expect(rows).toEqual([
      {
        provider: "openai",
        model: "gpt-x",
        since: null,
        rates: { ...plain.rates, web_searches_kcount: "10" },
      },
      {
        provider: "google",
        model: "gemini-x",
        since: null,
        rates: {
          input_mtok: { base: "0.2", tiers: [{ above: 200_000, price: "0.4" }] },
          output_mtok: "1",
          cache_read_mtok: "0.0123",
          batch_input_mtok: "0.1",
        },
      },
      {
        provider: "anthropic",
        model: "claude-x",
        since: null,
        rates: { ...plain.rates, cache_write_mtok: "3.75", cache_write_1h_mtok: "6" },
      },
    ]);
  });

  it("may have ranges instead of a price", () => {
    const [row] = rowsOf({
      "dashscope/qwen-x": {
        litellm_provider: "dashscope",
        mode: "chat",
        tiered_pricing: [
          { range: [0, 32000], input_cost_per_token: 1e-6, output_cost_per_token: 5e-6 },
          { range: [32000, 128000], input_cost_per_token: 2e-6, output_cost_per_token: 6e-6 },
        ],
      },
    });
    expect(row).toEqual({
      provider: "qwen",
      model: "qwen-x",
      since: null,
      rates: {
        input_mtok: { base: "1", tiers: [{ above: 32000, price: "2" }] },
        output_mtok: { base: "5", tiers: [{ above: 32000, price: "6" }] },
      },
    });
  });
});

describe("the list of genai-prices", () => {
  it("has dated prices and whole names; those of some hours are left out", () => {
    const rows = rowsOf([
      {
        id: "deepseek",
        models: [
          {
            id: "deepseek-x",
            match: { or: [{ equals: "deepseek-x1" }, { starts_with: "deepseek-x" }] },
            prices: [
              { prices: { input_mtok: 0.3 } },
              { constraint: { type: "start_date", start_date: "2026-08-17" }, prices: { input_mtok: 0.2 } },
              {
                constraint: { type: "time_of_date", start_time: "01:00:00Z", end_time: "04:00:00Z" },
                prices: { input_mtok: 0.4 },
              },
            ],
          },
          { id: "deepseek-y", prices: { input_mtok: { base: 1, tiers: [{ start: 200000, price: 2 }] } } },
        ],
      },
    ]);
    const x = (model: string, since: string | null, price: string) => ({
      provider: "deepseek",
      model,
      since,
      rates: { input_mtok: price },
    });
    expect(rows).toEqual([
      x("deepseek-x", null, "0.3"),
      x("deepseek-x", "2026-08-17", "0.2"),
      x("deepseek-x1", null, "0.3"),
      x("deepseek-x1", "2026-08-17", "0.2"),
      {
        ...x("deepseek-y", null, ""),
        rates: { input_mtok: { base: "1", tiers: [{ above: 200_000, price: "2" }] } },
      },
    ]);
  });
});

it("reads the overlay that comes with aicost", () => {
  const text = readFileSync("src/lib/prices/overlay.json", "utf8");
  expect(parsePriceFile(text, "overlay.json")).toMatchObject({ form: "aicost", rows: { length: 113 } });
  expect(() => parsePriceFile(text.slice(0, -100), "overlay.json")).toThrow(
    "The file overlay.json is not a whole JSON file: it is cut off or damaged.",
  );
});

describe("what is refused", () => {
  const own = (rates: object) => ({ rows: [{ provider: null, model: "gpt-x", since: null, rates }] });

  it.each([
    ["another form", { hello: "world" }],
    ["a list of nothing", []],
    ["no rows", { rows: [] }],
    ["a row without a model", { rows: [{ provider: null, since: null, rates: {} }] }],
    ["a number", 7],
    ["null", null],
    ["a negative price", own({ input_mtok: "-1" })],
    ["an absurd price", own({ input_mtok: "1000000" })],
    ["a price that is not one", own({ input_mtok: "cheap" })],
    ["a price that is nothing", own({ input_mtok: null })],
    ["a tier that is not one", own({ input_mtok: { base: "1", tiers: [{ above: -1, price: "2" }] } })],
    ["an absurd price of a token", { "gpt-x": { ...entry, input_cost_per_token: 3 } }],
    ["a negative price of a token", { "gpt-x": { ...entry, input_cost_per_token: -2e-7 } }],
  ])("%s", (_, content) => {
    expect(() => rowsOf(content)).toThrow(expect.objectContaining({ code: "price_file" }));
  });
});
