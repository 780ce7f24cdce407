import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { aicost, fileIn, type Home, ROOT, sample } from "../support/cli.js";
import { homeWithDatabase } from "../support/open-database.js";

const HOOK = path.join(ROOT, "test/support/note-modules.cjs");
const PACKAGE = "@pydantic/genai-prices";

/** The packages that a run of the program loads. */
const loaded = async (home: Home, ...argv: string[]): Promise<string[]> => {
  const log = fileIn(home, "modules.log", "");
  const env = { NODE_OPTIONS: `--require ${HOOK}`, NOTE_MODULES: log };
  expect(await aicost(argv, home, { env })).toMatchObject({ exit: 0 });
  return readFileSync(log, "utf8").split("\n");
};

it("only what prices something loads the price lists", { timeout: 180_000 }, async () => {
  const home = await homeWithDatabase();
  const billed = ["import", sample("openai_cost_2026_by_line_item.csv")];
  const used = ["import", sample("anthropic_usage_daily.csv")];
  for (const argv of [["--version"], ["--help"], billed, ["report"], ["today"], ["imports"]]) {
    expect(await loaded(home, ...argv), argv.join(" ")).not.toContain(PACKAGE);
  }
  expect(await loaded(home, ...used)).toContain(PACKAGE);
});
