import { beforeAll, beforeEach, afterEach, describe, expect, it, vi } from "vitest";
import Coverage from "../../src/commands/coverage.js";
import Import from "../../src/commands/import.js";
import Report from "../../src/commands/report.js";
import type { CoverageReport } from "../../src/lib/reports/coverage-report.js";
import type { SpendReport } from "../../src/lib/reports/report.js";
import { answer, errorOf, fileIn, type Home, newHome, ROOT, runCommand, sharedHome } from "../support/cli.js";
import { giveDatabase, inOneOpening, openHome } from "../support/open-database.js";
import { beginLayer, layerOf } from "../support/layers.js";
import { costRecord } from "../support/records.js";
import { added } from "./answers.js";

// The clock alone stands still; timers go on.
const NOW = new Date("2026-11-29T12:00:00Z");
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOW }));
afterEach(() => void vi.useRealTimers());

/** A cost export of OpenAI with a bucket for each day; an empty amount is a day without spend. */
const costFile = (home: Home, name: string, days: readonly (readonly [date: string, amount: string])[]) => {
  const rows = days.map(([date, amount]) => {
    const start = Date.parse(date) / 1000;
    return `${start},${start + 86_400},${amount},usd\n`;
  });
  return fileIn(home, name, `start_time,end_time,amount_value,amount_currency\n${rows.join("")}`);
};

/** The examples, older files of OpenAI with two gaps, and an entry by hand. */
const home = sharedHome();
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
  await giveDatabase(home);
  const examples = ["anthropic-cost", "cursor-usage", "openai-cost"].map(
    (name) => `${ROOT}/examples/${name}.csv`,
  );
  const older = [
    costFile(home, "july.csv", [
      ["2026-07-03", "1"],
      ["2026-07-31", "2"],
    ]),
    costFile(home, "september.csv", [
      ["2026-09-01", "1"],
      ["2026-09-14", ""],
    ]),
  ];
  await inOneOpening(home, async () => {
    expect(await runCommand(Import, [...examples, ...older], home)).toMatchObject({ exit: 0 });
    await added(home, "-p", "chatgpt", "-c", "20", "-d", "2026-11-01");
  });
});

const text = async (argv: readonly string[], columns: number, env: Record<string, string> = {}) => {
  const { stdout, exit } = await runCommand(Coverage, argv, home, { COLUMNS: String(columns), ...env });
  expect(exit).toBe(0);
  return stdout;
};

describe("aicost coverage", () => {
  it.each([
    ["days", ["--range", "2026-09-01..2026-11-29"]],
    ["all", []],
    ["year", ["--range", "1y"]],
    ["years", ["--range", "2015..2026"]],
  ])("shows %s at 80 and at 120 columns", async (name, argv) => {
    for (const columns of [80, 120]) {
      const shown = await text(argv, columns);
      for (const line of shown.split("\n")) expect(line.length).toBeLessThanOrEqual(columns);
      await expect(shown).toMatchFileSnapshot(`snapshots/coverage-${name}-${columns}.txt`);
    }
  });

  it("draws in ASCII on a terminal that has no more", async () => {
    const shown = await text(["--range", "2026-11"], 80, { LC_ALL: "C" });
    expect(shown).toMatch(/^[\x00-\x7f]*$/);
    expect(shown).toContain("# data, . nothing was used, blank: not known.");
  });

  it("answers with days, gaps and what to type", async () => {
    const report = await answer<CoverageReport>(Coverage, ["--provider", "openai"], home);
    expect(report.range).toEqual({ from: "2026-07-03", to: "2026-11-29", timezone: "UTC" });
    expect(report.providers.map(({ provider }) => provider)).toEqual(["openai"]);
    expect(report.providers[0]).toMatchObject({
      gaps: [
        { from: "2026-08-01", to: "2026-08-31" },
        { from: "2026-09-15", to: "2026-09-21" },
      ],
      data_to: "2026-11-20",
      hint: "Download platform.openai.com, Usage, Spend: Export. Then: aicost import FILE",
    });
    expect(report.providers[0]?.ranges.slice(0, 3)).toEqual([
      { from: "2026-07-03", to: "2026-07-03", state: "data" },
      { from: "2026-07-04", to: "2026-07-30", state: "empty" },
      { from: "2026-07-31", to: "2026-07-31", state: "data" },
    ]);
    expect(report.by_hand).toEqual([]);
    expect((await answer<CoverageReport>(Coverage, [], home)).by_hand).toEqual(["chatgpt"]);
  });

  it("says what to do if nothing is known, and refuses a provider that there is not", async () => {
    const empty = newHome();
    await giveDatabase(empty);
    expect((await runCommand(Coverage, [], empty)).stdout).toBe(
      "No days are known. Import a file with: aicost import FILE\n",
    );
    const refused = await runCommand(Coverage, ["--provider", "opnai", "--json"], empty);
    expect({ exit: refused.exit, ...errorOf(refused) }).toMatchObject({ exit: 4, code: "provider_unknown" });
  });
});

describe("aicost report, by what is known", () => {
  const report = (...argv: string[]) => answer<SpendReport>(Report, argv, home);

  it("names gaps in its range, and counts its average over days with data", async () => {
    const { warnings, average, coverage } = await report(
      "--range",
      "2026-07..2026-09",
      "--provider",
      "openai",
    );
    expect(warnings).toEqual([
      "No data of openai from 2026-08-01 to 2026-08-31, from 2026-09-15 to 2026-09-21 (38 days). See: aicost coverage",
    ]);
    expect(average).toMatchObject({ days: 29 + 14 + 9, over: "covered" });
    expect(coverage?.covered).toEqual([
      { from: "2026-07-03", to: "2026-07-31" },
      { from: "2026-09-01", to: "2026-09-14" },
      { from: "2026-09-22", to: "2026-09-30" },
    ]);
  });

  it("leaves a gap in the line, and says so", async () => {
    const argv = ["--range", "2026-07-20..2026-09-25", "--provider", "openai", "--chart"];
    const { stdout } = await runCommand(Report, argv, home, { COLUMNS: "100" });
    await expect(stdout.slice(stdout.indexOf("Cost by day"))).toMatchFileSnapshot(
      "snapshots/coverage-gap-chart-100.txt",
    );
  });

  it("compares an unfinished month on the days with data, and says so", async () => {
    const { compared_with, totals } = await report("--range", "mtd", "--compare", "--by", "provider");
    expect(compared_with).toEqual({ from: "2026-10-01", to: "2026-10-20", data_to: "2026-11-20" });
    const same = await report("--range", "2026-10-01..2026-10-20", "--by", "provider");
    expect(totals.previous_usd).toBe(same.totals.cost_usd);
    const shown = await runCommand(Report, ["--range", "2026-11", "--compare", "--by", "provider"], home);
    expect(shown.stdout.replaceAll(/\s+/g, " ")).toContain(
      "The data end on 2026-11-20: only the same days before are compared",
    );
  });

  it("says that an import is not complete", async () => {
    const other = newHome();
    const store = await openHome(await giveDatabase(other));
    const covers = { openai: [["2026-11-05", "2026-11-05"]] } as const;
    const layer = layerOf([costRecord()], { head: { source_name: "cut.csv", covers } });
    await (await beginLayer(store, layer)).send();
    await store.close();
    const { warnings, coverage } = await answer<SpendReport>(Report, ["--range", "2026-11"], other);
    expect(warnings).toEqual([
      `The import of cut.csv is not complete: import the file again, or undo it: aicost imports undo ${layer.head.id.slice(0, 8)}`,
    ]);
    expect(coverage).toMatchObject({ covered: [], data_to: null });
  });
});
