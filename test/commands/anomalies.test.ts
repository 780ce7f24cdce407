import { chmodSync, existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import Anomalies from "../../src/commands/anomalies/index.js";
import AnomaliesNotify from "../../src/commands/anomalies/notify.js";
import Explain from "../../src/commands/explain.js";
import Report from "../../src/commands/report.js";
import Sync from "../../src/commands/sync.js";
import type { ExplainedAnomaly } from "../../src/lib/anomalies/ask.js";
import type { Explanation } from "../../src/lib/explain/explain.js";
import { daysAfter } from "../../src/lib/dates/days.js";
import type { SpendReport } from "../../src/lib/reports/report.js";
import { answer, fileIn, type Home, newHome, runCommand } from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";
import { added, imported } from "./answers.js";

keepDatabasesOpen();
afterEach(() => vi.useRealTimers());

const LAST = "2026-11-19";
const SPIKE = "2026-11-12";

/** What a model and project cost on a day, US dollars; tokens are a thousand for a dollar. */
type CostOf = (model: string, day: string, at: number) => number;

/** 100 days of two models in two projects, up to the 19th of November 2026. It is the 20th. */
const home = async (costOf: CostOf, skip: readonly string[] = []): Promise<Home> => {
  vi.useFakeTimers({ now: new Date("2026-11-20T12:00:00Z"), toFake: ["Date"] });
  const made = newHome();
  const rows = Array.from({ length: 100 }, (_, at) => daysAfter(LAST, at - 99)).flatMap((day, at) =>
    skip.includes(day)
      ? []
      : [
          ["gpt-6", "shop", "key-a"],
          ["gpt-5", "site", "key-b"],
        ].map(([model = "", ...rest]) => {
          const cost = costOf(model, day, at);
          return [day, cost, Math.round(cost * 1000), model, ...rest].join(",");
        }),
  );
  const file = fileIn(made, "spend.csv", ["when,usd,tokens,model,team,key", ...rows].join("\n"));
  const map = "date=when,cost=usd,input_tokens=tokens,model=model,project=team,key=key";
  await imported(made, file, "--map", map, "--provider", "openai");
  return made;
};

const found = async (of: Home, ...argv: string[]): Promise<ExplainedAnomaly[]> =>
  (await answer<{ anomalies: ExplainedAnomaly[] }>(Anomalies, argv, of)).anomalies;

const usual = (at: number): number => 10 + (at % 3);

describe("aicost anomalies", () => {
  it("finds a day, says what is usual, and why as aicost explain does", async () => {
    const of = await home((model, day, at) => usual(at) * (day === SPIKE && model === "gpt-6" ? 6 : 1));
    const anomalies = await found(of);
    expect(anomalies).toMatchObject([{ day: SPIKE, kind: "day", provider: null, name: null }]);
    const [{ cost_usd, usual_usd, reason } = anomalies[0]!] = anomalies;
    expect(Number(usual_usd)).toBeGreaterThan(20);
    expect(Number(usual_usd)).toBeLessThan(24);
    const explanation = await answer<Explanation>(Explain, [SPIKE], of);
    expect(explanation.totals.cost_usd).toBe(cost_usd);
    const model = explanation.models[0]!;
    expect(reason).toMatch(/^More tokens: \+\$\d+\.\d\d, most of it gpt-6 at openai \(\+\$\d+\.\d\d\)\.$/);
    expect(reason).toContain(`(+$${Number(model.change_usd).toFixed(2)})`);
    const { stdout } = await runCommand(Anomalies, [], of);
    expect(stdout).toContain("2026-11-12 Thu  all spend");
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
    expect(await found(of, "--range", "7d")).toEqual([]);
    expect(await found(of, "--range", "all")).toHaveLength(1);
  });

  it("finds a day that another provider does not tell of, if what is known is enough", async () => {
    const of = await home((model, day, at) => usual(at) * (day === SPIKE && model === "gpt-6" ? 6 : 1));
    const rows = Array.from({ length: 80 }, (_, at) => `${daysAfter("2026-11-05", at - 79)},30`);
    await imported(
      of,
      fileIn(of, "other.csv", ["when,usd", ...rows].join("\n")),
      "--map",
      "date=when,cost=usd",
      "--provider",
      "mistral",
    );
    const anomalies = await found(of);
    expect(anomalies).toMatchObject([{ day: SPIKE, kind: "day" }]);
    // The days that only one provider tells of do not show what both usually cost.
    expect(Number(anomalies[0]?.usual_usd)).toBeGreaterThan(48);
    const report = await answer<SpendReport>(Report, ["--range", "30d", "--by", "day"], of);
    expect(report.rows.flatMap(({ day, stands_out }) => (stands_out ? [day] : []))).toEqual([SPIKE]);
  });

  it("finds a model, its project and its key on a day that is not dear by itself", async () => {
    // Of two models, the one that is cheap costs three times as much.
    const of = await home((model, day, at) => {
      if (model === "gpt-6") return 40 + (at % 7) * 4;
      return day === SPIKE ? 25 : 5;
    });
    const anomalies = await found(of);
    expect(anomalies.map(({ kind, name, cost_usd, usual_usd }) => [kind, name, cost_usd, usual_usd])).toEqual(
      [
        ["model", "gpt-5", "25", "5"],
        ["project", "site", "25", "5"],
        ["api_key", "key-b", "25", "5"],
      ],
    );
    expect(anomalies[0]?.reason).toMatch(
      /^More of its tokens than of others: \+\$\d+\.\d\d\.$|^More tokens: /,
    );
    for (const { reason } of anomalies.slice(1))
      expect(reason).toBe("More tokens: +$20.00, most of it gpt-5 at openai (+$20.00).");
  });

  it.each([
    ["constant", () => 5],
    ["zero", () => 0],
    ["sparse", (_: string, __: string, at: number) => (at % 11 === 0 ? 30 : 0)],
  ] satisfies [string, CostOf][])("finds nothing if spend is %s", async (_, costOf) => {
    const of = await home(costOf);
    expect(await found(of, "--range", "60d")).toEqual([]);
    expect((await runCommand(Anomalies, [], of)).stdout).toContain("Nothing stands out from 2026-10-22 to");
  });

  it("finds nothing on the first days after ten days off", async () => {
    const skip = Array.from({ length: 10 }, (_, at) => daysAfter(SPIKE, -1 - at));
    expect(await found(await home((_, __, at) => usual(at), skip))).toEqual([]);
  });
});

describe("aicost anomalies without data", () => {
  it("does not say that nothing stands out", async () => {
    vi.useFakeTimers({ now: new Date("2026-11-20T12:00:00Z"), toFake: ["Date"] });
    const of = newHome();
    const said = async () =>
      (await runCommand(Anomalies, ["--range", "14d"], of)).stdout.replaceAll(/\s+/g, " ");
    expect(await said()).toContain("Nothing is known of 2026-11-07 to 2026-11-20, so nothing can stand out.");
    await added(of, "-p", "openai", "-c", "5", "-d", "2026-11-10");
    expect(await said()).toContain("Nothing stands out from 2026-11-07 to 2026-11-20.");
  });
});

describe("aicost report", () => {
  it("marks days that stand out, of all spend only", async () => {
    const of = await home((model, day, at) => usual(at) * (day === SPIKE && model === "gpt-6" ? 6 : 1));
    const rows = (report: SpendReport) => report.rows.filter(({ stands_out }) => stands_out);
    const marked = rows(await answer<SpendReport>(Report, ["--range", "14d"], of));
    expect(marked).toMatchObject([{ day: SPIKE, stands_out: true }]);
    expect(marked[0]?.usual_usd).toBe((await found(of))[0]?.usual_usd);
    const { stdout } = await runCommand(Report, ["--range", "14d"], of);
    expect(stdout).toContain("2026-11-12 ▲");
    expect(stdout).toContain("▲: much more than usual on such a weekday. Why: aicost anomalies");
    const markdown = await runCommand(Report, ["--range", "14d", "--format", "markdown"], of);
    expect(markdown.stdout).toContain("| 2026-11-12 ▲ |");
    expect(markdown.stdout).toContain("\n\n▲: much more than usual on such a weekday. Why: aicost anomalies");
    for (const argv of [
      ["--by", "model"],
      ["--provider", "openai"],
      ["--range", "7d"],
    ])
      expect(
        rows(
          await answer<SpendReport>(
            Report,
            ["--range", "14d", ...argv].slice(argv[0] === "--range" ? 2 : 0),
            of,
          ),
        ),
      ).toEqual([]);
  });
});

describe("aicost anomalies notify", () => {
  it("tells each recent anomaly once, also by aicost sync", async () => {
    const of = await home(
      (model, day, at) => usual(at) * ((day === LAST || day === "2026-10-30") && model === "gpt-6" ? 6 : 1),
    );
    const told = path.join(of.folder, "told");
    const script = fileIn(of, "tell.sh", `#!/bin/sh\ncat >> '${told}'\n`);
    chmodSync(script, 0o755);
    expect((await runCommand(AnomaliesNotify, ["--send"], of)).stdout).toBe(
      "This machine sends no notices of anomalies of the profile local.\n",
    );
    await answer(AnomaliesNotify, ["--command", script], of);
    expect(existsSync(told)).toBe(false);
    const synced = await answer<{ notices: object[] }>(Sync, [], of);
    expect(synced.notices).toMatchObject([{ about: "anomaly", kind: "day", day: LAST }]);
    const again = await answer<{ notices: object[] }>(AnomaliesNotify, ["--send"], of);
    expect(again.notices).toEqual([]);
    const lines = readFileSync(told, "utf8").trimEnd().split("\n");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      /^2026-11-19 stands out: \$\d+\.00 for all spend, usually about \$\d+\.\d\d on a Thu\. More tokens: /,
    );
  });
});
