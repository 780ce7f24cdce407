import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { spendChart } from "../../src/lib/render/spend-chart.js";
import { spendCsv } from "../../src/lib/render/spend-csv.js";
import { spendMarkdown } from "../../src/lib/render/spend-markdown.js";
import { spendTable } from "../../src/lib/render/spend-table.js";
import { textWidth } from "../../src/lib/render/text.js";
import { compareReports } from "../../src/lib/reports/compare.js";
import { GROUP_KEYS, type GroupKey, type SpendReport } from "../../src/lib/reports/report.js";
import { spendReport } from "../../src/lib/reports/spend.js";
import { topGroups } from "../../src/lib/reports/top.js";
import type { DailySpend } from "../../src/lib/api.js";
import { anySpend, november, october, spend } from "../reports/daily-spend.js";
import { NARROW, WIDE } from "./screens.js";

const report = (groupBy: GroupKey[], days: DailySpend[] = november): SpendReport =>
  spendReport(days, {
    range: { from: "2026-11-01", to: "2026-11-30" },
    timezone: "Europe/Berlin",
    groupBy,
  });

const compared = (groupBy: GroupKey[]): SpendReport =>
  compareReports(
    report(groupBy),
    spendReport(october, {
      range: { from: "2026-10-01", to: "2026-10-31" },
      timezone: "Europe/Berlin",
      groupBy,
    }),
  );

const year = Array.from({ length: 400 }, (_, i) =>
  spend({
    date: new Date(Date.UTC(2025, 9, 27 + i)).toISOString().slice(0, 10),
    usage_usd: String((i * 37) % 101),
  }),
);

const snapshot = (name: string) => `snapshots/${name}.txt`;

const anyReport: fc.Arbitrary<SpendReport> = fc
  .record({
    days: fc.array(anySpend, { maxLength: 25 }),
    before: fc.option(fc.array(anySpend, { maxLength: 10 })),
    groupBy: fc.uniqueArray(fc.constantFrom(...GROUP_KEYS), { minLength: 1, maxLength: 2 }),
    top: fc.option(fc.integer({ min: 1, max: 5 })),
  })
  .map(({ days, before, groupBy, top }) => {
    const options = { range: { from: null, to: null }, timezone: "America/Los_Angeles", groupBy };
    const current = spendReport(days, options);
    const whole = before === null ? current : compareReports(current, spendReport(before, options));
    return top === null ? whole : topGroups(whole, top);
  });

const anyScreen = fc.record({ width: fc.integer({ min: 60, max: 200 }), color: fc.boolean() });

const wideLines = (text: string, width: number): string[] =>
  text.split("\n").filter((line) => textWidth(stripVTControlCharacters(line)) > width);

describe("spendTable", () => {
  it.each([
    ["days-80", report(["day"]), NARROW],
    ["days-120", report(["day"]), WIDE],
    ["models-80", report(["model"]), NARROW],
    ["models-120", report(["model"]), WIDE],
    ["providers-compared-80", compared(["provider"]), NARROW],
    ["providers-compared-120", compared(["provider"]), WIDE],
    ["months-compared-80", compared(["month"]), NARROW],
    ["top-3-80", topGroups(report(["model"]), 3), NARROW],
    ["pivot-80", report(["week", "provider"]), NARROW],
    ["pivot-120", report(["week", "provider"]), WIDE],
    ["pivot-of-days-80", report(["provider", "day"]), NARROW],
    ["empty-80", report(["day"], []), NARROW],
  ])("looks like %s", async (name, shown, screen) => {
    await expect(spendTable(shown, screen)).toMatchFileSnapshot(snapshot(`spend-table-${name}`));
  });

  it("marks estimates, and never shows an unknown price as $0", () => {
    const text = spendTable(report(["provider"]), NARROW);
    expect(text).toMatch(/^anthropic +~\$119\.12/m);
    expect(text).toMatch(/^openrouter +≥ \$2\.50/m);
    expect(text).toMatch(/^deepseek +no price/m);
  });

  it.each([
    ["what a bill of the whole provider covers", { input_tokens: 1_000_000 }, "–"],
    ["requests alone", { request_count: 7 }, "–"],
    ["what nobody charged for", {}, "–"],
    ["a charge of nothing", { billed_count: 1 }, "$0.00"],
    ["a charge of nothing, with tokens on top", { billed_count: 1, unpriced_tokens: 9 }, "≥ $0.00"],
    ["credit bought ahead", { topup_usd: "25" }, "–"],
    ["what a plan covers", { included_usd: "3" }, "included"],
    ["tokens without a price", { unpriced_tokens: 9 }, "no price"],
  ])("shows %s as what it is, in the table, the pivot and the bars", (_, part, cost) => {
    const days = [spend({ provider: "groq", ...part }), spend({ usage_usd: "5" })];
    const end = cost.replaceAll(/[$.]/g, "\\$&");
    expect(spendTable(report(["provider"], days), WIDE)).toMatch(new RegExp(`^groq +${end} `, "m"));
    expect(spendTable(report(["provider", "day"], days), WIDE)).toMatch(
      !("topup_usd" in part)
        ? new RegExp(`^groq +${end} +${end}$`, "m")
        : /^groq +\(\$25\.00\) +\(\$25\.00\)$/m,
    );
    expect(spendChart(report(["provider"], days), WIDE)).toMatch(new RegExp(`^groq +${end}$`, "m"));
  });

  it("says of a comparison with nothing that nothing is known, not that it is $0", () => {
    const line = spendTable(compared(["provider"]), NARROW).match(/^deepseek .*$/m)?.[0];
    expect(line?.split(/ {2,}/)).toEqual(["deepseek", "no price", "0.0%", "–", "–", "–", "–"]);
  });

  const SNAPSHOTS = ["gpt-5.6-sol-2026-07-09", "gpt-5.6-luna-2026-07-09"].map((model) =>
    spend({ model, usage_usd: "123456.78", input_tokens: 88_000_000, output_tokens: 12_000_000 }),
  );

  it.each([
    ["a pivot", report(["week", "model"], SNAPSHOTS), { width: 66, color: false }],
    ["a comparison", compareReports(report(["model"], SNAPSHOTS), report(["model"], SNAPSHOTS)), NARROW],
  ])("tells models apart whose names have the same ends, in %s", (_, shown, screen) => {
    const text = spendTable(shown, screen);
    expect(text).toMatch(/gpt-5\.6-sol /);
    expect(text).toMatch(/gpt-5\.6-luna /);
  });

  it("shows whole names above a pivot if the screen is wide enough", () => {
    expect(spendTable(report(["week", "model_id"], SNAPSHOTS), WIDE)).toContain("gpt-5.6-luna-2026-07-09");
  });

  it("never has the same text for two groups", () => {
    const anyModel = fc
      .tuple(fc.constantFrom("a", "anthropic/claude-"), fc.stringMatching(/^[a-c]{0,9}$/), fc.nat(3))
      .map(([head, middle, n]) => `${head}${middle}-very-long-name-2026-07-0${n + 1}`);
    fc.assert(
      fc.property(
        fc.uniqueArray(anyModel, { minLength: 2, maxLength: 12 }),
        fc.integer({ min: 40, max: 100 }),
        (models, width) => {
          const days = models.map((model) => spend({ model, usage_usd: "1", input_tokens: 1_000_000 }));
          // By what the sources write: one model may have several of these names.
          const lines = spendTable(report(["model_id"], days), { width, color: false }).split("\n");
          const names = lines.slice(4, 4 + models.length).map((line) => line.split("  ")[0]);
          expect(new Set(names).size).toBe(models.length);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("shows the same text with colours as without", () => {
    const shown = compared(["provider"]);
    const colored = spendTable(shown, { width: 80, color: true });
    expect(colored).not.toBe(spendTable(shown, NARROW));
    expect(stripVTControlCharacters(colored)).toBe(spendTable(shown, NARROW));
  });

  it("cannot be used to control the terminal", () => {
    const days = [
      spend({ model: "evil\u001b[2J\u202e\r\nname", provider: "\u001b]0;title\u0007", usage_usd: "1" }),
    ];
    const text = spendTable(report(["model", "provider"], days), NARROW);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(text).toContain("evil");
  });

  it("has no line wider than the screen", () => {
    fc.assert(
      fc.property(anyReport, anyScreen, (shown, screen) => {
        expect(wideLines(spendTable(shown, screen), screen.width)).toEqual([]);
      }),
    );
  });

  it("shows no amount but zero as $0.00", () => {
    fc.assert(
      fc.property(
        anySpend.filter((day) => Number(day.cost_usd) !== 0 && day.unpriced_tokens === 0),
        (day) => {
          const shown = report(["day"], [{ ...day, included_usd: "0" }]);
          const cost = spendTable(shown, NARROW).split("\n").at(4)!;
          expect(cost).toContain("$");
          expect(cost).not.toMatch(/\$0\.0+(?!\d)/);
        },
      ),
    );
  });
});

describe("spendChart", () => {
  it.each([
    ["days-80", report(["day"]), NARROW],
    ["days-120", report(["day"]), WIDE],
    ["weeks-80", report(["week"]), NARROW],
    [
      "year-of-days-80",
      spendReport(year, { range: { from: null, to: null }, timezone: "UTC", groupBy: ["day"] }),
      NARROW,
    ],
    ["one-month-80", report(["month"]), NARROW],
    ["providers-80", report(["provider"]), NARROW],
    ["models-120", report(["model"]), WIDE],
    ["empty-80", report(["provider"], []), NARROW],
  ])("looks like %s", async (name, shown, screen) => {
    await expect(spendChart(shown, screen)).toMatchFileSnapshot(snapshot(`spend-chart-${name}`));
  });

  it("draws a report by time and group over the time", () => {
    expect(spendChart(report(["provider", "week"]), NARROW)).toBe(spendChart(report(["week"]), NARROW));
  });

  it.each([
    ["day", "2026-11-02", "2026-11-20"],
    ["week", "2026-W45", "2026-W47"],
    ["month", "2026-11", "2026-11"],
  ] as const)(
    "leaves out the %ss without records at both ends of a range that does not fit",
    (key, first, last) => {
      const options = { timezone: "UTC", groupBy: [key] };
      const ages = { from: "1000-01-01", to: "9999-12-31" };
      const text = spendChart(spendReport(november, { range: ages, ...options }), NARROW);
      expect(text).toContain("1000-01-01 to 9999-12-31");
      const axis = text.split("\n").find((line) => line.trim().startsWith(first))!;
      expect(axis.trim().endsWith(last)).toBe(true);
    },
  );

  it("draws a day without records as zero", () => {
    const days = [
      spend({ date: "2026-11-01", usage_usd: "10" }),
      spend({ date: "2026-11-03", usage_usd: "10" }),
    ];
    const options = {
      range: { from: "2026-11-01", to: "2026-11-03" },
      timezone: "UTC",
      groupBy: ["day" as const],
    };
    const ground = spendChart(spendReport(days, options), NARROW)
      .split("\n")
      .find((line) => line.includes("$0"));
    expect(ground).toMatch(/╰─+╯/);
  });

  it("has no line wider than the screen", () => {
    fc.assert(
      fc.property(anyReport, anyScreen, (shown, screen) => {
        expect(wideLines(spendChart(shown, screen), screen.width)).toEqual([]);
      }),
    );
  });
});

describe("a terminal of 40 columns", () => {
  it("gets every table and chart, even if lines run over", () => {
    fc.assert(
      fc.property(anyReport, fc.integer({ min: 40, max: 60 }), (shown, width) => {
        expect(spendTable(shown, { width, color: true })).toContain("Spend by");
        expect(spendChart(shown, { width, color: true })).toContain("Cost by");
      }),
    );
  });
});

describe("spendCsv", () => {
  it("looks like this", async () => {
    await expect(spendCsv(topGroups(compared(["provider"]), 3))).toMatchFileSnapshot(
      snapshot("spend-csv-providers"),
    );
  });

  it("ends lines as RFC 4180 says, and quotes commas, quotes and line breaks", () => {
    const days = [spend({ model: 'a "b", c\nd', usage_usd: "1" })];
    const text = spendCsv(report(["model"], days));
    expect(text.split("\r\n")).toHaveLength(3);
    expect(text).toContain('"a ""b"", c\nd",1,1,0,0,0,0,0,0,0,0,0,,,,,,1,0,1,100.0\r\n');
  });

  it.each(["=1+1", "+1", "-1", "@sum", "\tx"])("keeps a spreadsheet from running %j", (model) => {
    expect(spendCsv(report(["model"], [spend({ model, usage_usd: "-2" })]))).toContain(`\r\n'${model},-2,`);
  });
});

describe("spendMarkdown", () => {
  it("looks like this", async () => {
    await expect(spendMarkdown(report(["provider", "model"]))).toMatchFileSnapshot(
      snapshot("spend-markdown"),
    );
  });

  it("escapes what Markdown would read as markup", () => {
    const days = [spend({ model: "a|b *c* <d> `e`", usage_usd: "1" })];
    expect(spendMarkdown(report(["model"], days))).toContain("| a\\|b \\*c\\* \\<d\\> \\`e\\` |");
  });

  it("has the same number of cells in every line, and below them what is missing", () => {
    fc.assert(
      fc.property(anyReport, (shown) => {
        const [lines = "", ...warnings] = spendMarkdown(shown).split("\n\n");
        expect(warnings).toHaveLength(shown.warnings.length);
        const cells = lines.split("\n").map((line) => line.replaceAll(/\\./g, "").split("|").length);
        expect(new Set(cells).size).toBe(1);
      }),
    );
  });
});
