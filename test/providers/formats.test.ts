import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { modelName } from "../../src/lib/record/model-name.js";
import { modelOfLineItem } from "../../src/lib/providers/openai/line-item.js";
import { costExports } from "../../src/lib/providers/index.js";
import { read } from "../csv/tables.js";

const sample = (name: string) => readFileSync(join(import.meta.dirname, "../samples", name), "utf8");

/** The ids of a file, and of the same file as an older generation of the export wrote it. */
const idsWithout = async (text: string, columns: string[]) => {
  const rows = text
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  const dropped = rows[0]?.map((name) => columns.includes(name)) ?? [];
  const older = rows.map((row) => row.filter((_, index) => !dropped[index]).join(",")).join("\n");
  const ids = async (content: string) => (await read(content)).records.map(({ id }) => id);
  return [await ids(text), await ids(older)];
};

describe("the same charge in an older generation of an export", () => {
  it.each([
    [
      "openai_cost_2026_ungrouped.csv",
      ["quantity", "quantity_unit", "user_id", "api_key_id", "project_name", "user_email"],
    ],
    ["openai_completions_usage_2026.csv", ["compute_units", "input_cache_write_tokens"]],
    ["anthropic_cost_2026_02.csv", ["context_window", "cost_type", "inference_geo", "speed"]],
    ["anthropic_usage_hourly.csv", ["context_window", "inference_geo", "speed"]],
    ["cursor_usage_events_2025_09.csv", ["Total Tokens", "Max Mode"]],
  ])("has the same id: %s", async (name, columns) => {
    // The Cursor sample has commas in quotes; elsewhere a row splits at its commas.
    const [newer, older] = await idsWithout(sample(name).replaceAll("Errored, Not", "Errored Not"), columns);
    expect(older).toEqual(newer);
    expect(newer?.length).toBeGreaterThan(0);
  });
});

describe("OpenAI", () => {
  it.each([
    ["gpt-5.6-sol-2026-07-09, cached input", "gpt-5.6-sol-2026-07-09"],
    ["evals | gpt-4o-mini-2024-07-18, input", "gpt-4o-mini-2024-07-18"],
    ["gpt-4o-realtime audio, output", "gpt-4o-realtime"],
    ["ft-gpt-4o-mini, output", "ft-gpt-4o-mini"],
    ["web search tool calls", null],
    ["assistants api | file search", null],
    [null, null],
  ])("bills the line item %s to the model %s", (lineItem, model) => {
    expect(modelOfLineItem(lineItem)).toBe(model);
  });

  const usage = (end: number, requests = "1") =>
    `start_time,end_time,num_model_requests,input_tokens,output_tokens\n1793577600,${end},${requests},1.0,2\n`;

  it.each([
    [60, "event"],
    [3600, "hour"],
    [86_400, "day"],
  ])("has usage buckets of %i seconds: %s", async (seconds, granularity) => {
    expect((await read(usage(1793577600 + seconds))).records[0]?.granularity).toBe(granularity);
  });

  it("has no usage bucket of two days, and none that ends before it begins", async () => {
    for (const seconds of [172_800, -60]) {
      expect((await read(usage(1793577600 + seconds))).results[0]).toMatchObject({
        kind: "reject",
        problems: [{ column: "end_time" }],
      });
    }
  });

  it("refuses an amount that is missing if the rest of the row is there, and NaN", async () => {
    const table = (amount: string) =>
      `start_time,end_time,amount_value,amount_currency,line_item\n1793577600,1793664000,${amount},usd,"a, input"\n`;
    for (const [amount, reason] of [
      ["", "is empty"],
      ["NaN", "is not an amount; write it like 1234.56"],
    ] as const) {
      expect((await read(table(amount))).results[0]).toMatchObject({
        problems: [{ column: "amount_value", reason }],
      });
    }
  });
});

describe("Anthropic", () => {
  it("rejects a cost of 1,23 without quotes, which shifts the row into its empty last column", async () => {
    const [header] = sample("anthropic_cost_2026_02.csv").split("\n");
    const row =
      "2026-02-12,Claude Haiku 4.5,Default,demo-dev,message,≤ 200k,input_no_cache,1,23,token,not_available,";
    const { results } = await read(`${header}\n${row}\n`);
    expect(results).toMatchObject([
      { kind: "reject", problems: [{ reason: expect.stringContaining("a number with a comma") as string }] },
    ]);
  });

  it.each([
    ["Claude Opus 5", "claude-opus-5", "claude-opus-5"],
    ["Claude Haiku 4.5", "claude-haiku-4-5-20251001", "claude-haiku-4-5"],
    ["Claude Sonnet 3.7", "claude-3-7-sonnet-20250219", "claude-3-7-sonnet"],
    ["Claude 3 Haiku", "claude-3-haiku-20240307", "claude-3-haiku"],
  ])("calls %s in its cost export what is %s in its usage export", (cost, usage, model) => {
    expect([cost, usage].map((name) => modelName("anthropic", name))).toEqual([model, model]);
  });
});

describe("Cursor", () => {
  const event = async (kind: string, cost: string) => {
    const { results } = await read(
      `Date,Kind,Model,Input (w/o Cache Write),Cost\n2026-11-01T10:00:00.000Z,"${kind}",gpt-5,10,"${cost}"\n`,
    );
    const [result] = results;
    if (result?.kind !== "record") return result;
    const { cost_usd, estimated_cost_usd, metadata } = result.record;
    return [metadata.cost_basis, cost_usd, estimated_cost_usd, metadata.reported_value_usd];
  };

  it.each([
    ["On-Demand", "0.03", ["billed", "0.03", null, undefined]],
    ["Usage-based", "$1,204.50", ["billed", "1204.5", null, undefined]],
    ["On-Demand", "Included", ["none", "0", null, undefined]],
    ["On-Demand", "NaN", ["none", "0", null, undefined]],
    ["Included", "Included", ["included", "0", null, undefined]],
    ["Included in Business", "0.28", ["included", "0", "0.28", undefined]],
    ["free", "0.05", ["included", "0", "0.05", undefined]],
    ["Errored, Not Charged", "0.09", ["billed", "0", null, "0.09"]],
    ["Aborted, No Charge", "-", ["billed", "0", null, undefined]],
    ["Aborted", "-", ["billed", "0", null, undefined]],
    ["User API Key", "0.4", ["billed", "0", null, "0.4"]],
    ["On-Demand", "-", ["none", "0", null, undefined]],
    ["Something new", "Free", ["none", "0", null, undefined]],
  ])("counts %s with the cost %s as %j", async (kind, cost, money) => {
    expect(await event(kind, cost)).toEqual(money);
  });

  it("refuses an amount of a kind that does not say whether it was charged", async () => {
    for (const kind of ["Something new", "Aborted"]) {
      expect(await event(kind, "0.40")).toMatchObject({
        kind: "reject",
        problems: [{ column: "Kind", value: kind }],
      });
    }
  });

  it("says of a call with a key of the user's that it is paid elsewhere", async () => {
    const { records } = await read(sample("cursor_usage_events_requests.csv"));
    expect(records.map(({ metadata }) => [metadata.cost_basis, metadata.paid_elsewhere])).toEqual([
      ["included", undefined],
      ["included", undefined],
      ["billed", true],
    ]);
  });

  const split = "Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,Total Tokens";
  const personal = `Date,Kind,Model,Max Mode,${split},Cost`;
  const team = `Date,User,Cloud Agent ID,Automation ID,Kind,Model,Max Mode,${split},Cost`;
  const at = "2025-09-01T10:00:00.250Z";
  const idsOf = async (header: string, ...rows: string[]) =>
    (await read([header, ...rows, ""].join("\n"))).records.map(({ id }) => id);

  it.each([
    ["the team", team, `${at},ana@example.com,bc-1,a-1,Included,gpt-5,No,1,2,3,4,10,0.28`],
    ["a plan that shows no amounts", personal, `${at},Included,gpt-5,No,1,2,3,4,10,Included`],
    ["a plan whose amount comes later", personal, `${at},Included,gpt-5,No,1,2,3,4,10,-`],
    ["another kind", personal, `${at},On-Demand,gpt-5,Yes,1,2,3,4,10,0.28`],
    [
      "summer 2025",
      "Date,User,Kind,Max Mode,Model,Tokens,Cost ($)",
      `${at},You,Included,No,gpt-5,10,Included`,
    ],
    [
      "a plan by requests",
      `Date,Kind,Model,Max Mode,${split},Requests`,
      `${at},Included,gpt-5,No,1,2,3,4,10,1`,
    ],
    [
      "July 2025",
      "Date,Model,Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,Total Tokens,Cost,Cost to you",
      `${at},gpt-5,1,2,3,4,10,$0.28,$0.00`,
    ],
  ])("gives an event the same id in the export of %s", async (_, header, row) => {
    const [id] = await idsOf(personal, `${at},Included,gpt-5,No,1,2,3,4,10,0.28`);
    expect(await idsOf(header, row)).toEqual([id]);
  });

  it("gives an event without tokens the same id whether they are 0 or empty", async () => {
    expect(await idsOf(personal, `${at},Included,gpt-5,No,,,,,,Free`)).toEqual(
      await idsOf(personal, `${at},Included,gpt-5,No,0,0,0,0,0,Free`),
    );
  });

  it("tells events apart by their moment, model and tokens, and by their number if all are equal", async () => {
    const ids = await idsOf(
      team,
      `${at},ana@example.com,,,Included,gpt-5,No,1,2,3,4,10,0.28`,
      `${at},ben@example.com,,,Included,gpt-5,No,1,2,3,4,10,0.28`,
      `${at},ana@example.com,,,Included,gpt-5,No,1,2,3,4,10,0.28`,
      `${at},ana@example.com,,,Included,gpt-5,No,1,2,3,5,11,0.28`,
      `${at},ana@example.com,,,Included,gpt-5-codex,No,1,2,3,4,10,0.28`,
      `2025-09-01T10:00:00.251Z,ana@example.com,,,Included,gpt-5,No,1,2,3,4,10,0.28`,
    );
    expect(new Set(ids).size).toBe(6);
  });
});

it.each([
  ["anthropic", true],
  ["openai", true],
  ["cursor", false],
  ["deepseek", true],
  ["mistral", false],
])("%s has an export of what it charged: %s", (provider, has) => {
  expect(costExports().has(provider)).toBe(has);
});
