import { cpSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { activity } from "../../bench/openrouter-activity.js";
import { units } from "../fuzz/oracle.js";
import {
  aicost,
  fileIn,
  type Home,
  jsonOf,
  makeHome,
  type Outcome,
  removeHome,
  runWords,
  start,
} from "../support/cli.js";
import { giveDatabase, inOneOpening } from "../support/open-database.js";
import { soundTotals } from "./sound.js";

// `npm run endure` sets how many rounds there are, and of how many rows.
const { AICOST_ENDURE_ROUNDS = "2", AICOST_ENDURE_ROWS = "3000" } = process.env;
const rows = Number(AICOST_ENDURE_ROWS);
const rounds = Array.from({ length: Number(AICOST_ENDURE_ROUNDS) }, (_, round) => round);

const file = activity(rows);

/** A command that must succeed, here or by the built program, and what it answers. */
const succeed = async (
  words: readonly string[],
  home: Home,
  run: (words: readonly string[], home: Home) => Promise<Outcome> = runWords,
): Promise<Record<string, unknown>> => {
  const outcome = await run(words, home);
  expect(outcome).toMatchObject({ exit: 0, stderr: "" });
  return jsonOf(outcome);
};

/** Kills a command at any moment of about so many milliseconds. @returns which */
const killed = async (words: readonly string[], home: Home, duration: number): Promise<number> => {
  const { child, outcome } = start(words, home);
  const moment = Math.round(Math.random() * duration);
  await sleep(moment);
  child.kill("SIGKILL");
  await outcome;
  return moment;
};

/** What the first so many rows cost. */
const costs = [0n];
for (const row of file.split("\n").slice(1)) costs.push(costs.at(-1)! + units(row.split(",")[2]!));

describe("an import that is killed at any moment", () => {
  const home = makeHome();
  const used = `${home.folder}/used`;
  const argv = ["import", fileIn(home, "activity.csv", file), "--json"];
  let duration = 0;

  beforeAll(async () => {
    await giveDatabase(home);
    cpSync(home.dataDir, used, { recursive: true });
    const began = Date.now();
    await succeed(argv, home, aicost);
    duration = Date.now() - began;
  }, 600_000);
  afterAll(() => removeHome(home));

  it.each(rounds)(
    "leaves whole batches, and is made whole by importing again: round %i",
    { timeout: 600_000 },
    async (round) => {
      if (round % 2 === 0) {
        rmSync(home.dataDir, { recursive: true });
        cpSync(used, home.dataDir, { recursive: true });
      } else {
        await inOneOpening(home, async () => {
          const { imports } = (await succeed(["imports", "--json"], home)) as { imports: { id: string }[] };
          for (const { id } of imports) await succeed(["imports", "undo", "--yes", id, "--json"], home);
        });
      }
      const moment = await killed(argv, home, duration);
      const { count, cost } = await soundTotals(home);
      expect({ moment, cost }).toEqual({ moment, cost: costs[count] });
      await succeed(argv, home);
      expect(await soundTotals(home)).toEqual({ count: rows, cost: costs[rows] });
    },
  );
});

describe("upkeep that is killed at any moment", () => {
  const home = makeHome();
  const folder = `${home.folder}/archive`;
  const month = new Date(Date.now() - 60 * 864e5).toISOString().slice(0, 7);
  const upkeep = [
    ["db", "vacuum", "--json"],
    ["db", "archive", "--before", month, "--to", folder, "--yes", "--json"],
  ];
  beforeAll(async () => {
    await giveDatabase(home);
    await succeed(["import", fileIn(home, "activity.csv", file), "--json"], home);
  }, 600_000);
  afterAll(() => removeHome(home));

  it.each(rounds)(
    "loses nothing, and is made up for by the next one: round %i",
    { timeout: 600_000 },
    async (round) => {
      const words = upkeep[round % upkeep.length]!;
      await killed(words, home, 4000);
      await soundTotals(home);
      await succeed(words, home);
      if (words.includes(folder)) await succeed(["import", folder, "--json"], home);
      expect(await soundTotals(home)).toEqual({ count: rows, cost: costs[rows] });
    },
  );
});
