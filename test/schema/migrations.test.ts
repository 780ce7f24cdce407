import { afterEach, describe, expect, it } from "vitest";
import { catalogOf } from "../support/catalog.js";
import { backends, emptyDatabase, signUp, type Database } from "../support/database.js";
import { migrate, migrations, rollbacks, runFile } from "../support/migrations.js";
import { costRecord, importHead } from "../support/records.js";

describe.each(backends)("migrations on $name", (backend) => {
  let db: Database;
  const run = (sql: string): Promise<void> => db.script(sql);
  afterEach(() => db.close());

  it("each have a rollback of the same name", async () => {
    db = await emptyDatabase(backend);
    const names = (await rollbacks()).reverse().map(({ name }) => name);
    expect(names).toEqual((await migrations()).map(({ name }) => name));
    expect(names).not.toEqual([]);
  });

  it("lead to the same schema when they go up, down and up again, and down leaves nothing", async () => {
    db = await emptyDatabase(backend);
    const before = await catalogOf(db);
    await migrate(run);
    const up = await catalogOf(db);

    const user = await signUp(db);
    await db.asUser(user, (me) =>
      me.call("ingest_cost_records", {
        import: importHead(),
        records: [costRecord(), costRecord({ timestamp: "2019-03-01T00:00:00Z" })],
      }),
    );
    for (const rollback of await rollbacks()) await runFile(rollback, run);
    expect(await catalogOf(db)).toEqual(before);

    await migrate(run);
    expect(await catalogOf(db)).toEqual(up);
  });

  it("go back one by one to the schema that each of them found", async () => {
    db = await emptyDatabase(backend);
    const found: string[][] = [];
    for (const migration of await migrations()) {
      found.push(await catalogOf(db));
      await runFile(migration, run);
    }
    for (const rollback of await rollbacks()) {
      await runFile(rollback, run);
      expect(await catalogOf(db), rollback.name).toEqual(found.pop());
    }
  });

  it("change nothing when they run a second time", async () => {
    db = await emptyDatabase(backend);
    for (const migration of await migrations()) {
      await runFile(migration, run);
      const once = await catalogOf(db);
      await runFile(migration, run);
      expect(await catalogOf(db), migration.name).toEqual(once);
    }
  });

  it("leave the functions of earlier ones as they are", async () => {
    db = await emptyDatabase(backend);
    let made: string[] = [];
    for (const migration of await migrations()) {
      await runFile(migration, run);
      const functions = (await catalogOf(db)).filter((line) => line.startsWith("function"));
      expect(functions, migration.name).toEqual(expect.arrayContaining(made));
      made = functions;
    }
    expect(made).not.toEqual([]);
  });

  it("give preferences to users who signed up before them", async () => {
    db = await emptyDatabase(backend);
    const user = await signUp(db);
    await migrate(run);
    expect(await db.query("select user_id from public.user_preferences")).toEqual([{ user_id: user }]);
  });
});

it("define each function once, and drop none", async () => {
  const defined: string[] = [];
  for (const { name, sql } of await migrations()) {
    expect(sql, name).not.toMatch(/^\s*(drop|alter) function/im);
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
      /\balter\s+table\s+[\w.%]+\s+(?!enable row level security|attach |detach )/i,
    );
  }
});
