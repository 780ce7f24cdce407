import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import Export from "../../src/commands/export.js";
import Import from "../../src/commands/import.js";
import Report from "../../src/commands/report.js";
import { fileIn, jsonOf, newHome, ROOT, runCommand } from "../support/cli.js";

const fixture = (name: string): string =>
  readFileSync(path.join(ROOT, "test/fixtures/archives", name), "utf8");

/** Without the first line, which says when and by what it was written. */
const rowsOf = (archive: string): string[] => archive.split("\n").slice(1);

it("takes in the archive of a version with another schema: the same rows, ids and totals", async () => {
  const home = newHome();
  const archive = fixture("older-version.ndjson");
  expect(archive).toContain('"schema":"20261127000400"');
  const file = fileIn(home, "archive.ndjson", archive);
  expect(await runCommand(Import, [file], home)).toMatchObject({ exit: 0 });

  const { stdout } = await runCommand(Export, [], home);
  expect(rowsOf(stdout)).toEqual(rowsOf(archive));
  const report = await runCommand(Report, ["--by", "month,provider", "--range", "all", "--json"], home);
  expect(jsonOf(report)).toMatchObject(
    JSON.parse(fixture("older-version.report.json")) as Record<string, unknown>,
  );
});
