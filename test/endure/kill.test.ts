import { cpSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { activity } from "../../bench/openrouter-activity.js";
import { units } from "../fuzz/oracle.js";
import { aicost, fileIn, jsonOf, makeHome, removeHome, start } from "../support/cli.js";
import { soundTotals } from "./sound.js";

// `npm run endure` sets how many rounds there are, and of how many rows.
const { AICOST_ENDURE_ROUNDS = "2", AICOST_ENDURE_ROWS = "8000" } = process.env;
const rows = Number(AICOST_ENDURE_ROWS);

const file = activity(rows);

/** What the first so many rows cost. */
const costs = [0n];
for (const row of file.split("\n").slice(1)) costs.push(costs.at(-1)! + units(row.split(",")[2]!));

describe("an import that is killed at any moment", () => {
  const home = makeHome();
  const used = `${home.folder}/used`;
  const argv = ["import", fileIn(home, "activity.csv", file), "--json"];
  const succeed = async (words: readonly string[]): Promise<Record<string, unknown>> => {
    const outcome = await aicost(words, home);
    expect(outcome).toMatchObject({ exit: 0, stderr: "" });
    return jsonOf(outcome);
  };
  let duration = 0;

  beforeAll(async () => {
    await succeed(["prefs", "--json"]);
    cpSync(home.dataDir, used, { recursive: true });
    const began = Date.now();
    await succeed(argv);
    duration = Date.now() - began;
  }, 600_000);
  afterAll(() => removeHome(home));

  it.each(Array.from({ length: Number(AICOST_ENDURE_ROUNDS) }, (_, round) => round))(
    "leaves whole batches, and is made whole by importing again: round %i",
    { timeout: 600_000 },
    async (round) => {
      if (round % 2 === 0) {
        rmSync(home.dataDir, { recursive: true });
        cpSync(used, home.dataDir, { recursive: true });
      } else {
        const { imports } = (await succeed(["imports", "--json"])) as { imports: { id: string }[] };
        for (const { id } of imports) await succeed(["imports", "undo", id, "--json"]);
      }
      const { child, outcome } = start(argv, home);
      const moment = Math.round(Math.random() * duration);
      await sleep(moment);
      child.kill("SIGKILL");
      await outcome;
      const { count, cost } = await soundTotals(home);
      expect({ moment, cost }).toEqual({ moment, cost: costs[count] });
      await succeed(argv);
      expect(await soundTotals(home)).toEqual({ count: rows, cost: costs[rows] });
    },
  );
});
