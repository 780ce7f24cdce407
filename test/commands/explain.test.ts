import { describe, expect, it } from "vitest";
import Explain from "../../src/commands/explain.js";
import type { Explanation } from "../../src/lib/explain/explain.js";
import { plain, sum } from "../../src/lib/money.js";
import { answer, fileIn, type Home, newHome, refusal, runCommand, sample } from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";
import { added, imported } from "./answers.js";

keepDatabasesOpen();

type Answer = Explanation & { sentences: string[] };

const explained = (home: Home, ...argv: string[]): Promise<Answer> => answer<Answer>(Explain, argv, home);

/** October and the first half of November: one model gets cheaper, one is new. */
const homeWithUse = async (): Promise<Home> => {
  const home = newHome();
  const days = Array.from({ length: 46 }, (_, i) =>
    new Date(Date.UTC(2026, 9, 1 + i)).toISOString().slice(0, 10),
  );
  const rows = days.flatMap((day) => {
    const isNovember = day >= "2026-11";
    return [
      `${day},gpt-5.4,${isNovember ? "1.50" : "2.00"},1000000,0`,
      ...(isNovember ? [`${day},gpt-5.6-sol,${day === "2026-11-12" ? "9.00" : "0.40"},100000,0`] : []),
    ];
  });
  const file = fileIn(home, "use.csv", ["Day,Model,Price,In,Out", ...rows].join("\n"));
  const map = "date=Day,model=Model,cost=Price,input_tokens=In,output_tokens=Out";
  await imported(home, file, "--map", map, "--provider", "openai");
  await added(
    home,
    "--provider",
    "chatgpt",
    "--kind",
    "subscription",
    "--cost",
    "20",
    "--date",
    "2026-11-03",
  );
  return home;
};

describe("aicost explain", () => {
  it("divides the difference of two ranges into parts that add up", async () => {
    const home = await homeWithUse();
    const { totals, parts, models, against, sentences } = await explained(
      home,
      "--range",
      "2026-11-01..2026-11-15",
      "--against",
      "2026-10-01..2026-10-15",
    );
    expect(against).toEqual({ from: "2026-10-01", to: "2026-10-15" });
    expect(totals).toEqual({
      cost_usd: "57.1",
      previous_usd: "30",
      change_usd: "27.1",
      change_percent: "90.3",
    });
    expect(plain(sum(parts.map(({ change_usd }) => change_usd)))).toBe("27.1");
    expect(parts.filter(({ change_usd }) => change_usd !== "0")).toEqual([
      // A tenth more tokens than before, all of them of the new model.
      { part: "volume", change_usd: "3" },
      { part: "price", change_usd: "-7.5" },
      { part: "mix", change_usd: "-3" },
      { part: "new", change_usd: "14.6" },
      { part: "subscription", change_usd: "20" },
    ]);
    expect(models.map(({ model, presence }) => [model, presence])).toEqual([
      ["gpt-5.6-sol", "new"],
      ["gpt-5.4", "both"],
    ]);
    expect(sentences).toEqual([
      "$27.10 more than before (+90.3%): $57.10 against $30.00.",
      "Plans: +$20.00.",
      "Models that are new: +$14.60.",
      "Lower prices: -$7.50.",
      "More tokens: +$3.00.",
      "More of the cheaper models: -$3.00.",
      "The model that changed most is gpt-5.6-sol at openai: +$14.60.",
    ]);
  });

  it("compares a day with an average day, without flat fees", async () => {
    const home = await homeWithUse();
    const { totals, average_of_days, models } = await explained(home, "2026-11-12");
    expect(average_of_days).toBe(28);
    // 17 days of October at $2.00; 11 of November at $1.90.
    expect(totals).toMatchObject({ cost_usd: "10.5", previous_usd: "1.9607142857" });
    expect(models[0]).toMatchObject({ model: "gpt-5.6-sol", presence: "both" });
    expect(Number(models[0]?.price_usd)).toBeCloseTo(8.6, 8);
  });

  it("says so if nothing is recorded before", async () => {
    const home = await homeWithUse();
    const { sentences, average_of_days } = await explained(home, "2026-10-01");
    expect(average_of_days).toBe(0);
    expect(sentences[0]).toBe("$2.00 was spent. Nothing is recorded for the four weeks before.");
  });

  it("names days without data first", async () => {
    const home = await homeWithUse();
    const { warnings } = await explained(home, "--range", "2026-11", "--against", "2026-09");
    expect(warnings).toEqual([
      "The data end on 2026-11-15: later days are not known.",
      expect.stringMatching(
        /^In the time before: Nothing is recorded from 2026-09-01 to 2026-09-30\./,
      ) as string,
    ]);
    const { stdout } = await runCommand(Explain, ["--range", "2026-11", "--against", "2026-09"], home);
    expect(stdout.indexOf("! The data end")).toBeLessThan(stdout.indexOf("was spent"));
  });

  it("knows of a filter that finds nothing in a period with data", async () => {
    const home = await homeWithUse();
    const days = ["--range", "2026-11-01..2026-11-07", "--against", "2026-10-25..2026-10-31"];
    const { totals, models, sentences } = await explained(home, ...days, "--model", "gpt-5.6-sol");
    expect(totals).toMatchObject({ previous_usd: "0", change_usd: totals.cost_usd });
    expect(models).toMatchObject([{ model: "gpt-5.6-sol", presence: "new" }]);
    expect(sentences).toContain(`Models that are new: +$${totals.cost_usd}0.`);
  });

  it("does not take a plan for a usual day, and tells nothing spent from nothing recorded", async () => {
    const home = newHome();
    await added(home, "-p", "anthropic", "--kind", "subscription", "-c", "20", "-d", "2026-10-10");
    await added(home, "-p", "openai", "-c", "3", "-d", "2026-10-25");
    const first = await explained(home, "2026-10-25");
    expect(first.sentences).toEqual(["$3.00 was spent. Nothing is recorded for the four weeks before."]);
    await added(home, "-p", "openai", "-c", "0", "-d", "2026-12-05");
    const free = await explained(home, "--range", "2026-12-05..2026-12-05", "--against", "2026-11");
    expect(free.sentences).toEqual(["Nothing was spent. Nothing is recorded for the other period."]);
    const neither = await explained(home, "--range", "2026-11-05..2026-11-05", "--against", "2026-09");
    expect(neither.sentences).toEqual(["Nothing is recorded for this period or the other period."]);
  });

  it("explains no change if one period has no data", async () => {
    const home = await homeWithUse();
    const begun = await explained(home, "--range", "2026-11", "--against", "2026-09");
    expect(begun.totals).toMatchObject({ previous_usd: null, change_usd: null, change_percent: null });
    expect([begun.parts, begun.models]).toEqual([[], []]);
    expect(begun.sentences).toEqual(["$57.10 was spent. Nothing is recorded for the other period."]);
    const days = ["--range", "2026-12-01..2026-12-31", "--against", "2026-11-01..2026-11-30"];
    const ended = await explained(home, ...days);
    expect(ended.totals).toMatchObject({ previous_usd: "57.1", change_usd: null });
    expect(ended.sentences).toEqual(["Nothing is recorded for this period. The other period cost $57.10."]);
  });

  it("names the projects and keys that changed most, and takes the filters of a report", async () => {
    const home = newHome();
    await imported(home, sample("anthropic_cost_2026_08.csv"));
    const days = ["--range", "2026-11-03..2026-11-04"];
    const { projects, keys, totals } = await explained(home, ...days);
    for (const changes of [projects, keys]) {
      expect(plain(sum(changes.map(({ change_usd }) => change_usd)))).toBe(totals.change_usd);
    }
    const { name } = keys.find(({ name }) => name !== null) ?? { name: "" };
    const only = await explained(home, ...days, "--key", name ?? "");
    expect(only.totals.change_usd).toBe(keys.find((key) => key.name === name)?.change_usd);
  });

  it.each([80, 120])("shows the parts and the models in %d columns", async (width) => {
    const home = await homeWithUse();
    const range = ["--range", "2026-11-01..2026-11-15", "--against", "2026-10-01..2026-10-15"];
    const { stdout } = await runCommand(Explain, range, home, { COLUMNS: String(width) });
    await expect(stdout).toMatchFileSnapshot(`snapshots/explain-${width}.txt`);
  });

  it("refuses a provider that it does not know", async () => {
    expect(await refusal(Explain, ["--provider", "opnai"], newHome())).toMatchObject({
      code: "provider_unknown",
    });
  });
});
