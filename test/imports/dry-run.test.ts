import path from "node:path";
import { expect, it } from "vitest";
import type { ImportJson } from "../../src/lib/imports/result.js";
import { fileIn, type Home, jsonOf, newHome, runWords } from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";
import { sampleBytes } from "../fuzz/sample-tables.js";

keepDatabasesOpen();

const FILES: Record<string, string> = {
  "first.csv": "Day,Model,Cost\n2026-11-01,a,1\n2026-11-02,a,2\n2026-11-03,b,3\n",
  "longer.csv": "Day,Model,Cost\n2026-11-02,a,2\n2026-11-03,b,4\n2026-11-04,b,5\n",
  "less.csv": "Day,Model,Cost\n2026-11-02,a,1\n",
  "partly-less.csv": "Day,Model,Cost\n2026-11-02,a,1\n2026-11-20,a,6\n",
  "total.csv": "Day,Model,Cost\n2026-11-02,a,1\n2026-11-02,b,9\nTotal,,10\n",
  "other-rows.csv": "Day,Model,Cost\n2026-11-02,zz,100\n2026-11-09,zz,7\n",
  "second.csv": "Day,Model,Cost\n2026-11-02,a,7\n",
  "bad.csv": "Day,Model,Cost\n2026-09-02,a,1\n2026-09-03,b,x\n",
};

/** More rows than are tried in one call. @param last the cost of the last one */
const many = (last: string): string =>
  `Day,Model,Cost\n${Array.from({ length: 3000 }, (_, at) => `2026-0${1 + (at % 3)}-0${1 + (at % 7)},m${at},1\n`).join("")}2026-04-01,m,${last}\n`;

FILES["many.csv"] = many("1");
FILES["many-again.csv"] = many("2");

const MAP = ["--map", "date=Day,model=Model,cost=Cost", "--provider", "mistral"];

/** One after the other, into one database. */
const STEPS: readonly string[][] = [
  ["first.csv", ...MAP],
  ["first.csv", ...MAP],
  ["longer.csv", ...MAP],
  ["less.csv", ...MAP],
  ["partly-less.csv", ...MAP],
  ["total.csv", ...MAP],
  ["other-rows.csv", ...MAP, "--except", "Model=a"],
  ["second.csv", ...MAP, "--account", "second"],
  ["partly-less.csv", ...MAP, "--replace"],
  ["longer.csv", ...MAP, "--replace"],
  ["bad.csv", ...MAP, "--on-error", "skip"],
  ["many.csv", ...MAP],
  ["many-again.csv", ...MAP],
  ["openai_cost_2026_ungrouped.csv"],
  ["openai_cost_2026_by_line_item.csv"],
  ["openai_completions_usage_2026.csv"],
  ["openai_completions_usage_2026_reexport.csv"],
  ["openai_completions_usage_2026_hourly.csv"],
  ["openrouter_activity.csv"],
  ["openrouter_activity_daily.csv"],
];

const importIn = async (home: Home, words: readonly string[]): Promise<unknown> => {
  const argv = words.map((word) => (word.endsWith(".csv") ? path.join(home.folder, word) : word));
  const outcome = await runWords(["import", ...argv, "--json"], home);
  expect({ words, ...outcome }).toMatchObject({ words, exit: 0, stderr: "" });
  const [{ id: _id, dry_run: _dry, ...result } = {} as ImportJson] = jsonOf<{ imports: ImportJson[] }>(
    outcome,
  ).imports;
  return result;
};

it("a dry run says what the import then says", async () => {
  const home = newHome();
  for (const [name, content] of Object.entries(FILES)) fileIn(home, name, content);
  for (const [name, content] of sampleBytes) fileIn(home, name, content);
  for (const words of STEPS) {
    const dry = await importIn(home, [...words, "--dry-run"]);
    expect({ words, ...(dry as object) }).toEqual({ words, ...((await importIn(home, words)) as object) });
  }
});

/** Several files in one run, and a database of its own each. */
const TOGETHER: readonly string[][] = [
  ["first.csv", "longer.csv", "less.csv", "copy.csv", ...MAP],
  ["many.csv", "many-again.csv", "first.csv", ...MAP],
  [
    "first.csv",
    "other-rows.csv",
    "--map",
    "date=Day,model=Model,cost=Cost,provider=Model",
    "--add-providers",
  ],
  ["archive.ndjson", "first.csv", "longer.csv", ...MAP],
];

FILES["copy.csv"] = FILES["first.csv"] ?? "";

const ARCHIVE_OF = ["less.csv", "other-rows.csv"];

interface Said {
  imports: ImportJson[];
  archives: { dry_run: boolean }[];
  warnings: string[];
}

/** Without what only a real run has: an id, and the way to undo it. */
const saidOf = ({ imports, archives, warnings }: Said) => ({
  imports: imports.map(({ id: _id, dry_run: _dry, imported_as, ...result }) => ({
    ...result,
    ...(!imports.some(({ id }) => id === imported_as) && { imported_as }),
  })),
  archives: archives.map(({ dry_run: _dry, ...result }) => result),
  warnings: warnings.map((text) => text.replace(/; to keep (it|them): aicost imports undo \w+$/, "")),
});

it("a dry run of several files says what their import then says, and leaves nothing", async () => {
  const old = newHome();
  for (const name of ARCHIVE_OF)
    await runWords(["import", fileIn(old, name, FILES[name] ?? ""), ...MAP], old);
  const archive = await runWords(["export", "--format", "ndjson"], old);
  for (const words of TOGETHER) {
    const home = newHome();
    fileIn(home, "archive.ndjson", archive.stdout);
    for (const [name, content] of Object.entries(FILES)) fileIn(home, name, content);
    const argv = words.map((word) => (/\.\w+$/.test(word) ? path.join(home.folder, word) : word));
    const run = async (...flags: string[]): Promise<Said> => {
      const outcome = await runWords(["import", ...argv, ...flags, "--json"], home);
      expect({ words, ...outcome }).toMatchObject({ words, exit: 0, stderr: "" });
      return jsonOf<Said>(outcome);
    };
    const all = async () =>
      (await runWords(["export", "--format", "ndjson"], home)).stdout.replace(/^.*\n/, "");
    const before = await all();
    const dry = await run("--dry-run");
    expect([...dry.imports, ...dry.archives].every(({ dry_run }) => dry_run)).toBe(true);
    expect(await all()).toBe(before);
    expect({ words, ...saidOf(dry) }).toEqual({ words, ...saidOf(await run()) });
  }
});
