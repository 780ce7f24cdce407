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

it("a dry run of several files of the same days says that it compares each by itself", async () => {
  const home = newHome();
  const files = ["first.csv", "longer.csv"].map((name) => fileIn(home, name, FILES[name] ?? ""));
  const outcome = await runWords(["import", ...files, ...MAP, "--dry-run", "--json"], home);
  expect(jsonOf<{ warnings: string[] }>(outcome).warnings).toEqual([
    "Files of the same days are compared with what is imported, not with each other: a real import may find less that is new.",
  ]);
});
