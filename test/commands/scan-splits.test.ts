import fc from "fast-check";
import { expect, it } from "vitest";
import type { StoredRecord } from "../../src/lib/api.js";
import { plain, sum } from "../../src/lib/money.js";
import { type Arrival, arrivals, arrive, putNames, SCANS } from "../support/arriving-logs.js";
import { type Home, jsonOf, newHome, runWords } from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";

keepDatabasesOpen();

const run = async <Document>(home: Home, ...words: string[]): Promise<Document> => {
  const outcome = await runWords([...words, "--json"], home, { env: { HOME: home.folder } });
  expect(outcome).toMatchObject({ exit: 0, stderr: "" });
  return jsonOf<Document>(outcome);
};

const COUNTED = [
  "request_count",
  "input_tokens",
  "output_tokens",
  "cache_read_tokens",
  "cache_write_tokens",
] as const;

/**
 * What is stored of each quarter of an hour of each model, from any session: of several sessions that show a call, the one
 * that is seen first keeps it.
 */
const stored = async (home: Home) => {
  const { records } = await run<{ records: StoredRecord[] }>(home, "records", "--range", "all", "--all");
  const quarters = new Map<string, { counts: number[]; usd: string }>();
  for (const record of records) {
    const { timestamp, agent, provider, model_name, estimated_cost_usd } = record;
    const key = [timestamp, agent, provider, model_name].join(" ");
    const known = quarters.get(key) ?? { counts: COUNTED.map(() => 0), usd: "0" };
    quarters.set(key, {
      counts: COUNTED.map((name, at) => (known.counts[at] ?? 0) + (record[name] ?? 0)),
      usd: plain(sum([known.usd, estimated_cost_usd ?? "0"])),
    });
  }
  return Object.fromEntries([...quarters].filter(([, { counts }]) => counts[0] !== 0).sort());
};

const scanInParts = async (given: readonly Arrival[]): Promise<Home> => {
  const home = newHome();
  putNames(home.folder);
  for (let scan = 0; scan < SCANS; scan += 1) {
    arrive(home.folder, given, scan);
    await run(home, "scan", "--yes");
  }
  return home;
};

const AT_ONCE = { first: 0, whole: 0, part: 1 };

it(
  "stores the same records of any split of the logs into several scans as of one scan",
  { timeout: 300_000 },
  async () => {
    const expected = await stored(await scanInParts(Array.from({ length: 500 }, () => AT_ONCE)));
    expect(Object.keys(expected).length).toBeGreaterThan(40);
    const law = fc.asyncProperty(arrivals, async (given) => {
      expect(await stored(await scanInParts(given))).toEqual(expected);
    });
    await fc.assert(law, { numRuns: Number(process.env["AICOST_ENDURE_RUNS"] ?? 2), endOnFailure: true });
  },
);
