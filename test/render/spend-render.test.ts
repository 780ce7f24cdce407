import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { spendChart } from "../../src/lib/render/spend-chart.js";
import { spendCsv } from "../../src/lib/render/spend-csv.js";
import { spendMarkdown } from "../../src/lib/render/spend-markdown.js";
import { spendTable } from "../../src/lib/render/spend-table.js";
import { textWidth } from "../../src/lib/render/text.js";
import { COLUMN_NAMES } from "../../src/lib/reports/columns.js";
import { filledReport } from "../../src/lib/reports/fill.js";
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

/** Usage that was given back, on days of its own and beside other usage. */
const credits = [
  spend({ date: "2026-11-10", usage_usd: "-40" }),
  spend({ date: "2026-11-11", usage_usd: "25", provider: "groq" }),
  spend({ date: "2026-11-12", usage_usd: "-5" }),
  spend({ date: "2026-11-12", usage_usd: "60", provider: "groq" }),
];

/** A bill that names no model, and the usage of models that it is for. */
const billedBeside = [
  spend({ model: null, usage_usd: "12" }),
  spend({ model: "gpt-5", input_tokens: 1_000_000, output_tokens: 5_000, in_bill_tokens: 1_005_000 }),
  spend({ model: "gpt-5", date: "2026-11-04", input_tokens: 500, in_bill_tokens: 500 }),
  spend({ model: null, date: "2026-11-04", usage_usd: "1" }),
  spend({ model: "gpt-5-mini", date: "2026-11-09", input_tokens: 700, unpriced_tokens: 700 }),
];

const kinds = [
  spend({ date: "2026-11-02", kind: "usage", usage_usd: "7" }),
  spend({ date: "2026-11-03", kind: "subscription", subscription_usd: "20" }),
  spend({ date: "2026-11-04", kind: "credit", credit_usd: "-5" }),
];

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
    ["weekdays-80", report(["weekday"]), NARROW],
    ["weekday-pivot-80", report(["week", "weekday"]), NARROW],
    ["filled-80", filledReport(report(["week"])), NARROW],
    ["filled-pivot-80", filledReport(report(["week", "provider"])), NARROW],
    ["in-the-bill-80", report(["model"], billedBeside), NARROW],
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
    ["what no bill, plan or price is known of", { input_tokens: 1_000_000 }, "–"],
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
    expect(line?.split(/ {2,}/)).toEqual(["deepseek", "no price", "0.0%", "–", "–"]);
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
          const isRule = (line: string): boolean => line.startsWith("──");
          const rows = lines.slice(lines.findIndex(isRule) + 1, lines.findLastIndex(isRule));
          const names = rows.reduce<string[]>((all, row) => {
            const [name = ""] = row.trim().split("  ");
            return row.startsWith(" ") ? [...all.slice(0, -1), `${all.at(-1)} ${name}`] : [...all, name];
          }, []);
          expect(names).toHaveLength(models.length);
          expect(new Set(names).size).toBe(models.length);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("shows the columns that are asked for, in order, and says which have no room", () => {
    const names = spendTable(report(["model"]), WIDE, ["output", "per-mtok", "cost"]).split("\n")[2];
    expect(names?.trim().split(/ {2,}/)).toEqual(["Model", "Output", "Per Mtok", "Cost"]);
    const text = spendTable(compared(["model"]), NARROW, COLUMN_NAMES);
    expect(text.replaceAll("\n", " ")).toMatch(
      /No room for .*Per Mtok: use a wider terminal, or --columns or --json\./,
    );
    expect(text).toMatch(/^Model +Cost +Share +Previous/m);
  });

  it("leaves out what is empty before it shortens names, and does not miss it", () => {
    const model = "a-model-with-a-name-that-takes-forty-chars";
    const text = spendTable(report(["model"], [spend({ model, usage_usd: "1", input_tokens: 5 })]), {
      width: 66,
      color: false,
    });
    expect(text).toContain(model);
    expect(text).not.toContain("Requests");
    expect(text).not.toContain("No room");
  });

  it("explains only the marks that stand in it", () => {
    const of = (...days: DailySpend[]) => spendTable(report(["provider"], days), WIDE);
    const stated = { input_tokens: 1, output_tokens: 1, cache_read_tokens: 0, request_count: 1 };
    expect(of(spend({ usage_usd: "1", ...stated }))).not.toMatch(/no source|Blank|charged, but/);
    expect(of(spend({ usage_usd: "1" }))).toContain("\n–: no source says.\n");
    expect(of(spend({ billed_count: 1, ...stated }))).toContain("$0.00: nothing was charged.");
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
    ["days-by-provider-80", report(["day", "provider"], [...november, ...credits]), NARROW],
    ["days-by-provider-120", report(["day", "provider"], [...november, ...credits]), WIDE],
    ["weeks-by-model-80", report(["week", "model"]), NARROW],
    ["weeks-by-model-120", report(["week", "model"]), WIDE],
    ["months-by-kind-80", report(["month", "kind"], kinds), NARROW],
    ["days-with-refunds-80", report(["day"], credits), NARROW],
    ["weeks-with-refunds-80", report(["week"], credits), NARROW],
    ["days-ascii-80", report(["day", "provider"]), { ...NARROW, ascii: true }],
    ["line-ascii-80", report(["day"]), { ...NARROW, ascii: true }],
    ["weekdays-80", report(["weekday"]), NARROW],
    ["providers-80", report(["provider"]), NARROW],
    ["models-120", report(["model"]), WIDE],
    ["empty-80", report(["provider"], []), NARROW],
  ])("looks like %s", async (name, shown, screen) => {
    await expect(spendChart(shown, screen)).toMatchFileSnapshot(snapshot(`spend-chart-${name}`));
  });

  it("draws a report by time and group over the time, whichever comes first", () => {
    expect(spendChart(report(["provider", "week"]), NARROW)).toBe(
      spendChart(report(["week", "provider"]), NARROW),
    );
  });

  it.each([
    ["day", "2026-11-02", "2026-11-20"],
    ["week", "2–8 Nov", "16–22 Nov"],
    ["month", "2026-11", "2026-11"],
  ] as const)(
    "leaves out the %ss without records at both ends of a range that does not fit",
    (key, first, last) => {
      const options = { timezone: "UTC", groupBy: [key] };
      const ages = { from: "1000-01-01", to: "9999-12-31" };
      const text = spendChart(spendReport(november, { range: ages, ...options }), NARROW);
      expect(text).toContain("1000-01-01 to 9999-12-31");
      const labels = text.match(/\d{4}-\d{2}(?:-\d{2})?(?! to| \(UTC)|\d+–\d+ Nov/g)!.slice(1);
      expect(labels).toContain(first);
      expect(labels).toContain(last);
      expect(labels.some((label) => label < "2026-11" && label.startsWith("20"))).toBe(false);
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

  it.each([
    ["1", "5.01", true],
    ["1", "5", false],
    ["-1", "5.01", true],
    ["1", "-5.01", true],
    ["0", "900", false],
  ])("beside %s, draws %s cut: %j", (one, other, isCut) => {
    const days = [
      spend({ date: "2026-11-02", usage_usd: one }),
      spend({ date: "2026-11-12", usage_usd: other }),
    ];
    expect(
      spendChart(report(["day"], days), NARROW).includes("≈ The axis is cut: 2026-11-12 is 5 times"),
    ).toBe(isCut);
    expect(spendChart(report(["week"], days), NARROW).includes("╱╱ The bar of 9–15 Nov is cut")).toBe(isCut);
  });

  it("marks only the weeks and months that the range has a part of", () => {
    const of = (from: string, to: string, key: GroupKey) =>
      spendChart(spendReport(november, { range: { from, to }, timezone: "UTC", groupBy: [key] }), NARROW);
    expect(of("2026-11-01", "2026-11-30", "month")).not.toContain("*");
    expect(of("2026-11-02", "2026-11-22", "week")).not.toContain("*");
    const week = of("2026-11-02", "2026-11-28", "week");
    expect(week).toMatch(/^23–29 Nov\*$/m);
    expect(week).not.toMatch(/^2–8 Nov\*/m);
    expect(week).toContain("* Only until 28 Nov.");
    expect(of("2025-12-30", "2026-11-28", "month")).toContain(
      "* Only from 30 Dec 2025, and until 28 Nov 2026.",
    );
  });

  /** At the end of a line, or of a name. */
  const BAR = /[█▏▎▍▌▋▊▉▒]$/;

  it("has a bar for every amount, and the same text with colours", () => {
    fc.assert(
      fc.property(anyReport, anyScreen, (shown, screen) => {
        const text = stripVTControlCharacters(spendChart(shown, { ...screen, color: true }));
        expect(text).toBe(spendChart(shown, { ...screen, color: false }));
        if (shown.group_by.some((key) => ["day", "week", "month"].includes(key))) return;
        const [key, ...others] = shown.group_by;
        if (key === undefined || others.length > 0) return;
        fc.pre(!shown.rows.some((row) => BAR.test(row[key] ?? "")));
        const costs = shown.rows.filter((row) => Number(row.cost_usd) !== 0).length;
        expect(text.split("\n").filter((line) => BAR.test(line))).toHaveLength(costs);
      }),
    );
  });

  it.each<GroupKey[]>([["day"], ["week"], ["month", "kind"], ["day", "provider"], ["provider"], ["weekday"]])(
    "is in ASCII by %s if the terminal shows no more",
    (...keys) => {
      const text = spendChart(report(keys, [...november, ...credits]), { ...NARROW, ascii: true });
      expect(text).not.toMatch(/[█▏▎▍▌▋▊▉▒╱┤─╰╭╮╯│≈–]/);
    },
  );

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
    expect(text).toContain('"a ""b"", c\nd",1,1,0,0,0,0,0,0,0,0,0,,,,,,1,0,0,1,100.0\r\n');
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
        const [lines = "", ...notes] = spendMarkdown(shown).split("\n\n");
        expect(notes.length).toBeGreaterThanOrEqual(shown.warnings.length);
        const isEmpty = shown.rows.length === 0;
        const isExplained = notes.some((note) => note.includes("–: no source says."));
        expect(isExplained).toBe(!isEmpty && /\| (?:\*\*)?–/.test(lines.replace(/^\| [^|]* \|/gm, "|")));
        const cells = lines.split("\n").map((line) => line.replaceAll(/\\./g, "").split("|").length);
        expect(new Set(cells).size).toBe(1);
      }),
    );
  });
});
