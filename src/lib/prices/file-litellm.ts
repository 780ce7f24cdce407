import type { PriceRow, Rate, RateTable } from "../record/price.js";
import { isObject } from "../system/json.js";
import { own } from "../system/own.js";
import { priceText } from "./price-text.js";

type Entry = Readonly<Record<string, unknown>>;

/** What other lists call its providers. Of the rest, nothing is asked. */
const PROVIDERS: Readonly<Record<string, string>> = {
  anthropic: "anthropic",
  bedrock: "aws",
  bedrock_converse: "aws",
  cohere: "cohere",
  cohere_chat: "cohere",
  dashscope: "qwen",
  deepseek: "deepseek",
  fireworks_ai: "fireworks",
  gemini: "google",
  groq: "groq",
  minimax: "minimax",
  mistral: "mistral",
  moonshot: "moonshotai",
  openai: "openai",
  openrouter: "openrouter",
  perplexity: "perplexity",
  "text-completion-openai": "openai",
  together_ai: "together",
  xai: "x-ai",
  zai: "zai",
};

const MODES = new Set(["chat", "responses", "completion", "embedding"]);

/** Prices of one token, and what they are called here. */
const UNITS: Readonly<Record<string, string>> = {
  input_cost_per_token: "input_mtok",
  output_cost_per_token: "output_mtok",
  cache_read_input_token_cost: "cache_read_mtok",
  cache_creation_input_token_cost: "cache_write_mtok",
  cache_creation_input_token_cost_above_1hr: "cache_write_1h_mtok",
  input_cost_per_token_batches: "batch_input_mtok",
  output_cost_per_token_batches: "batch_output_mtok",
  cache_read_input_token_cost_batches: "batch_cache_read_mtok",
};

const TIER = /^(.+)_above_(\d+)k_tokens$/;

/** `model_prices_and_context_window.json` of github.com/BerriAI/litellm. */
export const isLitellm = (content: unknown): content is Readonly<Record<string, Entry>> =>
  isObject(content) &&
  Object.values(content).every(isObject) &&
  Object.values(content).some((entry) => isObject(entry) && typeof entry["litellm_provider"] === "string");

/** A price of 0 for input and output is taken for none. */
export const litellmRows = (content: Readonly<Record<string, Entry>>): PriceRow[] =>
  Object.entries(content).flatMap(([key, entry]) => {
    const { litellm_provider: name, mode } = entry;
    const provider = typeof name === "string" ? own(PROVIDERS, name) : undefined;
    if (provider === undefined || key === "sample_spec" || !MODES.has(String(mode))) return [];
    const model = key.startsWith(`${String(name)}/`) ? key.slice(String(name).length + 1) : key;
    const rates = ratesOf(entry);
    const isPriced = ["input_mtok", "output_mtok"].some(
      (unit) => rates[unit] !== undefined && rates[unit] !== "0",
    );
    return isPriced ? [{ provider, model, since: null, rates }] : [];
  });

const ratesOf = (entry: Entry): RateTable => {
  const rates: Record<string, Rate> = {};
  const steps = entry["tiered_pricing"];
  if (Array.isArray(steps)) Object.assign(rates, ofRanges(steps.filter(isObject)));
  for (const [field, unit] of Object.entries(UNITS)) {
    const base = entry[field];
    if (base === undefined || base === null) continue;
    const tiers = tiersOf(entry, field);
    rates[unit] = tiers.length === 0 ? priceText(base, 6) : { base: priceText(base, 6), tiers };
  }
  const searches = entry["search_context_cost_per_query"];
  const search = isObject(searches) ? searches["search_context_size_medium"] : undefined;
  if (search !== undefined && search !== null) rates["web_searches_kcount"] = priceText(search, 3);
  const request = entry["input_cost_per_request"];
  if (request !== undefined && request !== null) rates["requests_kcount"] = priceText(request, 3);
  return rates;
};

const tiersOf = (entry: Entry, field: string): { above: number; price: string }[] =>
  Object.entries(entry).flatMap(([name, price]) => {
    const [, of, thousands] = TIER.exec(name) ?? [];
    return of === field && price !== null
      ? [{ above: Number(thousands) * 1000, price: priceText(price, 6) }]
      : [];
  });

/** Ranges of input tokens, each with its prices: the first is the usual one. */
const ofRanges = (steps: readonly Entry[]): RateTable => {
  const rates: Record<string, Rate> = {};
  for (const [field, unit] of Object.entries(UNITS)) {
    const [first, ...more] = steps.filter((step) => step[field] !== undefined);
    if (first === undefined) continue;
    rates[unit] = {
      base: priceText(first[field], 6),
      tiers: more.map((step) => ({
        above: Number(Array.isArray(step["range"]) ? step["range"][0] : NaN),
        price: priceText(step[field], 6),
      })),
    };
  }
  return rates;
};
