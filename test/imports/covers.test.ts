import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import Coverage from "../../src/commands/coverage.js";
import Import from "../../src/commands/import.js";
import Imports from "../../src/commands/imports/index.js";
import Undo from "../../src/commands/imports/undo.js";
import type { Import as ImportJson } from "../../src/lib/api.js";
import type { CoverageReport } from "../../src/lib/reports/coverage-report.js";
import { answer, fileIn, type Home, newHome, runCommand, sample } from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";

keepDatabasesOpen();

// The clock alone stands still; timers go on.
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-29T12:00:00Z") }));
afterEach(() => void vi.useRealTimers());

/** What the files of a home tell of: by provider, the first and the last day. */
const told = async (home: Home) => {
  const { providers } = await answer<CoverageReport>(Coverage, [], home);
  return Object.fromEntries(
    providers.map(({ provider, ranges, data_to }) => [provider, `${ranges[0]?.from} ${data_to}`]),
  );
};

const toldBy = async (name: string, lines: readonly string[], ...flags: string[]) => {
  const home = newHome();
  const file = fileIn(home, name, `${lines.join("\n")}\n`);
  expect(await runCommand(Import, [file, ...flags], home)).toMatchObject({ exit: 0 });
  return told(home);
};

const ANTHROPIC =
  "usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,cost_type";
const spent = (day: string) => `${day},claude-sonnet-4-5,Default,key,message,≤ 200k,output,1.00,token`;

describe("the days that a file tells of", () => {
  it("are those from its first to its last row with usage", async () => {
    expect(await toldBy("a.csv", [ANTHROPIC, spent("2026-11-02"), spent("2026-11-20")])).toEqual({
      anthropic: "2026-11-02 2026-11-20",
    });
  });

  it("are those in the name of an export, if its rows are in it and it is over", async () => {
    const rows = [ANTHROPIC, spent("2026-11-02"), spent("2026-11-20")];
    const of = (name: string) => toldBy(name, rows);
    const asNamed = { anthropic: "2026-11-01 2026-11-25" };
    const byRows = { anthropic: "2026-11-02 2026-11-20" };
    expect(await of("claude_api_cost_2026_11_01_to_2026_11_25.csv")).toEqual(asNamed);
    expect(await of("claude_api_cost_2026_11_05_to_2026_11_25.csv")).toEqual(byRows);
    // It may have been downloaded in the middle of the month.
    expect(await of("claude_api_cost_2026_11.csv")).toEqual(byRows);
    vi.setSystemTime("2026-12-01T12:00:00Z");
    expect(await of("claude_api_cost_2026_11.csv")).toEqual({ anthropic: "2026-11-01 2026-11-30" });
  });

  it("go on where an export has a row for a day without usage, and can be nothing else", async () => {
    const home = newHome();
    const [empty] = (
      await answer<{ imports: { id: string | null }[] }>(Import, [sample("openai_usage_empty.csv")], home)
    ).imports;
    expect(await told(home)).toEqual({ openai: "2026-11-01 2026-11-08" });
    const again = await runCommand(Import, [sample("openai_usage_empty.csv")], home);
    expect(again.exit).toBe(0);
    const { imports } = await answer<{ imports: ImportJson[] }>(Imports, [], home);
    expect(imports).toMatchObject([{ id: empty?.id, status: "done", row_count: 8, counted_rows: 0 }]);
    expect(await runCommand(Undo, [empty?.id ?? "", "--yes"], home)).toMatchObject({ exit: 0 });
    expect(await told(home)).toEqual({});
  });

  it("are those of its months, those of a month that is not over until today", async () => {
    const rows = (month: string) => ["Month,Vendor,Cost", `${month},groq,1.00`];
    const map = ["--map", "date=Month,cost=Cost,provider=Vendor"];
    expect(await toldBy("bill.csv", rows("2026-10"), ...map)).toEqual({ groq: "2026-10-01 2026-10-31" });
    expect(await toldBy("bill.csv", rows("2026-11"), ...map)).toEqual({ groq: "2026-11-01 2026-11-29" });
  });

  it("are the same for each provider in a file, and none for flat fees", async () => {
    const lines = ["Day,Vendor,Cost", "2026-11-02,groq,1.00", "2026-11-09,together,2.00"];
    expect(await toldBy("all.csv", lines, "--map", "date=Day,cost=Cost,provider=Vendor")).toEqual({
      groq: "2026-11-02 2026-11-09",
      together: "2026-11-02 2026-11-09",
    });
    const seats = `${Date.parse("2026-11-01") / 1000},${Date.parse("2026-11-02") / 1000},25,usd,ChatGPT Business seats`;
    const cost = "start_time,end_time,amount_value,amount_currency,line_item";
    expect(await toldBy("seats.csv", [cost, seats])).toEqual({});
  });
});
