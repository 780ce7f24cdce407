import path from "node:path";
import { describe, expect, it } from "vitest";
import { fileIn, type Home, jsonOf, newHome, runWords } from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";
import { CASES, type FieldCase } from "./cases.js";

keepDatabasesOpen();

const totalsIn = async (home: Home): Promise<Record<string, unknown>> => {
  const report = await runWords(["report", "--range", "all", "--json"], home);
  return jsonOf<{ totals: Record<string, unknown> }>(report).totals;
};

/** Runs the commands of a case. @returns how the last one ended */
const play = async ({ files, commands }: FieldCase, home: Home) => {
  for (const [name, content] of Object.entries(files)) fileIn(home, name, content);
  const words = commands.map((command) =>
    command.map((word) => (word in files ? path.join(home.folder, word) : word)),
  );
  for (const command of words.slice(0, -1))
    expect(await runWords(command, home)).toMatchObject({ exit: 0, stderr: "" });
  return runWords(words.at(-1) ?? [], home, { env: { COLUMNS: "400" } });
};

describe("what people run into", () => {
  it.each(CASES)("$situation", async (given) => {
    const home = newHome();
    const { stdout, stderr, exit } = await play(given, home);
    const said = stdout + stderr;
    if (given.refused === undefined) expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
    else {
      expect([2, 4]).toContain(exit);
      const again = await runWords(
        [...(given.commands.at(-1) ?? []), "--json"].map((word) =>
          word in given.files ? path.join(home.folder, word) : word,
        ),
        home,
      );
      expect(jsonOf<{ error: { code: string } }>(again).error.code).toBe(given.refused);
      expect(await totalsIn(home)).toMatchObject({ record_count: 0 });
    }
    for (const text of given.says ?? []) expect(said).toMatch(text);
    if (given.totals) expect(await totalsIn(home)).toMatchObject(given.totals);
  });
});
