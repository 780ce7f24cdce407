import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import Import from "../../src/commands/import.js";
import Records from "../../src/commands/records/index.js";
import Report from "../../src/commands/report.js";
import { fileIn, jsonOf, newHome, ROOT, runCommand, sample } from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";

const fixture = (name: string): string =>
  readFileSync(path.join(ROOT, "test/fixtures/archives", name), "utf8");

/** The records of an archive in the first form, by id, each with what it charged. */
const recordsOf = (archive: string): [string, string][] =>
  archive
    .split("\n")
    .filter((line) => line.includes('"kind":"cost_record"'))
    .map((line) => JSON.parse(line) as { id: string; cost_usd: string })
    .map(({ id, cost_usd }): [string, string] => [id, cost_usd])
    .sort();

keepDatabasesOpen();

it("takes in the archive of a version with another schema: the same records, ids and totals", async () => {
  const home = newHome();
  const archive = fixture("older-version.ndjson");
  expect(archive).toContain('"schema":"20261127000400"');
  const file = fileIn(home, "archive.ndjson", archive);
  expect(await runCommand(Import, [file], home)).toMatchObject({ exit: 0 });

  const { records } = jsonOf<{ records: { id: string; cost_usd: string }[] }>(
    await runCommand(Records, ["--range", "all", "--json", "-n", "1000"], home),
  );
  expect(records.map(({ id, cost_usd }): [string, string] => [id, cost_usd]).sort()).toEqual(
    recordsOf(archive),
  );
  const report = await runCommand(Report, ["--by", "month,provider", "--range", "all", "--json"], home);
  const totals = JSON.parse(fixture("older-version.report.json")) as Record<string, unknown>;
  expect(jsonOf(report)).toMatchObject(totals);

  // The files that the archive knows by their hashes take the place of what it has of them.
  const again = [
    "openai_cost_2026_ungrouped.csv",
    "openai_cost_2026_by_line_item.csv",
    "openrouter_activity.csv",
  ].map(sample);
  expect(await runCommand(Import, again, home)).toMatchObject({ exit: 0 });
  expect(
    jsonOf(await runCommand(Report, ["--by", "month,provider", "--range", "all", "--json"], home)),
  ).toMatchObject(totals);
});
