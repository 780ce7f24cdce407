import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import Doctor from "../../src/commands/doctor.js";
import Import from "../../src/commands/import.js";
import type { DoctorCheck } from "../../src/lib/doctor/check.js";
import { folderOf } from "../../src/lib/store/read-model/current.js";
import { startAnswering } from "../support/answering-server.js";
import { answer, fileIn, type Home, jsonOf, newHome, ROOT, runCommand, steady } from "../support/cli.js";
import { beginLayer, layerOf } from "../support/layers.js";
import { asOwner, homeWithDatabase, inOneOpening, openHome } from "../support/open-database.js";
import { costRecord } from "../support/records.js";
import { inStore, keep } from "../support/stored-keys.js";

// The clock alone stands still; timers go on.
const NOW = new Date("2026-11-29T12:00:00Z");
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOW }));
afterEach(() => void vi.useRealTimers());

/** Without the schedulers of the machine that runs the test. */
const doctor = (home: Home, argv: readonly string[] = [], env: Record<string, string> = {}) =>
  runCommand(Doctor, argv, home, { PATH: "/nowhere", HOME: home.folder, COLUMNS: "80", ...env });

const checksOf = async (home: Home, env: Record<string, string> = {}): Promise<DoctorCheck[]> =>
  jsonOf<{ checks: DoctorCheck[] }>(await doctor(home, ["--json"], env)).checks;

/** The folders of a test have names of any length, which are not to be wrapped. */
const WIDE = { COLUMNS: "200" };

/** What differs from machine to machine. */
const plain = (text: string, home: Home): string =>
  steady(text, home)
    .replace(/Node\.js \S+,/, "Node.js 20.0.0,")
    .replaceAll(/schema \d{14}/g, "schema YYYYMMDDNNNNNN")
    .replace(/\d+(\.\d)? [GM]B free/, "20 GB free")
    .replace(/^(ok +database +)\d+ MB/m, "$123 MB")
    .replace(/(v-\d{4}-\d\d-\d\d)-[0-9a-f]{6}/, "$1-IDIDID");

describe("aicost doctor", () => {
  it("says on a new machine what to do first, and leaves nothing there", async () => {
    const home = newHome();
    const { stdout, stderr, exit } = await doctor(home, [], WIDE);
    expect({ stderr, exit }).toEqual({ stderr: "", exit: 0 });
    await expect(plain(stdout, home)).toMatchFileSnapshot("snapshots/doctor-new.txt");
    expect(existsSync(home.dataDir)).toBe(false);
    expect(readdirSync(home.configDir)).toEqual([]);
  });

  it("fits on a screen, names what is wrong with what to type, and ends with 6", async () => {
    const home = await homeWithDatabase();
    await inOneOpening(home, () => answer(Import, [`${ROOT}/examples/openai-cost.csv`], home));
    const secret = "sk-admin-very-secret-key";
    await keep(home, {
      provider: "openai",
      key: secret,
      validation_status: "invalid",
      feeds: ["openai-costs"],
    });
    await inStore(home, async (store) => {
      const cut = layerOf([costRecord()], { head: { source_name: "cut.csv" } });
      await (await beginLayer(store, cut)).send();
      await store.call("set_preferences", { changes: { currency: "EUR" } });
    });
    const wide = await doctor(home, [], WIDE);
    await expect(plain(wide.stdout, home)).toMatchFileSnapshot("snapshots/doctor-wrong.txt");
    const { stdout, exit } = await doctor(home);
    expect(exit).toBe(6);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(24);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    expect(stdout).not.toContain(secret);
    const checks = await checksOf(home);
    expect(checks.filter(({ state }) => state === "wrong").map(({ name }) => name)).toEqual([
      "keys",
      "imports",
      "currency",
    ]);
    for (const check of checks) if (check.state !== "ok") expect(check.type).not.toBeNull();
  });

  it("does not migrate an older database, and looks at the rest", async () => {
    const home = await homeWithDatabase();
    const last = "(select max(version) from supabase_migrations.schema_migrations)";
    await asOwner(home, `delete from supabase_migrations.schema_migrations where version = ${last}`);
    for (let count = 0; count < 2; count += 1) {
      const { stdout, exit } = await doctor(home);
      expect(exit).toBe(6);
      expect(stdout).toMatch(/^wrong +database +The database in\s[^]*aicost db migrate\n/m);
      expect(stdout).toContain(
        "unknown  vault, keys, sync, coverage, imports, subscriptions, budgets, models,\n",
      );
    }
    await (await openHome(home)).close();
    expect((await doctor(home)).exit).toBe(0);
  });

  it("tells of a config that nobody can read, and of a folder that is not a database", async () => {
    const home = newHome();
    fileIn(home, "config/config.json", "{");
    const checks = await checksOf(home);
    expect(checks.find(({ name }) => name === "config")).toMatchObject({
      state: "unknown",
      says: expect.stringContaining("is not valid JSON") as string,
    });
    const other = newHome();
    fileIn(other, path.relative(other.folder, path.join(folderOf(other.dataDir), "PG_VERSION")), "");
    expect((await checksOf(other)).find(({ name }) => name === "database")?.state).toBe("wrong");
  });
});

describe("aicost doctor of a Supabase project", () => {
  const TOKEN = "secret-access-token";
  const envOf = (url: string) => ({
    AICOST_SUPABASE_URL: url,
    AICOST_SUPABASE_KEY: "sb_publishable_1",
    AICOST_ACCESS_TOKEN: TOKEN,
  });

  it("says that it is not signed in, or that nothing answers", async () => {
    const home = newHome();
    const profiles = { work: { url: "http://127.0.0.1:1", key: "sb_publishable_1" } };
    fileIn(home, "config/config.json", JSON.stringify({ maps: {}, profile: "work", profiles }));
    expect((await checksOf(home)).find(({ name }) => name === "project")).toMatchObject({
      state: "wrong",
      says: "You are not signed in to profile work.",
      type: "Sign in with: aicost login --profile work",
    });
  });

  it("compares its schema with that of the program", async () => {
    let migrations = ["20200101000000"];
    const { url, stop } = await startAnswering((_, response) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ migrations, migration_texts: {}, stale_days: 40 }));
    });
    const look = async () => (await checksOf(newHome(), envOf(url))).find(({ name }) => name === "project");
    try {
      expect(await look()).toMatchObject({
        state: "wrong",
        says: expect.stringContaining("another version") as string,
      });
      migrations = readdirSync(path.join(ROOT, "supabase/migrations"))
        .map((file) => file.split("_")[0]!)
        .sort();
      expect(await look()).toMatchObject({ state: "warning", type: "aicost db refresh" });
      migrations.push("20990101000000");
      expect(await look()).toMatchObject({
        state: "warning",
        says: expect.stringContaining("newer") as string,
      });
      migrations.splice(-2);
      expect(await look()).toMatchObject({ state: "wrong", type: "aicost db migrate" });
    } finally {
      await stop();
    }
  });
});
