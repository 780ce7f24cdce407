import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import PrefsSet from "../../src/commands/prefs/set.js";
import Report from "../../src/commands/report.js";
import { sumSpend } from "../../src/lib/reports/sum.js";
import { answer, ROOT, runCommand, sharedHome } from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";
import { added, imported, reported } from "./answers.js";

keepDatabasesOpen();

const snapshot = (name: string): string => path.join(import.meta.dirname, "snapshots", name);

const NOVEMBER = ["--range", "2026-11"];

describe("aicost report --by hour", () => {
  const home = sharedHome();
  beforeAll(async () => {
    await imported(home, path.join(ROOT, "examples"));
    await added(home, "-p", "groq", "-c", "3", "-d", "2026-11-05T23:30:00Z", "-m", "late");
  });

  const hoursOf = async (...argv: string[]) =>
    (await reported(home, "--by", "hour", ...argv)).rows.map(({ hour, cost_usd }) => [hour, cost_usd]);

  it.each([
    ["hours", ["--by", "hour", "--chart"]],
    ["hours-by-weekday", ["--by", "hour,weekday"]],
  ])("shows %s at 80 and at 120 columns", async (name, argv) => {
    for (const columns of ["80", "120"]) {
      const { stdout } = await runCommand(Report, [...NOVEMBER, ...argv], home, { COLUMNS: columns });
      for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(Number(columns));
      await expect(stdout).toMatchFileSnapshot(snapshot(`report-${name}-${columns}.txt`));
    }
  });

  it("sums with what it leaves out to all spend, whatever divides and filters it", async () => {
    for (const argv of [[], ["--provider", "cursor"], ["--key", "*"], ["--kind", "usage"]]) {
      const all = await reported(home, "--by", "provider", ...argv);
      for (const by of ["hour", "hour,provider", "month,hour", "hour,key", "tag,hour"]) {
        const { totals, rows, without_hour = sumSpend([]) } = await reported(home, "--by", by, ...argv);
        expect(sumSpend(rows), by).toEqual(totals);
        expect(sumSpend([totals, without_hour]), by).toEqual(all.totals);
      }
    }
  });

  it("says what it leaves out", async () => {
    const { warnings, without_hour } = await reported(home, "--by", "hour", "--provider", "anthropic");
    expect(without_hour?.cost_usd).toBe("109.68");
    expect(warnings).toEqual([expect.stringContaining("Not shown: $109.68 in ") as string]);
    expect((await reported(home, "--by", "hour", "--provider", "groq")).warnings).toEqual([]);
  });

  it("moves with the time zone", async () => {
    expect(await hoursOf("--provider", "groq")).toEqual([["23", "3"]]);
    await answer(PrefsSet, ["timezone", "Asia/Kolkata"], home);
    expect(await hoursOf("--provider", "groq")).toEqual([["05", "3"]]);
    const { rows } = await reported(home, "--by", "hour,day", "--provider", "groq");
    expect(rows).toMatchObject([{ hour: "05", day: "2026-11-06" }]);
  });
});
