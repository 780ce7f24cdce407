import { describe, expect, it } from "vitest";
import DbArchive from "../../src/commands/db/archive.js";
import Import from "../../src/commands/import.js";
import Imports from "../../src/commands/imports/index.js";
import PrefsSet from "../../src/commands/prefs/set.js";
import Report from "../../src/commands/report.js";
import { errorOf, newHome, runCommand } from "../support/cli.js";

describe("wrong usage is told in plain English:", () => {
  it.each([
    [Report, ["--rnage", "7d"], "There is no flag --rnage."],
    [Report, ["--token=secret"], "There is no flag --token."],
    [Imports, ["--limit", "100000"], "--limit must be at most 1000, but is 100000."],
    [Imports, ["--limit", "0"], "--limit must be at least 1, but is 0."],
    [Imports, ["--limit", "x"], "--limit must be a whole number, but is “x”."],
    [Imports, ["--limit"], "--limit needs a value."],
    [Report, ["--range", "7d", "--range", "8d"], "Give --range only once."],
    [Report, ["--format", "xml"], "--format cannot be “xml”. Use one of: table, json, csv, markdown."],
    [Report, ["--format"], "--format needs one of these values: table, json, csv, markdown."],
    [DbArchive, [], "--before is missing."],
    [Import, [], "FILE is missing: a file to import; also a folder, a glob, or - for standard input."],
    [Import, ["a.csv", "--format", "x", "--map", "y"], "--format and --map do not work together."],
    [Import, ["a.csv", "--save-map", "x"], "--save-map only works with --map."],
    [PrefsSet, ["timezone", "UTC", "x", "y"], "Too many arguments: x, y."],
  ] as const)("%o %j", async (command, argv, message) => {
    const outcome = await runCommand(command, [...argv, "--json"], newHome());
    expect({ exit: outcome.exit, ...errorOf(outcome) }).toMatchObject({ exit: 2, code: "usage", message });
  });

  it("suggests the flag that was meant, and where all of them stand", async () => {
    expect((await runCommand(Report, ["--rnage", "7d"], newHome())).stderr).toBe(
      "Error: There is no flag --rnage.\n  Did you mean --range? See: aicost report --help\n",
    );
  });
});
