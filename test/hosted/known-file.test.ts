import { existsSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import type { ImportJson } from "../../src/lib/imports/result.js";
import type { Home } from "../support/cli.js";
import { jsonOf, newHome, sample } from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";
import { type FaultyProxy, startFaultyProxy } from "../support/supabase/faulty-proxy.js";
import type { TestUser } from "../support/supabase.js";
import { at, project, run, signIn } from "./accounts.js";

keepDatabasesOpen();

const FILE = sample("openai_cost_2026_ungrouped.csv");

const proxied = async (): Promise<FaultyProxy> => {
  const proxy = await startFaultyProxy(project.url);
  onTestFinished(() => proxy.stop());
  return proxy;
};

const homeOf = async (user: TestUser, url = project.url): Promise<Home> => {
  const home = newHome();
  await signIn(home, user, at({ url, key: project.key }));
  return home;
};

const imported = async (home: Home, ...flags: string[]): Promise<ImportJson> => {
  const outcome = await run(["import", FILE, "--json", ...flags], home);
  expect(outcome).toMatchObject({ exit: 0 });
  return jsonOf<{ imports: [ImportJson] }>(outcome).imports[0];
};

const FUNCTIONS = [
  "get_preferences",
  "list_providers",
  "check_import",
  "begin_import",
  "add_rows",
  "settle_days",
];

describe("a file that is in a project", () => {
  it("is known by its hash, with one request, and told as the embedded database tells it", async () => {
    const proxy = await proxied();
    const home = await homeOf(await project.newUser(), proxy.url);
    const first = await imported(home);
    expect(first.inserted).toBeGreaterThan(0);
    const before = [proxy.requests(), ...FUNCTIONS.map((name) => proxy.tries(name))];
    const again = await imported(home);
    expect([proxy.requests(), ...FUNCTIONS.map((name) => proxy.tries(name))]).toEqual([
      (before[0] ?? 0) + 1,
      ...before.slice(1),
    ]);
    expect(again).toMatchObject({
      id: null,
      imported_as: first.id,
      inserted: 0,
      counted_usd: first.counted_usd,
    });
    const local = newHome();
    const { id } = await imported(local);
    expect({ ...(await imported(local)), imported_as: first.id }).toEqual(again);
    expect(id).not.toBe(first.id);
    expect((await imported(home, "--dry-run")).dry_run).toBe(true);
  });

  it("is read again if another machine has undone it, or if it is to be read otherwise", async () => {
    const user = await project.newUser();
    const [here, there] = [await homeOf(user), await homeOf(user)];
    const first = await imported(here);
    expect(await run(["imports", "undo", first.id!, "--yes"], there)).toMatchObject({ exit: 0 });
    expect(await imported(here)).toMatchObject({ inserted: first.inserted });
    expect(await imported(here)).toMatchObject({ inserted: 0, unchanged: first.inserted });
    const otherwise = await run(["import", FILE, "--account", "work", "--json"], here);
    expect(jsonOf(otherwise)).not.toMatchObject({ imports: [{ imported_as: first.id }] });
  });

  it("is not known to another user of the same machine, and forgotten with the session", async () => {
    const home = await homeOf(await project.newUser());
    const { inserted } = await imported(home);
    await signIn(home, await project.newUser());
    expect(await imported(home)).toMatchObject({ inserted });
    const kept = `${home.dataDir}/imported-supabase.json`;
    expect(existsSync(kept)).toBe(true);
    expect(await run(["logout"], home)).toMatchObject({ exit: 0 });
    expect(existsSync(kept)).toBe(false);
  });
});
