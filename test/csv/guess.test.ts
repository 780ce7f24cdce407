import { describe, expect, it } from "vitest";
import {
  currenciesOf,
  guessColumns,
  type Guesses,
  providersNamedIn,
  providersOfModels,
} from "../../src/lib/csv/guess.js";
import { parseMapping } from "../../src/lib/csv/mapper.js";
import { tableStart } from "../../src/lib/csv/table-start.js";
import { CASES } from "../field/cases.js";
import { sampleBytes } from "../fuzz/sample-tables.js";
import { fileOf } from "./tables.js";

const guessedOf = async (content: string | Uint8Array): Promise<Guesses | null> => {
  const start = await tableStart({ path: fileOf(content), name: "table.csv" });
  return start && guessColumns(start);
};

const ANTHROPIC = { date: "usage_date_utc", project: "workspace", key: "api_key" };
const CURSOR = { date: "Date", model: "Model" };
const OPENAI_COST = { date: "start_time", cost: "amount_value", currency: "amount_currency" };
const OPENAI_PROJECT = { project: "project_name" };
const OPENAI_KEY = { project: "project_id", key: "api_key_id" };
const OPENAI_USAGE = { date: "start_time", requests: "num_model_requests" };

/** Those of files that aicost knows: their columns are named as many others are. */
const SAMPLES: Record<string, Guesses | null> = {
  anthropic_cost_2024: { ...ANTHROPIC, cost: "cost_usd", model: "model" },
  anthropic_cost_2026_02: { ...ANTHROPIC, cost: "cost_usd", model: "model" },
  anthropic_cost_2026_08: { ...ANTHROPIC, cost: "cost_usd", model: "model" },
  anthropic_usage_2025: { ...ANTHROPIC, model: "model_version" },
  anthropic_usage_daily: { ...ANTHROPIC, model: "model_version" },
  anthropic_usage_hourly: { ...ANTHROPIC, model: "model_version" },
  cursor_usage_events_2025_07_cost_to_you: { ...CURSOR, cost: "Cost", tokens: "Total Tokens" },
  cursor_usage_events_2025_07_output: { ...CURSOR, cost: "Cost ($)", tokens: "Total Tokens" },
  cursor_usage_events_2025_08_tokens_only: { ...CURSOR, cost: "Cost ($)", tokens: "Tokens" },
  cursor_usage_events_2025_09: { ...CURSOR, cost: "Cost", tokens: "Total Tokens" },
  cursor_usage_events_2026_09: { ...CURSOR, cost: "Cost", tokens: "Total Tokens" },
  cursor_usage_events_requests: { ...CURSOR, tokens: "Total Tokens", requests: "Requests" },
  openai_completions_usage_2025_minute: { ...OPENAI_USAGE, ...OPENAI_KEY, model: "model" },
  openai_completions_usage_2026: { ...OPENAI_USAGE, ...OPENAI_KEY, model: "model" },
  // Not grouped by model: the column is empty.
  openai_completions_usage_2026_hourly: OPENAI_USAGE,
  openai_completions_usage_2026_reexport: { ...OPENAI_USAGE, ...OPENAI_KEY, model: "model" },
  openai_cost_2025: OPENAI_COST,
  openai_cost_2026_by_line_item: { ...OPENAI_COST, ...OPENAI_PROJECT, model: "line_item" },
  openai_cost_2026_ungrouped: OPENAI_COST,
  openai_legacy_activity_2023: {
    date: "timestamp",
    model: "model",
    requests: "n_requests",
  },
  openai_legacy_cost_2024: { ...OPENAI_PROJECT, date: "timestamp", cost: "cost", currency: "currency" },
  openai_usage_empty: { date: "start_time" },
  openrouter_activity: {
    date: "created_at",
    cost: "cost_total",
    model: "model_permaslug",
    provider: "provider_name",
    key: "api_key_name",
  },
  openrouter_activity_daily: { date: "Date", model: "Slug", requests: "Requests" },
  semicolon_utf16_preamble_total: { ...ANTHROPIC, cost: "cost_usd", model: "model" },
  tabs_cr_bom: { date: "Date", model: "Slug" },
};

describe("what columns hold is guessed", () => {
  it.each(Object.entries(SAMPLES))("in the sample %s", async (name, guesses) => {
    expect(await guessedOf(sampleBytes.get(`${name}.csv`) ?? "")).toEqual(guesses);
  });

  /** Files that people mapped by hand. */
  const mapped = CASES.flatMap(({ situation, files, commands, refused }) =>
    commands.flatMap((words) => {
      const map = words[words.indexOf("--map") + 1];
      const file = words.find((word) => word in files);
      if (!words.includes("--map") || !map?.includes("=") || !file || refused !== undefined) return [];
      return [{ situation, content: files[file] ?? "", mapping: parseMapping(map) }];
    }),
  );

  it("of many files", () => expect(mapped.length).toBeGreaterThan(20));

  it.each(mapped)("as people say it themselves: $situation", async ({ content, mapping }) => {
    const guesses = await guessedOf(content);
    for (const target of ["date", "cost"] as const)
      if (mapping[target] && !mapping[target].parts)
        expect([target, guesses?.[target]]).toEqual([target, mapping[target].column]);
    if (guesses?.model !== undefined && mapping.model) expect(guesses.model).toBe(mapping.model.column);
  });
});

describe("a header is looked for", () => {
  it.each([
    ["no row follows", "Date,Model,Cost\n"],
    ["every line holds numbers", "2026-11-02,m,1.25\n2026-11-03,m,1.50\n"],
    ["there is one column", "Cost\n1\n2\n"],
  ])("and is none if %s", async (_, content) => {
    expect(await guessedOf(content)).toBeNull();
  });

  it("below other lines, and above cells with more commas than it has", async () => {
    const content = "My report, by me\n\nDatum;Text;Betrag\n02.11.2026;a, b, c, d, e;1,50\n";
    expect(await guessedOf(content)).toEqual({ date: "Datum", cost: "Betrag" });
  });

  it("and two columns of one name are not offered", async () => {
    const start = await tableStart({ path: fileOf("Date,Cost,Cost\n2026-11-02,1,2\n"), name: "table.csv" });
    expect(start?.columns.map(({ name }) => name)).toEqual(["Date"]);
  });
});

it.each([
  [{ name: "Cost (USD)", cells: ["1"] }, ["USD"]],
  [{ name: "Betrag in EUR", cells: ["1,20"] }, ["EUR"]],
  [{ name: "Betrag", cells: ["", "1,20 €"] }, ["EUR"]],
  [{ name: "Amount", cells: ["1.20"] }, []],
  [{ name: "Belopp", cells: ["12 kr"] }, ["SEK", "NOK", "DKK", "ISK"]],
  [{ name: "Belopp (SEK)", cells: ["12 kr"] }, ["SEK"]],
  [{ name: "THE SUM", cells: ["1"] }, []],
])("%j may be in %j", (column, codes) => {
  expect(currenciesOf(column)).toEqual(codes);
});

it("a known provider is found in the name of a file or a column", () => {
  const known = [
    { name: "mistral", display_name: "Mistral AI" },
    { name: "azure", display_name: "Microsoft Azure" },
    { name: "xai", display_name: "xAI" },
  ];
  expect(providersNamedIn(["azure_2026-11.csv", "Day", "MistralCost"], known)).toEqual(["mistral", "azure"]);
  expect(providersNamedIn(["bill.csv", "Maximum"], known)).toEqual([]);
});

describe("the provider that makes the models", () => {
  const known = ["openai", "anthropic", "mistral"].map((name) => ({ name }));

  it.each([
    [["gpt-5", "o3", ""], ["openai"]],
    [["claude-opus-4-5"], ["anthropic"]],
    [["gpt-5", "claude-opus-4-5"], []],
    [["grok-4"], []],
    [["", ""], []],
  ])("of %j is %j", (cells, providers) => expect(providersOfModels(cells, known)).toEqual(providers));
});
