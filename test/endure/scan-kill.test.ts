import { cpSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StoredRecord } from "../../src/lib/api.js";
import type { AgentScan } from "../../src/lib/scan/result.js";
import { addToTranscript, claudeLine } from "../support/claude-log.js";
import {
  aicost,
  type Home,
  jsonOf,
  makeHome,
  newHome,
  removeHome,
  runWords,
  sample,
  start,
} from "../support/cli.js";
import { giveDatabase, inOneOpening } from "../support/open-database.js";

// `npm run endure` sets how many rounds there are.
const { AICOST_ENDURE_ROUNDS = "1" } = process.env;
const rounds = Array.from({ length: Number(AICOST_ENDURE_ROUNDS) }, (_, round) => round);

/** How often one scan after the other is killed. */
const KILLS = 20;

const SCAN = ["scan", "--yes", "--json"];

const records = async (home: Home): Promise<StoredRecord[]> => {
  const outcome = await runWords(["records", "--range", "all", "--all", "--json"], home);
  return jsonOf<{ records: StoredRecord[] }>(outcome).records.sort((a, b) => (a.id < b.id ? -1 : 1));
};

/** What does not depend on when a record was stored. */
const contentOf = (record: StoredRecord) => ({ ...record, import_id: null, created_at: null });

describe("a scan that is killed at any moment", () => {
  const home = makeHome();
  const unused = path.join(home.folder, "unused");
  let whole: StoredRecord[];
  let duration = 0;

  beforeAll(async () => {
    await giveDatabase(home);
    cpSync(home.dataDir, unused, { recursive: true });
    cpSync(sample("agents/home"), home.folder, { recursive: true });
    const began = Date.now();
    expect(await aicost(SCAN, home)).toMatchObject({ exit: 0, stderr: "" });
    duration = Date.now() - began;
    whole = await records(home);
    expect(whole.reduce((sum, { request_count }) => sum + (request_count ?? 0), 0)).toBe(90);
  }, 600_000);
  afterAll(() => removeHome(home));

  it.each(rounds)("is completed by the next one: round %i", { timeout: 600_000 }, async () => {
    rmSync(home.dataDir, { recursive: true });
    cpSync(unused, home.dataDir, { recursive: true });
    const { child, outcome } = start(SCAN, home);
    // At first, the program only starts.
    const moment = Math.round(duration * (0.3 + 0.7 * Math.random()));
    await sleep(moment);
    child.kill("SIGKILL");
    await outcome;
    await inOneOpening(home, async () => {
      const again = await runWords(SCAN, home, { env: { HOME: home.folder } });
      expect({ moment, ...again }).toMatchObject({ moment, exit: 0, stderr: "" });
      expect((await records(home)).map(contentOf)).toEqual(whole.map(contentOf));
      const last = await runWords(SCAN, home, { env: { HOME: home.folder } });
      const { agents } = jsonOf<{ agents: AgentScan[] }>(last);
      expect(agents.map(({ new_calls, grown_calls }) => new_calls + grown_calls)).toEqual(
        agents.map(() => 0),
      );
    });
  });
});

describe("scans of a growing log that are killed, one after the other", () => {
  it("lose nothing and double nothing", { timeout: 600_000 }, async () => {
    const home = newHome();
    await giveDatabase(home);
    const say = (number: number): void => {
      const at = new Date(Date.parse("2026-11-20T10:00:00Z") + number * 60_000).toISOString();
      // The last answer grows, and there is a new one.
      const last = number === 0 ? "" : claudeLine({ id: `a${number - 1}`, at, output: 500 });
      addToTranscript(home, last + claudeLine({ id: `a${number}`, at, output: 100 }));
    };
    say(0);
    const began = Date.now();
    expect(await aicost(SCAN, home)).toMatchObject({ exit: 0 });
    const duration = Date.now() - began;
    for (let number = 1; number <= KILLS; number++) {
      say(number);
      const { child, outcome } = start(SCAN, home);
      await sleep(Math.round(duration * (0.3 + 0.7 * Math.random())));
      child.kill("SIGKILL");
      await outcome;
    }
    const calls = await inOneOpening(home, async () => {
      const last = await runWords(SCAN, home, { env: { HOME: home.folder } });
      expect(last).toMatchObject({ exit: 0, stderr: "" });
      return records(home);
    });
    // A call a minute, and a record a quarter of an hour.
    const total = (of: (record: StoredRecord) => number | null): number =>
      calls.reduce((sum, record) => sum + (of(record) ?? 0), 0);
    expect(calls).toHaveLength(2);
    expect(total(({ request_count }) => request_count)).toBe(KILLS + 1);
    expect(total(({ output_tokens }) => output_tokens)).toBe(100 + 500 * KILLS);
  });
});
