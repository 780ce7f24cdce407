import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { fileIn, type Home, jsonOf, ROOT, runWords, sample, sharedHome, start } from "../support/cli.js";
import { giveDatabase, homeWithDatabase } from "../support/open-database.js";

interface Totals {
  totals: { cost_usd: string; record_count: number };
}

const totals = async (home: Home) => {
  const outcome = await runWords(["report", "--range", "all", "--json"], home);
  expect(outcome).toMatchObject({ exit: 0, stderr: "" });
  return jsonOf<Totals>(outcome).totals;
};

/** Waits until a process holds the store. */
const holds = async ({ dataDir }: Home, pid: number | undefined): Promise<void> => {
  const file = path.join(dataDir, "database.lock.holder");
  while (!existsSync(file) || !readFileSync(file, "utf8").includes(`"pid":${pid},`)) await sleep(10);
};

/** Calls that `source` knows, each of which cost a cent. */
const CALLS = 12_000;
/** No test changes it. */
const source = sharedHome();
beforeAll(async () => {
  await giveDatabase(source);
  const rows = Array.from({ length: CALLS }, (_, index) => {
    const time = new Date(Date.UTC(2026, 8, 1) + index * 60_000).toISOString();
    return `call-${index},${time},model-${index % 7},0.01`;
  });
  const file = fileIn(source, "calls.csv", `Call,When,Model,Sum\n${rows.join("\n")}\n`);
  const map = "id=Call,date=When,model=Model,cost=Sum";
  expect(await runWords(["import", file, "--map", map, "--provider", "groq"], source)).toMatchObject({
    exit: 0,
  });
});

describe("an export that is killed", () => {
  it("leaves no file in its place, and nothing at all after the next one in that folder", async () => {
    const folder = path.dirname(fileIn(source, "exports/notes.txt", "mine"));
    const { child, outcome } = start(["export", "--output", path.join(folder, "first.ndjson")], source);
    const lost = `.first.ndjson.${child.pid}.aicost-unfinished`;
    while (!existsSync(path.join(folder, lost))) await sleep(2);
    child.kill("SIGKILL");
    expect(await outcome).toMatchObject({ exit: null });
    expect(readdirSync(folder).sort()).toEqual([lost, "notes.txt"]);
    // The file of an export that is under way stays.
    const busy = fileIn(source, `exports/.other.ndjson.${process.pid}.aicost-unfinished`, "busy");
    expect(await runWords(["export", "--output", path.join(folder, "second.ndjson")], source)).toMatchObject({
      exit: 0,
    });
    expect(readdirSync(folder).sort()).toEqual([path.basename(busy), "notes.txt", "second.ndjson"]);
  });
});

describe("restoring an archive that is killed", () => {
  it("leaves a store that opens, and is made whole by restoring again", { timeout: 120_000 }, async () => {
    const file = path.join(source.folder, "aicost.ndjson");
    expect(await runWords(["export", "--output", file], source)).toMatchObject({
      exit: 0,
      stdout: `Exported 12,000 records, 1 import to ${file}\n`,
    });
    const home = await homeWithDatabase();
    let kept = 0;
    for (const delay of [500, 1200, 1800]) {
      const { child, outcome } = start(["import", file], home);
      await holds(home, child.pid);
      await sleep(delay);
      child.kill("SIGKILL");
      await outcome;
      const { record_count, cost_usd } = await totals(home);
      expect(record_count).toBeGreaterThanOrEqual(kept);
      expect(Number(cost_usd)).toBe(record_count / 100);
      kept = record_count;
    }
    expect(await runWords(["import", file], home)).toMatchObject({ exit: 0, stderr: "" });
    expect(await totals(home)).toEqual(await totals(source));
    expect(jsonOf(await runWords(["import", file, "--json"], home))).toMatchObject({
      archives: [{ inserted: 0, updated: 0, unchanged: 12_011, covered: 0 }],
    });
  });
});

describe("an export that is stopped", () => {
  it("leaves no file, nor a part of one, and says so", { timeout: 60_000 }, async () => {
    const folder = path.dirname(fileIn(source, "out/other.txt", ""));
    const { child, outcome } = start(["export", "--output", path.join(folder, "aicost.ndjson")], source);
    while (readdirSync(folder).length === 1) await sleep(5);
    child.kill("SIGINT");
    expect(await outcome).toMatchObject({
      exit: 130,
      stdout: "",
      stderr: "Stopped. Nothing was written.\n",
    });
    expect(readdirSync(folder)).toEqual(["other.txt"]);
  });
});

describe("an export through a pipe", () => {
  const shell = async (script: string, home: Home) => {
    const program = `aicost() { '${process.execPath}' '${path.join(ROOT, "bin/run.cjs")}' "$@"; }`;
    const env = { ...process.env, AICOST_DATA_DIR: home.dataDir, AICOST_CONFIG_DIR: home.configDir };
    return promisify(execFile)("bash", ["-c", `set -o pipefail; ${program}; ${script}`], { env });
  };

  it("goes from one database into another", async () => {
    const [from, to] = [await homeWithDatabase(), await homeWithDatabase()];
    await runWords(["import", sample("openrouter_activity_daily.csv")], from);
    const { stdout } = await shell(
      `aicost export | AICOST_DATA_DIR='${to.dataDir}' aicost import - --json`,
      from,
    );
    expect(JSON.parse(stdout)).toMatchObject({ archives: [{ source: "-", inserted: 6 }], imports: [] });
    expect(await totals(to)).toEqual(await totals(from));
  });

  it("may be cut by its reader without a word", async () => {
    const { stdout, stderr } = await shell("aicost export | head -c 17", source);
    expect({ stdout, stderr }).toEqual({ stdout: '{"aicost_archive"', stderr: "" });
  });
});
