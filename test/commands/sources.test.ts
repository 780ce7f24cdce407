import { describe, expect, it } from "vitest";
import Report from "../../src/commands/report.js";
import { plain, sum } from "../../src/lib/money.js";
import type { SpendReport } from "../../src/lib/reports/report.js";
import type { SpendSource } from "../../src/lib/reports/sources.js";
import { answer, fileIn, type Home, newHome, refusal, runCommand, sample } from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";
import { added, imported } from "./answers.js";

keepDatabasesOpen();

type Answer = SpendReport & { sources: SpendSource[] };

const withSources = (home: Home, ...argv: string[]): Promise<Answer> =>
  answer<Answer>(Report, ["--by", "provider", "--sources", ...argv], home);

/** A cost export that was downloaded twice, usage with an estimate below a bill, a plan, and a top-up. */
const homeWithSources = async (): Promise<Home> => {
  const home = newHome();
  const bill = (name: string, ...rows: string[]): string =>
    fileIn(home, name, ["Day,Model,Price", ...rows].join("\n"));
  const map = ["--map", "date=Day,model=Model,cost=Price", "--provider", "groq"];
  await imported(home, bill("early.csv", "2026-11-05,llama-4,2", "2026-11-06,llama-4,1"), ...map);
  await imported(home, bill("late.csv", "2026-11-05,llama-4,2.50", "2026-11-06,llama-4,4"), ...map);
  await imported(home, sample("openai_cost_2026_by_line_item.csv"));
  await imported(home, sample("openai_completions_usage_2026.csv"));
  const estimate = ["--estimated", "--cost", "3", "--model", "gpt-5"];
  await added(home, "--provider", "openai", ...estimate, "--date", "2026-11-02");
  await added(home, "--provider", "mistral", ...estimate, "--date", "2026-11-02");
  await added(
    home,
    "--provider",
    "chatgpt",
    "--kind",
    "subscription",
    "--cost",
    "20",
    "--date",
    "2026-11-02",
  );
  await added(home, "--provider", "openai", "--kind", "top-up", "--cost", "50", "--date", "2026-11-02");
  return home;
};

describe("report --sources", () => {
  it("names what counts, which adds up to the total, and what hides the rest", async () => {
    const home = await homeWithSources();
    const { sources, totals } = await withSources(home, "--range", "all");
    expect(plain(sum(sources.map(({ counted_usd }) => counted_usd)))).toBe(totals.cost_usd);
    const groq = sources.filter(({ provider }) => provider === "groq");
    const late = { source_name: expect.stringMatching(/late\.csv$/) as string };
    const early = { source_name: expect.stringMatching(/early\.csv$/) as string };
    expect(groq).toMatchObject([
      { date: "2026-11-05", imports: [late], counted_usd: "2.5", hidden_usd: "0" },
      { date: "2026-11-05", imports: [early], counted_usd: "0", hidden_usd: "2", hidden_by: [late] },
      { date: "2026-11-06", imports: [late], counted_usd: "4", hidden_usd: "0" },
      { date: "2026-11-06", imports: [early], counted_usd: "0", hidden_usd: "1", hidden_by: [late] },
    ]);
    const estimates = sources.filter(
      ({ method, date }) => method === "manual_entry" && date === "2026-11-02",
    );
    expect(estimates).toMatchObject([
      { provider: "chatgpt", counted_usd: "20" },
      { provider: "mistral", counted_usd: "3", estimated_usd: "3" },
      { provider: "openai", counted_usd: "0", hidden_usd: "3", in_bill: true },
    ]);
  });

  it("looks at one provider, and at the days of the report", async () => {
    const home = await homeWithSources();
    const { sources } = await withSources(home, "--provider", "groq", "--range", "2026-11-06");
    expect(sources.map(({ date, provider }) => `${date} ${provider}`)).toEqual([
      "2026-11-06 groq",
      "2026-11-06 groq",
    ]);
  });

  it.each([80, 120])("shows days in a row as one, in %d columns", async (width) => {
    const home = await homeWithSources();
    const argv = ["--range", "all", "--by", "provider", "--sources"];
    const { stdout } = await runCommand(Report, argv, home, { COLUMNS: String(width) });
    const shown = stdout
      .slice(stdout.indexOf("\nDays ") + 1)
      .replaceAll(/\b(?=\d*[a-f])[0-9a-f]{8}\b|\b\d{8}\b/g, "########");
    await expect(shown).toMatchFileSnapshot(`snapshots/sources-${width}.txt`);
  });

  it.each(["csv", "markdown"])("is not part of --format %s", async (format) => {
    expect(await refusal(Report, ["--sources", "--format", format], newHome())).toMatchObject({
      code: "sources_format",
      exit: 2,
    });
  });
});
