import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { aicost, fileIn, type Home, jsonOf, newHome, start } from "../support/cli.js";

interface Totals {
  totals: { cost_usd: string; record_count: number; request_count: number | null };
}

const totals = async (home: Home) => {
  const outcome = await aicost(["report", "--range", "all", "--by", "provider", "--json"], home);
  expect(outcome).toMatchObject({ exit: 0, stderr: "" });
  return jsonOf<Totals>(outcome).totals;
};

/** An export of so many calls, each of which cost a cent. */
const calls = (home: Home, name: string, count: number): string => {
  const rows = Array.from({ length: count }, (_, i) => {
    const time = new Date(Date.UTC(2026, 8, 1) + i * 60_000).toISOString();
    return `${name}-${i},${time},model-${i % 7},0.01,100,20`;
  });
  return fileIn(home, `${name}.csv`, `Call,When,Model,Sum,In,Out\n${rows.join("\n")}\n`);
};

const MAP = "id=Call,date=When,model=Model,cost=Sum,input_tokens=In,output_tokens=Out";
const importing = (file: string): string[] => ["import", file, "--map", MAP, "--provider", "groq", "--json"];

/** Waits until a process holds the store. */
const holds = async ({ dataDir }: Home, pid: number | undefined): Promise<void> => {
  const file = path.join(dataDir, "database.lock.holder");
  while (!existsSync(file) || !readFileSync(file, "utf8").includes(`"pid":${pid},`)) await sleep(10);
};

describe("an import that is killed", () => {
  it("leaves a store that opens, and is made whole by importing again", { timeout: 120_000 }, async () => {
    const home = newHome();
    const file = calls(home, "calls", 20_000);
    let kept = 0;
    for (const delay of [20, 1200, 2400, 3000, 3600]) {
      const { child, outcome } = start(importing(file), home);
      await holds(home, child.pid);
      await sleep(delay);
      child.kill("SIGKILL");
      await outcome;
      const { record_count, cost_usd } = await totals(home);
      expect(record_count).toBeGreaterThanOrEqual(kept);
      expect(Number(cost_usd)).toBe(record_count / 100);
      kept = record_count;
    }
    expect(await aicost(importing(file), home)).toMatchObject({ exit: 0, stderr: "" });
    expect(await totals(home)).toMatchObject({ cost_usd: "200", record_count: 20_000 });
    expect(jsonOf(await aicost(importing(file), home))).toMatchObject({
      imports: [{ unchanged: 20_000, inserted: 0 }],
    });

    const { imports } = jsonOf<{ imports: { id: string }[] }>(await aicost(["imports", "--json"], home));
    for (const { id } of imports) {
      expect(await aicost(["imports", "undo", id, "--json"], home)).toMatchObject({ exit: 0, stderr: "" });
    }
    expect(await totals(home)).toMatchObject({ cost_usd: "0", record_count: 0 });
  });
});

describe("several processes at once", () => {
  it("lose no record, from the first use on", async () => {
    const home = newHome();
    const files = ["one", "two"].map((name) => calls(home, name, 300));
    const outcomes = await Promise.all([
      ...files.map((file) => aicost(importing(file), home)),
      aicost(["add", "--provider", "mistral", "--cost", "5", "--json"], home),
      aicost(["report", "--range", "all", "--json"], home),
    ]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ exit: 0, stderr: "" });
      jsonOf(outcome);
    }
    expect(await totals(home)).toMatchObject({ cost_usd: "11", record_count: 601 });
  });

  it("lose no record when two import the same file", async () => {
    const home = newHome();
    const file = calls(home, "same", 500);
    const outcomes = await Promise.all([aicost(importing(file), home), aicost(importing(file), home)]);
    const counts = outcomes.map(
      (outcome) => jsonOf<{ imports: [{ inserted: number }] }>(outcome).imports[0].inserted,
    );
    expect(counts.toSorted((a, b) => a - b)).toEqual([0, 500]);
    expect(await totals(home)).toMatchObject({ cost_usd: "5", record_count: 500 });
  });
});
