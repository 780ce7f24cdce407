import path from "node:path";
import { describe, expect, it } from "vitest";
import Import from "../../src/commands/import.js";
import Prompt from "../../src/commands/prompt.js";
import Records from "../../src/commands/records/index.js";
import Today from "../../src/commands/today.js";
import { answer, newHome, runCommand, sample } from "../support/cli.js";
import { homeWithDatabase, keepDatabasesOpen } from "../support/open-database.js";
import { added } from "./answers.js";

keepDatabasesOpen();

const today = (): string => new Date().toISOString().slice(0, 10);

describe("lines about the numbers are part of the answer, without a terminal too:", () => {
  it("records without a price, and estimates", async () => {
    const home = newHome();
    await added(home, "-p", "groq", "--input-tokens", "1200", "-d", today());
    await added(home, "-p", "groq", "-c", "1", "--estimated", "-d", today());
    const warnings = ["Amounts marked with ~ are estimates: 1 record.", "No price is known for 1 record."];
    expect(await answer(Records, [], home)).toMatchObject({ total: 2, warnings });
    const { stdout } = await runCommand(Records, [], home);
    expect(stdout.trimEnd().split("\n").slice(-3)).toEqual(["", ...warnings.map((line) => `! ${line}`)]);
    await added(home, "-p", "openai", "-c", "1", "-d", today());
    expect(await answer(Records, ["-p", "openai"], home)).toMatchObject({ total: 1, warnings: [] });
  });

  it("tokens without a price, today and at the prompt", async () => {
    const home = await homeWithDatabase();
    await added(home, "-p", "openai", "-c", "1", "-d", today());
    expect(await answer(Today, [], home)).toMatchObject({ warnings: [] });
    await added(home, "-p", "groq", "--input-tokens", "1200", "-d", today());
    const warnings = ["1,200 tokens of groq have no price and are not in the cost."];
    expect(await answer(Today, [], home)).toMatchObject({ warnings });
    expect((await runCommand(Today, [], home)).stdout).toContain("≥ $1.00");
    expect(await answer(Prompt, [], home)).toMatchObject({ warnings });
  });

  it("what an import replaces, and what it leaves out", async () => {
    const home = newHome();
    const [coarse, fine] = [
      sample("openai_cost_2026_ungrouped.csv"),
      sample("openai_cost_2026_by_line_item.csv"),
    ];
    expect(await answer(Import, [coarse], home)).toMatchObject({ warnings: [] });
    const replaced = "2 records of other imports of these days no longer count";
    expect(await answer(Import, [fine], home)).toMatchObject({ warnings: [`${fine}: ${replaced}`] });
    const other = newHome();
    await answer(Import, [fine], other);
    const covered = `2 rows left out: ${path.basename(fine)} already shows these days`;
    const { stdout } = await runCommand(Import, [coarse, "--dry-run"], other);
    expect(stdout).toContain("2 left out");
    expect(await answer(Import, [coarse], other)).toMatchObject({
      warnings: expect.arrayContaining([`${coarse}: ${covered}`]) as string[],
    });
  });
});
