import { cpSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StoredRecord } from "../../src/lib/api.js";
import type { AgentScan } from "../../src/lib/scan/result.js";
import { aicost, type Home, jsonOf, makeHome, removeHome, runWords, sample, start } from "../support/cli.js";
import { giveDatabase } from "../support/open-database.js";

// `npm run endure` sets how many rounds there are.
const { AICOST_ENDURE_ROUNDS = "2" } = process.env;
const rounds = Array.from({ length: Number(AICOST_ENDURE_ROUNDS) }, (_, round) => round);

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
    expect(whole).toHaveLength(90);
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
    const again = await runWords(SCAN, home, { env: { HOME: home.folder } });
    expect({ moment, ...again }).toMatchObject({ moment, exit: 0, stderr: "" });
    expect((await records(home)).map(contentOf)).toEqual(whole.map(contentOf));
    const last = await runWords(SCAN, home, { env: { HOME: home.folder } });
    const { agents } = jsonOf<{ agents: AgentScan[] }>(last);
    expect(agents.map(({ new_calls, grown_calls }) => new_calls + grown_calls)).toEqual(agents.map(() => 0));
  });
});
