import { cpSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { SpendReport } from "../../src/lib/reports/report.js";
import { fileIn, type Home, jsonOf, newHome, runWords, sample } from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";

keepDatabasesOpen();

/** What `npx ccusage@20.0.24` prints of the logs in `test/samples/agents/home`, in UTC. */
const report = (name: string): string => sample(`ccusage/${name}.json`);

const run = (home: Home, ...words: string[]) => runWords(words, home, { env: { HOME: home.folder } });

const done = async <Document>(home: Home, ...words: string[]): Promise<Document> => {
  const outcome = await run(home, ...words, "--json");
  expect(outcome).toMatchObject({ exit: 0, stderr: "" });
  return jsonOf<Document>(outcome);
};

interface Imported {
  imports: { inserted: number; covered: number; facts: { covered_by?: string[] } }[];
  warnings: string[];
}

const imports = async (home: Home, ...words: string[]) => {
  const { imports: all, warnings } = await done<Imported>(home, "import", ...words);
  return { ...all[0]!, warnings };
};

const spend = (home: Home, ...words: string[]) =>
  done<SpendReport>(home, "report", "--range", "all", ...words);

/** Tokens and dollars by agent. */
const byAgent = async (home: Home): Promise<Record<string, [number, string | null]>> => {
  const { rows } = await spend(home, "--by", "agent");
  return Object.fromEntries(
    rows.map(({ agent, input_tokens, output_tokens, estimated_usd, included_usd }) => [
      String(agent),
      [Number(input_tokens) + Number(output_tokens), estimated_usd === "0" ? included_usd : estimated_usd],
    ]),
  );
};

const tokensByAgent = async (home: Home): Promise<Record<string, number>> =>
  Object.fromEntries(Object.entries(await byAgent(home)).map(([agent, [tokens]]) => [agent, tokens]));

interface Expected {
  agents: Record<string, { totals: { input_tokens: number; output_tokens: number } }>;
}

/** Tokens by agent, as the logs have them. */
const SCANNED = Object.fromEntries(
  Object.entries((JSON.parse(readFileSync(sample("agents/expected.json"), "utf8")) as Expected).agents).map(
    ([agent, { totals }]) => [agent, totals.input_tokens + totals.output_tokens],
  ),
);

const homeWithLogs = (): Home => {
  const home = newHome();
  cpSync(sample("agents/home"), home.folder, { recursive: true });
  return home;
};

describe("a daily report of ccusage", () => {
  it("gives whole days of each agent, by model, as its totals have them", async () => {
    const home = newHome();
    expect(await imports(home, report("by-agent"))).toMatchObject({ inserted: 34 });
    const { "claude-code": claude, ...others } = await byAgent(home);
    // Tokens as ccusage has them, with the reasoning that it only counts in totals. Dollars likewise, and at list price
    // for what it has no price of (claude-opus-5-5).
    expect(others).toEqual({
      codex: [1_144_387, "3.44766895"],
      "copilot-cli": [257_267, "0.65022445"],
      "gemini-cli": [736_936, "1.21504545"],
      opencode: [618_611, "0.81472877"],
      pi: [251_317, "0.1007613"],
    });
    expect(claude?.[0]).toBe(1_262_970);
    expect(Number(claude?.[1])).toBeGreaterThan(0.7438767);
  });

  it("names the days, models, agents and providers, and no request", async () => {
    const home = newHome();
    await imports(home, report("by-agent"));
    const { records } = await done<{ records: Record<string, unknown>[] }>(
      home,
      ...["records", "--range", "2026-11-17", "--all"],
    );
    expect(
      records
        .map(({ provider, model_name, agent, granularity, collection_method, request_count }) => [
          ...[provider, model_name, agent, granularity, collection_method, request_count],
        ])
        .sort(),
    ).toEqual([
      ["github-copilot", "claude-sonnet-4.6", "copilot-cli", "day", "agent_log", null],
      ["openai", "gpt-5.4", "opencode", "day", "agent_log", null],
    ]);
  });

  it("changes nothing when it is imported again, and grows with a later one", async () => {
    const home = newHome();
    const text = readFileSync(report("gemini"), "utf8");
    await imports(home, fileIn(home, "first.json", text), "--agent", "gemini");
    expect(await imports(home, report("gemini"), "--agent", "gemini-cli")).toMatchObject({ inserted: 0 });
    const before = await byAgent(home);
    const later = text
      .replace('"inputTokens": 7981', '"inputTokens": 8981')
      .replace('"totalTokens": 19675', '"totalTokens": 20675');
    await imports(home, fileIn(home, "later.json", later), "--agent", "gemini");
    expect((await byAgent(home))["gemini-cli"]![0]).toBe(before["gemini-cli"]![0] + 1000);
  });

  it.each([
    ["claude", ["--agent", "claude"], 1_262_970],
    ["claude-projects", [], 1_262_970],
    ["codex", [], 1_144_387],
  ])("is read as that of one agent: %s", async (name, flags, tokens) => {
    const home = newHome();
    await imports(home, report(name), ...flags);
    expect(Object.values(await byAgent(home)).map(([count]) => count)).toEqual([tokens]);
  });

  it("is read with projects, which cost the same", async () => {
    const home = newHome();
    await imports(home, report("claude-projects"));
    const { rows, totals } = await spend(home, "--by", "project");
    expect(rows.map(({ project }) => project)).toContain("-home-ada-work-harbour");
    await imports(home, report("by-agent"));
    expect((await spend(home, "--agent", "claude-code")).totals.input_tokens).toBe(totals.input_tokens);
  });

  it("is read from a pipe, from UTF-16, and without costs", async () => {
    const home = newHome();
    const utf16 = path.join(home.folder, "powershell.json");
    writeFileSync(
      utf16,
      `\ufeff${readFileSync(report("gemini"), "utf8").replaceAll(/"(?:totalCost|cost)": [\d.]+,/g, "")}`,
      "utf16le",
    );
    await imports(home, utf16, "--agent", "gemini");
    const { totals } = await spend(home);
    expect(totals.input_tokens! + totals.output_tokens!).toBe(736_936);
    expect(Number(totals.estimated_usd)).toBeGreaterThan(0);
  });

  it.each([
    ["all-agents", [], "ccusage_agent_missing", "--by-agent"],
    ["claude", [], "ccusage_agent_missing", "--agent claude-code"],
    ["monthly", [], "ccusage_days_missing", "ccusage daily --json --by-agent"],
  ])("is refused if it does not say which agent or day: %s", async (name, flags, code, hint) => {
    const outcome = await run(newHome(), "import", report(name), ...flags, "--json");
    expect(outcome.exit).toBe(4);
    const { error } = jsonOf<{ error: { code: string; hint: string } }>(outcome);
    expect(error).toMatchObject({ code });
    expect(error.hint).toContain(hint);
  });

  it.each([
    ['"2026-11-18"', '"18 November"', "is not a date"],
    ['"inputTokens": 111603', '"inputTokens": -1', "is not a number of tokens"],
    ['"totalTokens": 274230', '"totalTokens": 9', "fewer than those of its models"],
    ['"cost": 0.23904937500000004', '"cost": "much"', "is not an amount"],
  ])("is refused if it is damaged: %s as %s", async (good, bad, says) => {
    const home = newHome();
    const file = fileIn(home, "bad.json", readFileSync(report("gemini"), "utf8").replaceAll(good, bad));
    const outcome = await run(home, "import", file, "--agent", "gemini", "--json");
    expect(outcome.exit).toBe(4);
    expect(jsonOf<{ error: { code: string; message: string } }>(outcome).error).toMatchObject({
      code: "ccusage_damaged",
      message: expect.stringContaining(says) as string,
    });
  });
});

describe("a report of ccusage and scans of the same agents", () => {
  it.each(["the report first", "the scan first"])("count once, as the scan has it: %s", async (order) => {
    const home = homeWithLogs();
    const steps = [() => imports(home, report("by-agent")), () => done(home, "scan", "--yes")];
    for (const step of order === "the report first" ? steps : steps.reverse()) await step();
    expect(await tokensByAgent(home)).toEqual(SCANNED);
    const again = await imports(home, report("by-agent"), "--replace");
    expect(again).toMatchObject({ covered: 34 });
    expect(again.facts.covered_by).toContain("Claude Code logs");
    expect(again.warnings.join()).not.toContain("import it again with --replace");
    expect(await tokensByAgent(home)).toEqual(SCANNED);
  });

  it("keep the days of the report that no scan has, and get the others back when the scan is undone", async () => {
    const home = homeWithLogs();
    const older = readFileSync(report("by-agent"), "utf8").replaceAll("2026-11-11", "2026-09-30");
    await imports(home, fileIn(home, "older.json", older));
    const before = await byAgent(home);
    await done(home, "scan", "--yes", "--agent", "codex");
    const { rows } = await spend(home, "--by", "day", "--agent", "codex");
    expect(rows.find(({ day }) => day === "2026-09-30")).toMatchObject({ estimated_usd: "0.1385015" });
    const list = await done<{ imports: { id: string; source_name: string }[] }>(home, "imports");
    await done(
      home,
      "imports",
      "undo",
      "--yes",
      list.imports.find(({ source_name }) => source_name === "Codex logs")!.id,
    );
    expect(await byAgent(home)).toEqual(before);
  });

  it("are paid for as the user says, whichever is said or imported first", async () => {
    const home = newHome();
    await done(home, "scan", "--yes", "--plan", "claude-code=max");
    await imports(home, report("claude"), "--agent", "claude-code");
    expect((await spend(home)).totals).toMatchObject({ cost_usd: "0", estimated_usd: "0" });
    await done(home, "scan", "--yes", "--api", "claude-code", "--since", "2026-11-21");
    const { rows } = await spend(home, "--by", "day");
    expect(
      rows.map(({ day, estimated_usd, included_usd }) => [day, estimated_usd === "0", included_usd === "0"]),
    ).toEqual([
      ["2026-11-20", true, false],
      ["2026-11-21", false, true],
    ]);
  });
});
