import { NO_MONEY } from "../reports/daily-spend.js";
import { cpSync, rmSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import PrefsSet from "../../src/commands/prefs/set.js";
import Report from "../../src/commands/report.js";
import { lastOfMonth } from "../../src/lib/dates/days.js";
import { today } from "../../src/lib/dates/ranges.js";
import { plain, sum } from "../../src/lib/money.js";
import { folderOf } from "../../src/lib/store/read-model/current.js";
import { modelFile } from "../../src/lib/store/read-model/file.js";
import { stateOf } from "../../src/lib/store/read-model/state.js";
import type { SpendReport } from "../../src/lib/reports/report.js";
import {
  answer,
  errorOf,
  type Home,
  jsonOf,
  newHome,
  type Outcome,
  ROOT,
  runCommand,
  sample,
  sharedHome,
} from "../support/cli.js";
import { giveDatabase, homeWithDatabase, inOneOpening, keepDatabasesOpen } from "../support/open-database.js";
import { added, imported } from "./answers.js";

// `npm run endure` sets how many reports are compared in each time zone.
const RUNS = { numRuns: Number(process.env["AICOST_ENDURE_RUNS"] ?? 20) };

const snapshot = (name: string): string => path.join(import.meta.dirname, "snapshots", name);

/** What the report shows of November 2026, whatever day it is today. */
/** The days of November that the examples tell of. */
const TO_THE_20TH = { from: "2026-11-01", to: "2026-11-20" };

const NOVEMBER = ["--range", "2026-11"];

const isOpenedBy = async (home: Home, work: () => Promise<unknown>): Promise<boolean> => {
  const before = stateOf(folderOf(home.dataDir));
  await work();
  return stateOf(folderOf(home.dataDir)) !== before;
};

/** Runs a report that takes its daily sums from the read model. @throws if it opens the database */
const runReport = async (argv: readonly string[], home: Home, env?: Record<string, string>) => {
  let outcome: Outcome | undefined;
  expect(await isOpenedBy(home, async () => (outcome = await runCommand(Report, argv, home, env)))).toBe(
    false,
  );
  return outcome!;
};

/** Books what the reports here are of. */
const fill = async (home: Home): Promise<void> => {
  await imported(home, path.join(ROOT, "examples"));
  await added(home, "-p", "chatgpt", "-c", "20", "-d", "2026-11-01", "--subscription", "--note", "Plus");
  await added(home, "-p", "mistral", "-c", "0.000123", "-d", "2026-11-03", "-m", "large", "--estimated");
  await added(home, "-p", "groq", "--requests", "7", "--input-tokens", "900", "-d", "2026-11-04");
};

/** Events and a bucket, whose days differ from zone to zone. */
const bookMore = async (home: Home): Promise<void> => {
  await added(home, "-p", "groq", "-c", "1", "-d", "2026-11-05T12:00:00Z", "-m", "event");
  await added(home, "-p", "groq", "-c", "2", "-d", "2026-11-05T03:00:00Z", "-m", "event");
  await added(home, "-p", "groq", "-c", "4", "-d", "2026-11-05", "-m", "bucket");
};

const filled = sharedHome();
beforeAll(async () => {
  await giveDatabase(filled);
  await inOneOpening(filled, () => fill(filled));
});

describe("aicost report", () => {
  const home = filled;

  const text = async (argv: string[], columns = "80") => {
    const { stdout, stderr, exit } = await runReport(argv, home, { COLUMNS: columns });
    expect({ stderr, exit }).toEqual({ stderr: "", exit: 0 });
    return stdout;
  };
  const report = async (...argv: string[]) => jsonOf<SpendReport>(await runReport([...argv, "--json"], home));
  const refused = async (argv: readonly string[]) => {
    const outcome = await runReport([...argv, "--json"], home);
    return { exit: outcome.exit, ...errorOf(outcome) };
  };

  it.each([
    ["days", NOVEMBER],
    ["weeks-chart", [...NOVEMBER, "--by", "week", "--chart"]],
    ["providers-compared", ["--range", "2026-10", "--by", "provider", "--compare"]],
    ["top-models", [...NOVEMBER, "--by", "model", "--top", "3"]],
    ["days-by-provider-chart", [...NOVEMBER, "--by", "day,provider", "--chart"]],
    [
      "models-columns",
      [...NOVEMBER, "-b", "model", "--columns", "cost,per-mtok,cached-share,tokens", "--sort", "tokens"],
    ],
    ["filled", ["--range", "2026-11-17..2026-11-23", "--fill", "--reverse"]],
    ["weekdays", [...NOVEMBER, "--by", "weekday,provider", "--columns", "tokens"]],
    ["months-by-provider", ["--range", "2026-09-01..2026-11-30", "--by", "month,provider"]],
  ])("shows %s at 80 and at 120 columns", async (name, argv) => {
    for (const columns of ["80", "120"]) {
      const shown = await text(argv, columns);
      for (const line of shown.split("\n")) expect(line.length).toBeLessThanOrEqual(Number(columns));
      await expect(shown).toMatchFileSnapshot(snapshot(`report-${name}-${columns}.txt`));
    }
  });

  it.each(["csv", "markdown"])("prints %s", async (format) => {
    const shown = await text([...NOVEMBER, "--by", "provider", "--format", format]);
    await expect(shown).toMatchFileSnapshot(snapshot(`report-${format}.txt`));
  });

  it("answers with the JSON that scripts depend on", async () => {
    const { rows, ...rest } = await report(...NOVEMBER, "--by", "provider,method");
    expect(rest).toEqual({
      range: { from: "2026-11-01", to: "2026-11-30", timezone: "UTC" },
      group_by: ["provider", "method"],
      lacks_tokens: true,
      totals: {
        ...NO_MONEY,
        cost_usd: expect.stringMatching(/^\d+\.\d+$/) as string,
        usage_usd: expect.stringMatching(/^\d+\.\d+$/) as string,
        extra_usage_usd: "1.33",
        subscription_usd: "20",
        estimated_usd: "0.000123",
        hidden_estimate_usd: "62.8751081",
        input_tokens: expect.any(Number) as number,
        output_tokens: expect.any(Number) as number,
        cache_read_tokens: expect.any(Number) as number,
        cache_write_tokens: expect.any(Number) as number,
        request_count: expect.any(Number) as number,
        record_count: expect.any(Number) as number,
        billed_count: expect.any(Number) as number,
        unpriced_tokens: 900,
        in_bill_tokens: expect.any(Number) as number,
      },
      coverage: {
        covered: [TO_THE_20TH],
        data_to: "2026-11-20",
        providers: ["anthropic", "cursor", "openai", "openrouter"].map((provider) => ({
          provider,
          covered: [TO_THE_20TH],
          gaps: [],
          data_to: "2026-11-20",
        })),
      },
      not_priced: [{ provider: "groq", model: null, tokens: 900 }],
      price_lists: { estimated: ["its source"], included: [] },
      warnings: [
        expect.stringContaining("900 tokens of groq have no price") as string,
        "The data end on 2026-11-20: later days are not known.",
      ],
    });
    expect(rows.find(({ provider }) => provider === "groq")).toEqual({
      provider: "groq",
      method: "manual_entry",
      ...NO_MONEY,
      input_tokens: 900,
      output_tokens: null,
      cache_read_tokens: null,
      cache_write_tokens: null,
      request_count: 7,
      record_count: 1,
      billed_count: 0,
      unpriced_tokens: 900,
      in_bill_tokens: 0,
      share: "0.0",
    });
    expect(plain(sum(rows.map(({ cost_usd }) => cost_usd)))).toBe(rest.totals.cost_usd);
  });

  it("prints the same document with --format json, with --json, and with both", async () => {
    const argv = [...NOVEMBER, "--by", "month"];
    const printed = [
      await text([...argv, "--format", "json"]),
      await text([...argv, "--json"]),
      await text([...argv, "--format", "json", "--json"]),
    ];
    expect(printed[1]).toBe(printed[0]);
    expect(printed[2]).toBe(printed[0]);
  });

  it("gives the same total however it is grouped", async () => {
    const keys = ["day", "week", "month", "provider", "model", "method"];
    const totals: string[] = [];
    for (const by of keys) {
      const { rows } = await report(...NOVEMBER, "--by", by);
      totals.push(plain(sum(rows.map(({ cost_usd }) => cost_usd))));
    }
    expect(new Set(totals).size).toBe(1);
  });

  it("counts the providers and models alone that are asked for", async () => {
    const two = await report(...NOVEMBER, "--by", "provider", "--provider", "Groq", "--provider", "mistral");
    expect(two.rows.map(({ provider }) => provider).sort()).toEqual(["groq", "mistral"]);
    const models = await report(...NOVEMBER, "--by", "model", "--model", "LARGE");
    expect(models.rows.map(({ model }) => model)).toContain("large");
    expect(models.rows.every(({ model }) => model?.toLowerCase().includes("large"))).toBe(true);
    expect(await refused(["--provider", "grok"])).toMatchObject({
      exit: 4,
      code: "provider_unknown",
      hint: expect.stringContaining("groq") as string,
    });
  });

  it("compares with the period before", async () => {
    const month = await report("--range", "2026-10", "--compare", "--by", "month");
    const before = await report("--range", "2026-09", "--by", "month");
    expect(month.compared_with).toEqual({ from: "2026-09-01", to: "2026-09-30" });
    expect(month.totals.previous_usd).toBe(before.totals.cost_usd);
  });

  it("compares the same days of the month before if a month is not over, and says so", async () => {
    const date = today("UTC");
    const isLastDay = date === lastOfMonth(date);
    const argv = ["--range", date.slice(0, 7), "--compare", "--by", "provider"];
    const { from = null } = (await report(...argv)).compared_with ?? {};
    const recent = newHome();
    for (const day of [date, from ?? ""]) await added(recent, "-p", "groq", "-c", "1", "-d", day);
    const { compared_with } = jsonOf<SpendReport>(await runReport([...argv, "--json"], recent));
    const { stdout } = await runReport(argv, recent);
    expect(compared_with?.unfinished).toBe(isLastDay ? undefined : "month");
    expect(stdout.replaceAll(/\s+/g, " ").includes(": only the same days")).toBe(!isLastDay);
  });

  it("has a row for each day, of which nothing is known, and the columns that are named", async () => {
    const argv = ["--range", "2026-11-19..2026-11-22", "--fill", "--columns", "per-mtok"];
    const { rows, average } = await report(...argv);
    expect(rows.map(({ day, cost_usd }) => [day, cost_usd])).toEqual([
      ["2026-11-19", expect.stringMatching(/^0\.\d+$/)],
      ["2026-11-20", expect.stringMatching(/^4\.\d+$/)],
      ["2026-11-21", null],
      ["2026-11-22", null],
    ]);
    expect(rows[0]?.usd_per_mtok).toMatch(/^\d+\.\d+$/);
    expect(average?.days).toBe(2);
    const csv = await text([...argv, "--format", "csv"]);
    expect(csv).toMatch(
      /^day,usd_per_mtok\r\n2026-11-19,0\.\d+\r\n2026-11-20,[\d.]+\r\n2026-11-21,\r\n2026-11-22,\r\n$/,
    );
  });

  it("sums what is not among the biggest", async () => {
    const all = await report(...NOVEMBER, "--by", "model");
    const top = await report(...NOVEMBER, "--by", "model", "--top", "2");
    expect(top.totals).toEqual(all.totals);
    expect(top.rows).toHaveLength(3);
    expect(top.rows.find(({ model }) => model === "other")).toMatchObject({ others: all.rows.length - 2 });
    expect(plain(sum(top.rows.map(({ cost_usd }) => cost_usd)))).toBe(all.totals.cost_usd);
  });

  it("has no color if NO_COLOR is set, and has some with FORCE_COLOR only", async () => {
    expect(await text([...NOVEMBER, "--by", "provider"])).not.toContain("\u001b[");
    const { stdout } = await runReport(NOVEMBER, home, { NO_COLOR: "", FORCE_COLOR: "1" });
    expect(stdout).toContain("\u001b[");
  });

  it.each([
    [["--by", "minute"], "bad_group", 2],
    [["--by", "day,month"], "bad_groups", 2],
    [["--by", "provider,provider"], "bad_groups", 2],
    [["--by", "provider,model,day"], "bad_groups", 2],
    [["--range", "lately"], "bad_range", 2],
    [["--range", "2026-11-05..2026-11-01"], "bad_range", 2],
    [["--range", "all", "--compare"], "no_period_before", 2],
    [["--top", "0"], "usage", 2],
    [["--columns", "price"], "bad_column", 2],
    [["--columns", "change"], "bad_column", 2],
    [["--sort", "change"], "bad_sort", 2],
    [["--by", "provider", "--fill"], "fill_group", 2],
    [["--range", "2026-01-01..9999-12-31", "--fill"], "fill_too_long", 2],
    [["--format", "xml"], "usage", 2],
  ])("refuses %j", async (argv, code, exit) => {
    const found = await refused(argv);
    expect(found).toMatchObject({ code, exit, hint: expect.stringMatching(/./) as string });
  });
});

describe("a report of nothing", () => {
  it("says where to begin, and where there is something", async () => {
    const home = await homeWithDatabase();
    const first = await runReport([], home);
    expect(first).toMatchObject({ exit: 0, stderr: "" });
    expect(first.stdout).toContain("aicost import FILE");
    await imported(home, sample("openai_cost_2025.csv"));
    const other = await runReport(["--range", "2020-01"], home);
    expect(other.stdout).toContain("--range 2025-11-02..2025-11-09");
  });
});

describe("the time zone and the range of one's preferences", () => {
  const report = async (home: Home, ...argv: string[]) =>
    jsonOf<SpendReport>(await runReport([...argv, "--json"], home));
  const reported = (home: Home, ...argv: string[]) => report(home, "--range", "all", ...argv);

  it("move an event to another date, and leave a day bucket on its own", async () => {
    const home = await homeWithDatabase();
    await inOneOpening(home, () => bookMore(home));
    const days = async () =>
      (await reported(home, "--by", "day,model")).rows.map(({ day, model, cost_usd }) => [
        day,
        model,
        cost_usd,
      ]);
    const inZone = async (zone: string) => {
      await answer(PrefsSet, ["timezone", zone], home);
      return days();
    };
    expect(await days()).toEqual([
      ["2026-11-05", "bucket", "4"],
      ["2026-11-05", "event", "3"],
    ]);
    expect(await inZone("Pacific/Auckland")).toEqual([
      ["2026-11-05", "bucket", "4"],
      ["2026-11-05", "event", "2"],
      ["2026-11-06", "event", "1"],
    ]);
    expect(await inZone("America/Los_Angeles")).toEqual([
      ["2026-11-04", "event", "2"],
      ["2026-11-05", "bucket", "4"],
      ["2026-11-05", "event", "1"],
    ]);
    const oneDay = await report(home, "--range", "2026-11-05");
    expect(oneDay).toMatchObject({ range: { timezone: "America/Los_Angeles" }, totals: { cost_usd: "5" } });
  });

  it.each(["Pacific/Auckland", "America/Los_Angeles"])(
    "keep the days of every export in %s",
    async (zone) => {
      const home = await homeWithDatabase();
      await imported(home, sample("openai_cost_2026_by_line_item.csv"), sample("anthropic_cost_2026_08.csv"));
      const before = (await reported(home)).rows;
      await answer(PrefsSet, ["timezone", zone], home);
      expect((await reported(home)).rows).toEqual(before);
      await imported(home, sample("openai_cost_2026_by_line_item.csv"));
      expect((await reported(home)).rows).toEqual(before);
    },
  );

  it("are what a report without --range is of", async () => {
    const home = await homeWithDatabase();
    await answer(PrefsSet, ["range", "2025-11"], home);
    await imported(home, sample("openai_cost_2025.csv"), sample("openai_cost_2026_ungrouped.csv"));
    expect(await report(home)).toMatchObject({
      range: { from: "2025-11-01", to: "2025-11-30", timezone: "UTC" },
      totals: { cost_usd: "2.42568475" },
    });
    const all = await reported(home);
    expect(all.totals.cost_usd).toBe("3.16334075");
  });
});

describe("a report from the database", () => {
  it("opens it if there is no read model, and leaves one", async () => {
    const home = await homeWithDatabase();
    await imported(home, sample("openai_cost_2025.csv"));
    const known = await runReport(["--range", "2025-11"], home);
    rmSync(modelFile(home.dataDir));
    const again = async () => expect(await runCommand(Report, ["--range", "2025-11"], home)).toEqual(known);
    expect(await isOpenedBy(home, again)).toBe(true);
    expect(await isOpenedBy(home, again)).toBe(false);
  });
});

const range = fc.oneof(
  fc.constantFrom(
    "2026-11",
    "2026-10",
    "2026-09-01..2026-11-30",
    "all",
    "2026-Q4",
    "last-week",
    "2026-11-05",
    "2020",
    "30d",
  ),
  fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 })).map((days) =>
    days
      .sort((a, b) => a - b)
      .map((day) => `2026-11-${String(day).padStart(2, "0")}`)
      .join(".."),
  ),
);

/** The words of a report, most of them of one that is not refused. */
const query = fc
  .record({
    range: fc.option(range),
    by: fc.option(
      fc
        .uniqueArray(fc.constantFrom("day", "week", "month", "weekday", "provider", "model", "method"), {
          minLength: 1,
          maxLength: 2,
        })
        .map(String),
    ),
    provider: fc.option(fc.constantFrom("groq", "mistral", "openai", "Groq,mistral", "grok")),
    model: fc.option(fc.constantFrom("LARGE", "gpt", "claude,large")),
    top: fc.option(fc.constantFrom("1", "2", "5")),
    format: fc.option(fc.constantFrom("table", "json", "csv", "markdown")),
    columns: fc.option(fc.constantFrom("cost,input", "per-mtok", "tokens,cached-share,cost", "price")),
    sort: fc.option(fc.constantFrom("cost", "name", "tokens", "change")),
    switches: fc.subarray(["--compare", "--chart", "--json", "--fill", "--reverse"]),
  })
  .map(({ switches, ...flags }) => [
    ...Object.entries(flags).flatMap(([name, value]) => (value === null ? [] : [`--${name}`, value])),
    ...switches,
  ]);

describe("a report", () => {
  const [known, knownEmpty, asked, askedEmpty] = [sharedHome(), sharedHome(), sharedHome(), sharedHome()];
  beforeAll(async () => {
    await giveDatabase(knownEmpty);
    cpSync(filled.dataDir, known.dataDir, { recursive: true });
    await inOneOpening(known, () => bookMore(known));
  });

  describe("of the database", () => {
    keepDatabasesOpen();
    beforeAll(async () => {
      await fill(asked);
      await bookMore(asked);
    });

    it.each(["UTC", "Pacific/Auckland", "America/Los_Angeles"])(
      "is, whatever is asked, that of the read model in %s",
      async (zone) => {
        for (const home of [known, knownEmpty, asked, askedEmpty]) {
          await answer(PrefsSet, ["timezone", zone], home);
        }
        await fc.assert(
          fc.asyncProperty(query, async (argv) => {
            expect(await runCommand(Report, argv, asked)).toEqual(await runReport(argv, known));
            expect(await runCommand(Report, argv, askedEmpty)).toEqual(await runReport(argv, knownEmpty));
          }),
          RUNS,
        );
      },
    );
  });
});
