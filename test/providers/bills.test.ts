import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type GivenStyles, openCsv } from "../../src/lib/csv/open.js";
import { decimal } from "../../src/lib/money.js";
import { kindInText } from "../../src/lib/providers/charge-words.js";
import { monthInName, periodInName } from "../../src/lib/providers/file-period.js";
import { focusVersion } from "../../src/lib/providers/focus/cost-and-usage.js";
import { providerNamed } from "../../src/lib/providers/focus/names.js";
import { formats } from "../../src/lib/providers/index.js";
import { modelInText } from "../../src/lib/providers/meter-model.js";
import { meterTokens } from "../../src/lib/providers/tokens.js";
import { fileOf, RATES, read, refusal } from "../csv/tables.js";

const sample = (name: string) => readFileSync(join(import.meta.dirname, "../samples", name), "utf8");

/** The kind of each record, in their order. A kind that a format does not name is found out by the amount. */
const kindsIn = async (text: string): Promise<(string | undefined)[]> =>
  (await read(text, { rates: RATES })).results.flatMap((result) =>
    result.kind === "record" ? [result.draft.kind] : [],
  );

describe("the kind of charge", () => {
  const usage = undefined;

  it.each<[string, (string | undefined)[]]>([
    // Included or not charged; on demand.
    [
      "cursor_usage_events_2026_09.csv",
      [
        usage,
        "extra_usage",
        "extra_usage",
        usage,
        usage,
        usage,
        "extra_usage",
        "extra_usage",
        usage,
        "extra_usage",
      ],
    ],
    ["cursor_usage_events_2025_07_cost_to_you.csv", [usage, "extra_usage"]],
    // Within the quota, beyond it, beyond it in part; seats.
    [
      "copilot_ai_usage_2026.csv",
      [usage, "extra_usage", "extra_usage", "extra_usage", "extra_usage", "subscription"],
    ],
    [
      "copilot_premium_requests_2025.csv",
      [usage, "extra_usage", usage, usage, "extra_usage", "extra_usage", usage, usage],
    ],
    ["aws_cur2_bedrock.csv", [usage, usage, usage, usage, usage, "credit", "tax"]],
    ["aws_cur_legacy_bedrock.csv", [usage, "credit"]],
    ["azure_cost_actual_ea.csv", [usage, usage, usage, usage, usage, "credit", usage]],
    ["azure_cost_mca.csv", [usage, "subscription"]],
    ["gcp_cost_table.csv", [usage, usage, "credit", usage, "credit"]],
    ["focus_1_0_vendor.csv", [usage, "subscription", "top_up", "credit"]],
    ["focus_1_2.csv", [usage, usage, usage, "credit", usage, "tax", usage]],
    ["focus_1_4.csv", [usage, usage, "subscription"]],
  ])("is named by %s", async (name, kinds) => {
    expect(await kindsIn(sample(name))).toEqual(kinds);
  });

  it("is a fee for a call that OpenRouter makes with a key of the user's", async () => {
    const header = "generation_id,created_at,cost_total,byok_usage_inference";
    const rows = ["g-1,2026-11-01 10:00:00,0.05,1", "g-2,2026-11-01 10:00:00,0.05,0"];
    expect(await kindsIn([header, ...rows].join("\n"))).toEqual(["fee", usage]);
  });

  it("is a subscription for a seat on OpenAI's bill", async () => {
    const header = "start_time,end_time,amount_value,amount_currency,line_item";
    const row = (item: string) => `1793577600,1793664000,30,usd,"${item}"`;
    expect(await kindsIn([header, row("ChatGPT Business seats"), row("gpt-5, input")].join("\n"))).toEqual([
      "subscription",
      usage,
    ]);
  });

  it.each([
    ["Sales tax", "tax"],
    ["VAT 19%", "tax"],
    ["Refund", "credit"],
    ["Prepaid credits", "top_up"],
    ["Auto top-up", "top_up"],
    ["Team seats", "subscription"],
    ["Pro plan", "subscription"],
    ["Processing fee", "fee"],
    ["Claude Opus 5 input tokens", undefined],
    [null, undefined],
  ])("in the words %s: %s", (text, kind) => {
    expect(kindInText(text)).toBe(kind);
  });
});

describe("a file without dates", () => {
  const report = sample("spend-report-00000000-0000-4000-8000-00000000000f-2026-10-01-to-2026-10-31.csv");
  const open = (name: string, period?: string) =>
    openCsv(
      { path: fileOf(report, "any.csv"), name },
      {
        formats,
        ...(period !== undefined && {
          period: {
            timestamp: `${period}-01T00:00:00Z`,
            granularity: "month" as const,
            until: `${period}-31`,
            written: period,
          },
        }),
      },
    );

  it("has them, and the account, from its name", async () => {
    const { period, accountInName, account } = await open(
      "/home/me/spend-report-0b1c-2026-org-2026-10-01-to-2026-10-06.csv",
    );
    expect({ period, accountInName, account }).toEqual({
      period: {
        timestamp: "2026-10-01T00:00:00Z",
        granularity: "month",
        until: "2026-10-06",
        written: "2026-10-01..2026-10-06",
      },
      accountInName: "0b1c-2026-org",
      account: null,
    });
  });

  it("is refused if it has another name, and the user says no period", async () => {
    const { code, message, hint } = await refusal(open("report.csv"));
    expect([code, message]).toEqual([
      "period_missing",
      "report.csv (Claude Team and Enterprise spend report) has sums without dates, and its name does not say which days they cover.",
    ]);
    expect(hint).toContain("--period YYYY-MM");
  });

  it("is another file for another period, which the user says", async () => {
    const [october, november] = [await open("report.csv", "2026-10"), await open("report.csv", "2026-11")];
    expect(october.period?.written).toBe("2026-10");
    expect(october.reading).not.toBe(november.reading);
    expect((await open("spend-report-x-2026-09-01-to-2026-09-30.csv", "2026-10")).period?.written).toBe(
      "2026-10",
    );
  });

  it.each([
    ["spend-report-x-2026-10-01-to-2026-10-31.csv", "2026-10", "month"],
    ["spend-report-x-2028-02-01-to-2028-02-29.csv", "2028-02", "month"],
    ["spend-report-x-2026-10-05-to-2026-10-05.csv", "2026-10-05", "day"],
    ["spend-report-x-2026-10-05-to-2026-11-04.csv", "2026-10-05..2026-11-04", "month"],
    ["spend_2026_10.csv", "2026-10", "month"],
    ["spend-report-4f2026-10-01.csv", undefined, undefined],
    ["spend-2026-10-05.csv", undefined, undefined],
    ["spend-2026-13.csv", undefined, undefined],
    ["spend-2026-10-31-to-2026-10-01.csv", undefined, undefined],
    ["2026-10-01-to-2026-10-31/report.csv", undefined, undefined],
  ])("called %s is of %s", (name, written, granularity) => {
    const found = periodInName(name);
    expect([found?.written, found?.granularity]).toEqual([written, granularity]);
  });

  it("of this month so far is of the month of its name's last date", () => {
    expect(monthInName("claude_code_team_2026_10_22.csv")?.written).toBe("2026-10");
    expect(monthInName("team-2026-10.csv")?.written).toBe("2026-10");
    expect(monthInName("team.csv")).toBeUndefined();
  });
});

describe("a bill of Google Cloud", () => {
  const table = sample("gcp_cost_table.csv");

  it("is in the currency of the lines above it, or of the sign in its header", async () => {
    const euros = table.replace("Currency,USD", "Currency,EUR").replaceAll("($)", "(€)");
    const { records } = await read(euros, { rates: RATES });
    expect(records[0]?.metadata.original).toEqual({
      ...{ currency: "EUR", amount: "1.250001" },
      ...{ rate: "1.08", rate_source: "given" },
    });
    const bare = euros.split("\n").slice(8).join("\n");
    expect((await read(bare, { rates: RATES })).records[0]?.metadata.original?.currency).toBe("EUR");
    const dollars = (await read(table.split("\n").slice(8).join("\n"))).records[0];
    expect([dollars?.cost_usd, dollars?.metadata.original]).toEqual(["1.250001", undefined]);
  });

  it("does not guess what crowns are", async () => {
    const crowns = table.split("\n").slice(8).join("\n").replaceAll("($)", "(kr)");
    expect((await read(crowns)).results[0]).toMatchObject({
      kind: "reject",
      problems: [{ column: "Unrounded Cost (kr)", value: "Unrounded Cost (kr)" }],
    });
  });

  it("is of the month of its invoice, or else of its days", async () => {
    const months = async (text: string) => [
      ...new Set((await read(text)).records.map(({ timestamp }) => timestamp.slice(0, 10))),
    ];
    expect(await months(table.replaceAll("2026-10-01,2026-10-31", "2026-09-30,2026-10-31"))).toEqual([
      "2026-10-01",
    ]);
    expect(await months(table.split("\n").slice(8).join("\n"))).toEqual(["2026-10-01"]);
  });

  it.each<[string, GivenStyles]>([
    ["31/10/2026", {}],
    ["31.10.26", {}],
    ["10/31/2026", {}],
    ["5/10/2026", { order: "DMY" }],
    ["10/5/2026", { order: "MDY" }],
  ])("has the month of its invoice of %s, in the order of dates that holds", async (value, given) => {
    const { records } = await read(table.replace("Invoice date,2026-10-31", `Invoice date,${value}`), {
      given,
    });
    expect([...new Set(records.map(({ timestamp }) => timestamp))]).toEqual(["2026-10-01T00:00:00Z"]);
  });

  it.each([
    ["2014-12-31", "is 2014-12-31, before 2015-01-01, the earliest date that aicost accepts"],
    ["2126-10-31", "is 2126-10-31, more than two years ahead"],
    ["last month", "is not a date; write it like 2026-11-05"],
  ])("is refused if its invoice is of %s", async (value, reason) => {
    const { results } = await read(table.replace("Invoice date,2026-10-31", `Invoice date,${value}`));
    expect(results[0]).toMatchObject({
      kind: "reject",
      problems: [{ column: "Invoice date", value, reason }],
    });
  });
});

describe("a bill of AWS by service", () => {
  it("has its date in the first column, whatever that is called", async () => {
    for (const name of ["Service", "Usage type", "Linked account"]) {
      const { records } = await read(
        `"${name}","Bedrock($)","Total costs($)"\n"${name} total","1","1"\n"2026-11-01","1","1"\n`,
      );
      expect(records.map(({ timestamp, cost_usd }) => [timestamp, cost_usd])).toEqual([
        ["2026-11-01T00:00:00Z", "1"],
      ]);
    }
  });

  it("has no charge for what is not AI", async () => {
    const { results } = await read(`"Service","EC2-Instances($)","Total costs($)"\n"2026-11-01","5","5"\n`);
    expect(results).toEqual([{ kind: "skip", line: 2, reason: "no service for AI" }]);
    const other = await read(
      `"Service","EC2($)","Bedrock($)","Total costs($)"\n"2026-11-01","5","","5"\n"2026-11-02","5","0","5"\n`,
    );
    expect(other.results).toEqual([
      { kind: "part", line: 2 },
      { kind: "part", line: 3 },
    ]);
  });

  it("knows types of usage by their tokens", async () => {
    const { records } = await read(
      `"Usage type","USE1-MP:USE1_InputTokenCount-Units($)","USE1-BoxUsage($)","Total costs($)"\n"2026-11-01","2","5","7"\n`,
    );
    expect(records.map(({ cost_usd }) => cost_usd)).toEqual(["2"]);
  });
});

describe("FOCUS", () => {
  it.each([
    ["focus_1_0_vendor.csv", "1.0"],
    ["focus_1_2.csv", "1.2"],
    ["focus_1_4.csv", "1.4"],
  ])("%s is of version %s, by its columns", async (name, version) => {
    const { file } = await read(sample(name));
    expect([focusVersion(file.columns), file.format.title]).toEqual([
      version,
      `FOCUS ${version} cost and usage`,
    ]);
  });

  it.each([
    ["AWS", "aws"],
    ["Amazon Web Services, Inc.", "aws"],
    ["Microsoft Azure", "azure"],
    ["Google Cloud", "google-cloud"],
    ["Mistral AI", "mistral"],
    ["OpenAI, LLC", "openai"],
    ["Some Cloud GmbH", "some-cloud"],
    ["  ", null],
  ])("calls the vendor %s %s", (vendor, name) => {
    expect(providerNamed(vendor)).toBe(name);
  });

  it("keeps a correction beside the row that it corrects", async () => {
    const { records } = await read(sample("focus_1_4.csv"));
    expect(records.slice(0, 2).map(({ cost_usd, metadata }) => [cost_usd, metadata["correction"]])).toEqual([
      ["3.25", undefined],
      ["-0.25", true],
    ]);
  });
});

describe("the meter of a cloud", () => {
  it.each([
    ["gpt 4o 1120 Inp glbl Tokens", "1250.5", "1K", { input: 1_250_500 }],
    ["gpt 4o 1120 cached Inp glbl Tokens", "400", "1K", { input: 400_000, cacheRead: 400_000 }],
    ["GPT 5 outpt Glbl 1M Tokens", "0.3", "1M", { output: 300_000 }],
    ["5.5 ShortCo opt Dz 1M Tokens", "1", "1M", { output: 1_000_000 }],
    ["CacheWriteInputTokenCount", "2", "1K tokens", { input: 2000, cacheWrite: 2000 }],
    ["Generate content output token count gemini 3 flash text", "5000", "count", { output: 5000 }],
    ["Tokens", "7", "1,000 Tokens", { tokens: 7000 }],
    ["InputTokenCount", "1", "Million tokens", { input: 1_000_000 }],
    ["InputTokenCount", "50", "Units", {}],
    ["D4s v5", "24", "1 Hour", {}],
    ["Images input", "24", "count", {}],
    ["InputTokenCount", "50", "9".repeat(400), {}],
  ])("%s, %s times %s, counts %j", (meter, quantity, unit, tokens) => {
    expect(meterTokens(meter, decimal(quantity), unit)).toEqual(tokens);
  });

  it.each([
    ["Generate content input token count gemini 3 flash text", "gemini-3-flash"],
    ["Generate_content image output token count for Gemini 3 Pro Image", "gemini-3-pro-image"],
    ["Generate content input token count gemini 3 flash image", "gemini-3-flash"],
    ["Claude Opus 5 (Amazon Bedrock Edition)", "claude-opus-5"],
    ["Claude Sonnet 4.6 input tokens", "claude-sonnet-4.6"],
    ["gpt 4o 1120 cached Inp glbl Tokens", "gpt-4o-1120"],
    ["USE1-NovaPro_output_tokens", null],
    ["Mistral Large 3, output tokens", "mistral-large-3"],
    ["Bedrock", null],
    ["Claude input", null],
  ])("%s is of the model %s", (text, model) => {
    expect(modelInText(text)).toBe(model);
  });
});

describe("DeepSeek", () => {
  const header = "user_id,utc_date,model,api_key_name,api_key,type,price,amount";
  const row = (key: string, type: string, amount: string, day = "20260701") =>
    `u-1,${day},m,${key},sk,${type},,${amount}`;

  it("has one record of the rows of a day, model and key, wherever they stand", async () => {
    const rows = [
      row("a", "output_tokens", "5"),
      row("b", "output_tokens", "7"),
      row("a", "request_count", "2"),
      row("b", "input_cache_hit_tokens", "40"),
      row("a", "input_cache_miss_tokens", "100"),
      row("b", "input_cache_miss_tokens", "1"),
    ];
    const { records, results } = await read([header, ...rows].join("\n"));
    expect(
      records.map(({ input_tokens, output_tokens, cache_read_tokens, request_count }) => [
        input_tokens,
        output_tokens,
        cache_read_tokens,
        request_count,
      ]),
    ).toEqual([
      [100, 5, null, 2],
      [41, 7, 40, null],
    ]);
    expect(results.filter(({ kind }) => kind === "part")).toHaveLength(6);
  });

  it("names the line of a part that is wrong", async () => {
    const { results } = await read(
      [header, row("a", "output_tokens", "5"), row("a", "request_count", "x")].join("\n"),
    );
    expect(results).toMatchObject([
      { kind: "part", line: 2 },
      { kind: "reject", line: 3, problems: [{ column: "amount", value: "x" }] },
      { kind: "record", line: 2 },
    ]);
  });

  it("has a day by its date, whatever its zone", async () => {
    const cost = (start: string) =>
      read(
        `user_id,start_time_iso,end_time_iso,model,wallet_type,cost,currency\nu,${start},x,m,Paid,1,USD\n`,
      );
    const [beijing, utc] = [await cost("2026-11-02T00:00:00+08:00"), await cost("2026-11-02T00:00:00+00:00")];
    expect(beijing.records[0]).toEqual(utc.records[0]);
    expect(utc.records[0]?.timestamp).toBe("2026-11-02T00:00:00Z");
  });
});
