import { afterAll, beforeAll, describe, expect, it } from "vitest";
import Imports from "../../src/commands/imports/index.js";
import PrefsSet from "../../src/commands/prefs/set.js";
import Records from "../../src/commands/records/index.js";
import Report from "../../src/commands/report.js";
import type { SpendReport } from "../../src/lib/reports/report.js";
import {
  answer,
  errorOf,
  jsonOf,
  makeHome,
  newHome,
  refusal,
  removeHome,
  runCommand,
  sample,
} from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";
import { added, imported } from "./answers.js";

keepDatabasesOpen();

describe("what report and records are asked", () => {
  const home = makeHome();
  beforeAll(async () => {
    await added(home, "-p", "groq", "-c", "2", "-d", "2026-11-02", "-m", "llama-4");
    await added(home, "-p", "groq", "-c", "1", "-d", "2026-06-02", "-m", "llama-3");
  });
  afterAll(() => removeHome(home));

  it("print one JSON document with --format json, with --json, and with both", async () => {
    for (const argv of [["--format", "json"], ["--json"], ["--format", "json", "--json"]]) {
      const outcome = await runCommand(Report, ["--range", "all", ...argv], home);
      expect(jsonOf<SpendReport>(outcome).totals.cost_usd).toBe("3");
    }
  });

  it("ends every line of CSV in the same way", async () => {
    const { stdout } = await runCommand(Report, ["--range", "all", "--format", "csv"], home);
    expect(stdout.split("\r\n")).toHaveLength(4);
    expect(stdout.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
  });

  it.each(["csv", "json"])("refuses a chart in %s", async (format) => {
    const outcome = await runCommand(Report, ["--format", format, "--chart", "--json"], home);
    expect(outcome.exit).toBe(2);
    expect(errorOf(outcome)).toMatchObject({
      code: "chart_format",
      hint: "Use --chart with --format table or markdown.",
    });
  });

  it("draws a chart of a range of thousands of years", async () => {
    const { stdout } = await runCommand(Report, ["--range", "2026-01-01..9999-12-31", "--chart"], home);
    expect(stdout).toMatch(/^ +2–7 Jun /m);
  });

  it.each([
    ["all", "without a beginning"],
    ["..2026-11-02", "without a beginning"],
    ["2026-06-02..", "has no end"],
  ])("refuses to compare %s, data or not", async (range, words) => {
    expect(await refusal(Report, ["--range", range, "--compare"], home)).toMatchObject({
      exit: 2,
      code: "no_period_before",
      message: expect.stringContaining(words) as string,
    });
  });

  it("refuses a provider that does not exist, and takes one without records", async () => {
    expect(await refusal(Report, ["--provider", "OpenIA"], home)).toMatchObject({
      exit: 4,
      code: "provider_unknown",
      message: "There is no provider “openia”.",
      hint: expect.stringContaining("--provider openai") as string,
    });
    const { warnings } = await answer<SpendReport>(Report, ["--range", "all", "-p", "Mistral"], home);
    expect(warnings).toEqual(["Nothing is recorded for provider “mistral” yet; there is groq."]);
  });

  it.each([
    [Report, "--provider"],
    [Report, "--model"],
    [Records, "--provider"],
    [Records, "--model"],
  ] as const)("%o refuses an empty %s", async (command, flag) => {
    expect(await refusal(command, [flag, ""], home)).toMatchObject({ exit: 2, code: "filter_empty" });
  });

  it("means the same models by the same pattern", async () => {
    for (const [pattern, count] of [
      ["llama*", 2],
      ["*a-3", 1],
      ["ama", 2],
      ["ama*", 0],
    ] as const) {
      const { rows } = await answer<SpendReport>(Report, ["-r", "all", "-b", "model", "-m", pattern], home);
      const { total } = await answer<{ total: number }>(Records, ["-r", "all", "-m", pattern], home);
      expect({ pattern, rows: rows.length, total }).toEqual({ pattern, rows: count, total: count });
    }
  });
});

describe("aicost records without a range", () => {
  it("is of the range of one's preferences, but of an import shows all", async () => {
    const home = newHome();
    const [file] = await imported(home, sample("openai_cost_2025.csv"));
    const total = async (...argv: string[]) => (await answer<{ total: number }>(Records, argv, home)).total;
    const all = await total("--range", "all");
    expect(all).toBeGreaterThan(0);
    await answer(PrefsSet, ["range", "2025-11-02"], home);
    expect(await total()).toBe(await total("--range", "2025-11-02"));
    expect(await total()).toBeLessThan(all);
    await answer(PrefsSet, ["range", "2020-01"], home);
    expect(await total("--import", file?.id ?? "")).toBe(all);
    const { stdout } = await runCommand(Records, [], home);
    expect(stdout).toBe("No charges match. Try --range all\n");
  });
});

describe("a page after the last", () => {
  it("says that there is none, and how many there are", async () => {
    const home = newHome();
    await imported(home, sample("openai_cost_2025.csv"));
    const imports = await runCommand(Imports, ["--page", "5"], home);
    expect(imports.stdout).toMatch(/^No import on page 5; there are 1\.\n$/);
    const records = await runCommand(Records, ["--range", "all", "--page", "1000000"], home);
    expect(records.stdout).toMatch(/^No record on page 1000000; there are \d+\.\n$/);
  });

  it.each([Imports, Records])("%o refuses a page above a million", async (command) => {
    expect(await refusal(command, ["--page", "1000001"], newHome())).toMatchObject({
      exit: 2,
      code: "usage",
    });
  });
});
