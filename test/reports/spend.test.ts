import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plain, sum } from "../../src/lib/money.js";
import { GROUP_KEYS, type GroupKey, type SpendReport } from "../../src/lib/reports/report.js";
import { spendReport } from "../../src/lib/reports/spend.js";
import { MEASURES, sumSpend } from "../../src/lib/reports/sum.js";
import { NO_MONEY, anySpend, november, spend } from "./daily-spend.js";

const ALL = { range: { from: null, to: null }, timezone: "UTC" };
const NOVEMBER = { range: { from: "2026-11-01", to: "2026-11-30" }, timezone: "Europe/Berlin" };

const anyDays = fc.array(anySpend, { maxLength: 30 });
const anyKeys = fc.uniqueArray(fc.constantFrom(...GROUP_KEYS), { minLength: 1, maxLength: 2 });

const names = (report: SpendReport, key: GroupKey): unknown[] => report.rows.map((row) => row[key]);

describe("spendReport", () => {
  it("answers with the fields of the JSON contract", () => {
    const report = spendReport(november, { ...NOVEMBER, groupBy: ["provider"] });
    expect(Object.keys(report)).toEqual(["range", "group_by", "totals", "not_priced", "rows", "warnings"]);
    expect(report.range).toEqual({ from: "2026-11-01", to: "2026-11-30", timezone: "Europe/Berlin" });
    expect(report.group_by).toEqual(["provider"]);
    expect(Object.keys(report.totals)).toEqual([...MEASURES]);
    expect(Object.keys(report.rows[0]!)).toEqual(["provider", ...MEASURES, "share"]);
    expect(report.rows[0]).toEqual({
      provider: "openai",
      ...NO_MONEY,
      cost_usd: "1212.595771",
      usage_usd: "1212.595771",
      input_tokens: 89_205_900,
      output_tokens: 12_788_145,
      cache_read_tokens: 61_400_000,
      cache_write_tokens: null,
      request_count: 20_770,
      record_count: 4,
      unpriced_tokens: 0,
      in_bill_tokens: 0,
      billed_count: 4,
      share: "84.5",
    });
  });

  it("keeps a count null if no source states it, and zero if one does", () => {
    const days = [spend({ input_tokens: null, request_count: 0 }), spend({ input_tokens: null })];
    const { totals } = spendReport(days, { ...ALL, groupBy: ["day"] });
    expect(totals.input_tokens).toBeNull();
    expect(totals.request_count).toBe(0);
  });

  it("orders time from early to late, and reports no row for a period without records", () => {
    const report = spendReport(november.toReversed(), { ...NOVEMBER, groupBy: ["week"] });
    expect(names(report, "week")).toEqual(["2026-W45", "2026-W46", "2026-W47"]);
  });

  it("orders other groups by cost, the biggest first, then by name, those without a name last", () => {
    const days = [
      spend({ model: null, usage_usd: "1" }),
      spend({ model: "b", usage_usd: "1" }),
      spend({ model: "a", usage_usd: "1" }),
      spend({ model: "c", usage_usd: "10" }),
    ];
    expect(names(spendReport(days, { ...ALL, groupBy: ["model"] }), "model")).toEqual(["c", "a", "b", null]);
  });

  it("orders a pivot by the cost of the whole group, then within it", () => {
    const report = spendReport(november, { ...NOVEMBER, groupBy: ["provider", "model"] });
    expect(report.rows.slice(0, 4).map((row) => [row.provider, row.model])).toEqual([
      ["openai", "gpt-5"],
      ["openai", "gpt-5-mini"],
      ["openai", null],
      ["anthropic", "claude-opus-4-5"],
    ]);
  });

  it("takes the ends of an open range from the data", () => {
    expect(spendReport(november, { ...ALL, groupBy: ["day"] }).range).toEqual({
      from: "2026-11-02",
      to: "2026-11-20",
      timezone: "UTC",
    });
    expect(spendReport([], { ...ALL, groupBy: ["day"] }).range).toEqual({
      from: null,
      to: null,
      timezone: "UTC",
    });
  });

  it("has no share if the total is not above zero", () => {
    const days = [spend({ usage_usd: "-1" }), spend({ provider: "groq", usage_usd: "1" })];
    expect(spendReport(days, { ...ALL, groupBy: ["provider"] }).rows.map((row) => row.share)).toEqual([
      null,
      null,
    ]);
  });
});

describe("filters", () => {
  const models = (...patterns: string[]): unknown[] =>
    names(spendReport(november, { ...NOVEMBER, groupBy: ["model"], filters: { models: patterns } }), "model");

  it("match a provider by its whole name, in any case", () => {
    const of = (name: string) =>
      names(
        spendReport(november, { ...NOVEMBER, groupBy: ["provider"], filters: { providers: [name] } }),
        "provider",
      );
    expect(of("OpenAI")).toEqual(["openai"]);
    expect(of("open")).toEqual([]);
  });

  it("match a model by a part of its name, in any case, and take signs literally", () => {
    expect(models("SONNET")).toEqual(["claude-sonnet-4-5"]);
    expect(models("v4|preview")).toEqual(["deepseek-v4|preview"]);
    expect(models("gpt.5")).toEqual([]);
  });

  it("match a model by any spelling of its name", () => {
    for (const spelling of ["anthropic/claude-sonnet-4.5", "Claude Sonnet 4.5", "claude-4.5-sonnet"])
      expect(models(spelling)).toEqual(["claude-sonnet-4-5"]);
  });

  it("match a model by a glob for the whole name", () => {
    expect(models("gpt-*")).toEqual(["gpt-5", "gpt-5-mini"]);
    expect(models("*mini")).toEqual(["gpt-5-mini"]);
    expect(models("pt-*")).toEqual([]);
  });

  it("leave in what any of several patterns matches", () => {
    expect(models("opus", "mini")).toEqual(["claude-opus-4-5", "gpt-5-mini"]);
  });
});

describe("warnings", () => {
  const { range } = NOVEMBER;

  it("name what has no price, the most tokens first", () => {
    expect(spendReport(november, { ...NOVEMBER, groupBy: ["day"] }).warnings).toEqual([
      "1,204,000 tokens of openrouter have no price and are not in the cost: qwen/通义千问-max. Set a price: aicost prices set 'qwen/通义千问-max' --input USD --output USD",
      "920,000 tokens of deepseek have no price and are not in the cost: deepseek-v4|preview. Set a price: aicost prices set 'deepseek-v4|preview' --input USD --output USD",
    ]);
  });

  it("name the cost export of what has no price if its provider has one", () => {
    const costExports = new Set(["openrouter"]);
    expect(spendReport(november, { ...NOVEMBER, groupBy: ["day"], costExports }).warnings).toEqual([
      "1,204,000 tokens of openrouter have no price and are not in the cost: qwen/通义千问-max. Import its cost export, or set a price: aicost prices set 'qwen/通义千问-max' --input USD --output USD",
      expect.stringContaining("deepseek have no price") as string,
    ]);
  });

  it("say where there is something when nothing is recorded in the range", () => {
    const warn = (recorded?: { from: string; to: string } | null) =>
      spendReport([], {
        ...ALL,
        range,
        groupBy: ["day"],
        ...(recorded === undefined ? {} : { recorded }),
      }).warnings;
    expect(warn()).toEqual(["Nothing is recorded from 2026-11-01 to 2026-11-30."]);
    expect(warn({ from: "2026-01-03", to: "2026-10-05" })).toEqual([
      "Nothing is recorded from 2026-11-01 to 2026-11-30. There are records from 2026-01-03 to 2026-10-05: try --range 2026-01-03..2026-10-05",
    ]);
    expect(warn(null)).toEqual([
      "Nothing is recorded from 2026-11-01 to 2026-11-30. Import a file with: aicost import FILE",
    ]);
  });

  it("name a provider without records, and those that have some", () => {
    const { warnings } = spendReport(november.slice(0, 5), {
      ...NOVEMBER,
      groupBy: ["day"],
      filters: { providers: ["opnai", "openai"] },
    });
    expect(warnings).toEqual([
      "Nothing is recorded for provider “opnai” from 2026-11-01 to 2026-11-30; there is anthropic, openai.",
    ]);
  });

  it("name a model pattern that matches nothing", () => {
    const { warnings } = spendReport(november, {
      ...NOVEMBER,
      range: { from: "2026-11-02", to: "2026-11-02" },
      groupBy: ["day"],
      filters: { models: ["gemini"] },
    });
    expect(warnings).toEqual(["No model matches “gemini” on 2026-11-02."]);
  });
});

describe("laws of every report", () => {
  it("the rows sum to the totals, exactly, in every grouping", () => {
    fc.assert(
      fc.property(anyDays, anyKeys, (days, groupBy) => {
        const { rows, totals, without_hour } = spendReport(days, { ...ALL, groupBy });
        expect(sumSpend(rows)).toEqual(totals);
        // Without an hour, a report by hour shows nothing.
        expect(groupBy.includes("hour") ? (without_hour ?? totals) : totals).toEqual(sumSpend(days));
        expect(sumSpend(days).cost_usd).toBe(plain(sum(days.map((day) => day.cost_usd))));
      }),
    );
  });

  it("the order of the input does not matter", () => {
    fc.assert(
      fc.property(
        anyDays.chain((days) =>
          fc.tuple(fc.constant(days), fc.shuffledSubarray(days, { minLength: days.length })),
        ),
        anyKeys,
        ([days, shuffled], groupBy) => {
          expect(spendReport(shuffled, { ...ALL, groupBy })).toEqual(spendReport(days, { ...ALL, groupBy }));
        },
      ),
    );
  });

  it("each group appears once", () => {
    fc.assert(
      fc.property(anyDays, anyKeys, (days, groupBy) => {
        const keys = spendReport(days, { ...ALL, groupBy }).rows.map((row) =>
          JSON.stringify(groupBy.map((key) => row[key])),
        );
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });

  it("a pivot sums to the report by its first key alone", () => {
    fc.assert(
      fc.property(anyDays, fc.constantFrom<GroupKey>("day", "week", "month", "provider"), (days, key) => {
        const pivot = spendReport(days, { ...ALL, groupBy: [key, "model"] });
        for (const { lacks_tokens: _, ...row } of spendReport(days, { ...ALL, groupBy: [key] }).rows) {
          const parts = pivot.rows.filter((part) => part[key] === row[key]);
          expect({ [key]: row[key], ...sumSpend(parts), share: row.share }).toEqual(row);
        }
      }),
    );
  });
});
