import { beforeAll, describe, expect, it } from "vitest";
import { catalogOf } from "../support/catalog.js";
import { backends, emptyDatabase, signUp } from "../support/database.js";
import { migrate, migrations, rollbacks, runFile } from "../support/migrations.js";
import { bring } from "../support/layers.js";
import { costRecord } from "../support/records.js";

it("each have a rollback of the same name", async () => {
  const names = (await rollbacks()).reverse().map(({ name }) => name);
  expect(names).toEqual((await migrations()).map(({ name }) => name));
  expect(names).not.toEqual([]);
});

/** A partition that a row makes, not a migration. */
const MADE = "cost_records_2019_03";

describe.each(backends)("migrations on $name", (backend) => {
  /** The schema that each migration found, and left when it ran once and a second time. */
  const up: { name: string; found: string[]; once: string[]; twice: string[] }[] = [];
  /** The schema that each rollback left. */
  const down: { name: string; left: string[] }[] = [];
  /** The schema after all migrations ran again, without a stop. */
  let again: string[];
  /** Who signed up before the first migration, and who had preferences when all had run. */
  let early: string;
  let preferences: unknown[];

  beforeAll(async () => {
    const db = await emptyDatabase(backend);
    const run = (sql: string): Promise<void> => db.script(sql);
    early = await signUp(db);
    let found = await catalogOf(db);
    for (const migration of await migrations()) {
      await runFile(migration, run);
      const once = await catalogOf(db);
      await runFile(migration, run);
      const twice = await catalogOf(db);
      up.push({ name: migration.name, found, once, twice });
      found = twice;
    }
    preferences = await db.query("select user_id from public.user_preferences");

    // What rows made goes, too.
    const user = await signUp(db);
    await db.asUser(user, (me) =>
      bring(me, [costRecord(), costRecord({ timestamp: "2019-03-01T00:00:00Z" })]),
    );
    for (const rollback of await rollbacks()) {
      await runFile(rollback, run);
      down.push({ name: rollback.name, left: await catalogOf(db) });
    }
    await migrate(run);
    again = await catalogOf(db);
    await db.close();
  }, 120_000);

  it("go back to the schema that each of them found", () => {
    expect(down.length).toBeGreaterThan(0);
    for (const [at, { name, left }] of down.entries())
      expect(
        left.filter((line) => !line.includes(MADE)),
        name,
      ).toEqual(up.at(-1 - at)?.found);
  });

  it("change nothing when they run a second time", () => {
    for (const { name, once, twice } of up) expect(twice, name).toEqual(once);
  });

  it("leave the functions of earlier ones as they are", () => {
    let made: string[] = [];
    for (const { name, once } of up) {
      const functions = once.filter((line) => line.startsWith("function"));
      expect(functions, name).toEqual(expect.arrayContaining(made));
      made = functions;
    }
    expect(made).not.toEqual([]);
  });

  it("give preferences to users who signed up before them", () => {
    expect(preferences).toEqual([{ user_id: early }]);
  });

  it("lead to the same schema when they go up, down and up again, and down leaves nothing", () => {
    expect(down[0]?.left.some((line) => line.includes(MADE))).toBe(true);
    expect(down.at(-1)?.left).toEqual(up[0]?.found);
    expect(again).toEqual(up.at(-1)?.twice);
  });
});

it("define each function once, and drop none", async () => {
  const defined: string[] = [];
  for (const { name, sql } of await migrations()) {
    expect(sql, name).not.toMatch(
      /^\s*(drop function|alter function (?!\S+ set session_replication_role ))/im,
    );
    defined.push(
      ...[...sql.matchAll(/\bcreate\s+(?:or\s+replace\s+)?function\s+([\w.]+)/gi)].map(([, fn]) => fn!),
    );
  }
  expect(defined).toContain("public.list_cost_records");
  expect(defined.filter((fn, index) => defined.indexOf(fn) !== index)).toEqual([]);
});

it("create each table with all of its columns", async () => {
  for (const { name, sql } of await migrations()) {
    expect(sql, name).not.toMatch(
      /\balter\s+table\s+[\w.%]+\s+(?!enable row level security|enable always trigger|attach |detach )/i,
    );
  }
});
