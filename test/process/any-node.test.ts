import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { daysAfter } from "../../src/lib/dates/days.js";
import type { Import } from "../../src/lib/api.js";
import type { ForecastReport } from "../../src/lib/forecast/report.js";
import { activity } from "../../bench/openrouter-activity.js";
import { aicost, errorOf, fileIn, jsonOf, newHome, sharedHome, start } from "../support/cli.js";

// What `.ci/run` does again with each version of Node that the program supports: see `NODE` in support/cli.ts.

/** No command may take more, whatever the version of Node. */
const MOST_MEGABYTES = 350;
const ROWS = 20_000;

describe("the program, on any version of Node", { timeout: 120_000 }, () => {
  const home = sharedHome();
  const file = fileIn(home, "openrouter_activity.csv", activity(ROWS));

  /** Runs a command, which must succeed in little memory and say nothing on stderr. */
  const succeed = async (...words: string[]) => {
    const peak = path.join(home.folder, "peak");
    const env = {
      NODE_OPTIONS: `--require=${path.resolve(import.meta.dirname, "../support/peak-memory.cjs")}`,
      AICOST_TEST_PEAK: peak,
    };
    const outcome = await aicost(words, home, { env });
    expect(outcome).toMatchObject({ exit: 0, stderr: "" });
    expect(Number(readFileSync(peak, "utf8"))).toBeLessThan(MOST_MEGABYTES);
    return outcome;
  };

  beforeAll(async () => {
    const outcome = await succeed("import", file, "--json");
    expect(jsonOf(outcome)).toMatchObject({ imports: [{ inserted: ROWS, rejected: 0 }] });
  }, 120_000);

  it("knows what is in already", async () => {
    const { imports } = jsonOf(await succeed("import", file, "--json"));
    expect(imports).toMatchObject([{ inserted: 0, unchanged: ROWS }]);
  });

  it.each([
    "--version",
    "--help",
    "report",
    "report --range all --by model",
    "today",
    "prompt",
    "records -n 1",
    "imports",
    "add --provider openai --cost 1",
    "prefs set timezone Europe/Berlin",
    "profiles",
    "credentials",
    "export",
    "db status",
    "db check",
    "db vacuum",
  ])("runs aicost %s", async (command) => {
    expect((await succeed(...command.split(" "))).stdout).not.toBe("");
  });

  it("forecasts, and fits Prophet", async () => {
    const from = daysAfter(new Date().toISOString().slice(0, 10), -60);
    const rows = Array.from(
      { length: 60 },
      (_, day) => `${daysAfter(from, day)},${(10 + (day % 7) + Math.sin(day * 12.9898)).toFixed(2)}`,
    );
    const own = fileIn(home, "days.csv", ["when,usd", ...rows].join("\n"));
    const mapped = ["--map", "date=when,cost=usd", "--provider", "litellm", "--json"];
    await succeed("import", own, ...mapped);
    const { forecast } = jsonOf<Pick<ForecastReport, "forecast">>(
      await succeed("forecast", "--by", "provider", "--json"),
    );
    const { metadata } = forecast.find(({ provider }) => provider === "litellm")!;
    // Its error in back-tests: it was fitted.
    expect(metadata).toMatchObject({ errors: { prophet: expect.any(Number) as number } });
    await succeed("imports", "undo", "--last", "--yes");
    await succeed("forecast", "remove", "--all", "--yes");
  });

  it("takes an import back", async () => {
    const { imports } = jsonOf<{ imports: Import[] }>(await succeed("imports", "--json"));
    const standing = imports.find(({ status }) => status === "done")!;
    await succeed("imports", "undo", "--yes", standing.id, "--json");
    expect(jsonOf(await succeed("report", "--range", "all", "--json"))).toMatchObject({
      totals: { cost_usd: "1", record_count: 1 },
    });
  });

  it("keeps a second process out of the database, until the first one is killed", async () => {
    const own = newHome();
    const { child, outcome } = start(["import", file, "--json"], own);
    while (!existsSync(path.join(own.dataDir, "database.lock.holder"))) await sleep(10);
    const second = await aicost(["records", "--json"], own, { env: { AICOST_WAIT: "0" } });
    expect({ exit: second.exit, code: errorOf(second).code }).toEqual({ exit: 5, code: "database_in_use" });
    child.kill("SIGKILL");
    await outcome;
    expect(await aicost(["records", "--json"], own)).toMatchObject({ exit: 0, stderr: "" });
  });
});
