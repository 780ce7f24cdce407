import { describe, expect, it } from "vitest";
import { decimal, plain } from "../../src/lib/money.js";
import { aicost, errorOf, fileIn, type Home, jsonOf, newHome } from "../support/cli.js";
import { homeWithDatabase } from "../support/open-database.js";

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

  it("are twenty, and each succeeds or says who is at work", { timeout: 120_000 }, async () => {
    const home = await homeWithDatabase();
    const kinds = [
      { words: (n: number) => importing(calls(home, `crowd${n}`, 40)), cents: 40, records: 40 },
      { words: () => ["add", "--provider", "mistral", "--cost", "5", "--json"], cents: 500, records: 1 },
      { words: () => ["report", "--range", "all", "--json"], cents: 0, records: 0 },
    ];
    const crowd = Array.from({ length: 20 }, (_, n) => kinds[n % kinds.length]!);
    const env = { AICOST_WAIT: "8" };
    const outcomes = await Promise.all(crowd.map(({ words }, n) => aicost(words(n), home, { env })));
    const expected = { cents: 0, records: 0 };
    for (const [n, outcome] of outcomes.entries()) {
      expect(outcome.stderr).toBe("");
      if (outcome.exit === 5) {
        const { code, message } = errorOf(outcome);
        expect([code, message]).toEqual([
          "database_in_use",
          expect.stringMatching(/ is in use by .*; waited 8 s\.$/),
        ]);
        continue;
      }
      expect(outcome.exit).toBe(0);
      expected.cents += crowd[n]!.cents;
      expected.records += crowd[n]!.records;
    }
    const { cost_usd, record_count } = await totals(home);
    const cents = plain(decimal(cost_usd).times(100));
    expect({ cents, records: record_count }).toEqual({ ...expected, cents: String(expected.cents) });
    expect(outcomes.filter(({ exit }) => exit === 0).length).toBeGreaterThan(1);
  });

  it("lose no record when two import the same file", async () => {
    const home = await homeWithDatabase();
    const file = calls(home, "same", 500);
    const outcomes = await Promise.all([aicost(importing(file), home), aicost(importing(file), home)]);
    const counts = outcomes.map(
      (outcome) => jsonOf<{ imports: [{ inserted: number }] }>(outcome).imports[0].inserted,
    );
    expect(counts.toSorted((a, b) => a - b)).toEqual([0, 500]);
    expect(await totals(home)).toMatchObject({ cost_usd: "5", record_count: 500 });
  });
});
