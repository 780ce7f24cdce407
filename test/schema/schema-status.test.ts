import { describe, expect, it, onTestFinished } from "vitest";
import type { SchemaStatus } from "../../src/lib/api.js";
import { recordedMigrations } from "../../src/lib/store/recorded.js";
import { backends, type Database, eachWithUser, freshDatabase, signUp } from "../support/database.js";
import { bring } from "../support/layers.js";
import { costRecord } from "../support/records.js";

describe.each(backends)("get_schema_status on $name", (backend) => {
  let db: Database;
  let user: string;
  eachWithUser(backend, (scene) => ({ db, user } = scene));

  /** Makes what Supabase makes in a project, for one test. */
  const make = async (schema: string, sql: string): Promise<void> => {
    onTestFinished(() => db.script(`drop schema ${schema} cascade`));
    await db.script(sql);
  };

  const status = (of = user): Promise<SchemaStatus> =>
    db.asUser(of, (me) => me.call("get_schema_status", {}));
  const imported = (...timestamps: string[]): Promise<unknown> =>
    db.asUser(user, (me) =>
      bring(
        me,
        timestamps.map((timestamp) => costRecord({ timestamp })),
      ),
    );

  it("says which version of PostgreSQL it is", async () => {
    const { postgres } = await status();
    expect(postgres).toMatch(/^\d+(\.\d+)*$/);
    expect(backend.name).toContain(postgres);
  });

  it("lists the recorded migrations in order, and none where nobody recorded them", async () => {
    expect((await status()).migrations).toEqual([]);
    await make(
      "supabase_migrations",
      `create schema supabase_migrations;
       create table supabase_migrations.schema_migrations (version text primary key);`,
    );
    expect((await status()).migrations).toEqual([]);
    await db.script(
      `insert into supabase_migrations.schema_migrations values ('20261122000200'), ('20261122000100')`,
    );
    expect(await status()).toMatchObject({
      migrations: ["20261122000100", "20261122000200"],
      migration_texts: { "20261122000100": null, "20261122000200": null },
    });
  });

  it("tells the texts of migrations apart as the program itself does, whatever space is between statements", async () => {
    const runner = {
      exec: (sql: string) => db.script(sql),
      query: async <Row>(sql: string) => ({ rows: await db.query<Row>(sql) }),
    };
    const texts = async (): Promise<string[]> => {
      const { migration_texts: texts } = await status();
      expect(await recordedMigrations(runner)).toEqual({
        migrations: Object.keys(texts),
        migration_texts: texts,
      });
      return Object.values(texts).map(String);
    };
    await make(
      "supabase_migrations",
      `create schema supabase_migrations;
       create table supabase_migrations.schema_migrations (version text primary key, statements text[]);
       insert into supabase_migrations.schema_migrations values
         ('1', array['select 1;\n\nselect 2;\n']), ('2', array['select 1;\n\nselect 2']),
         ('3', array['select 1', 'select 2;']), ('4', array['\tselect 1\r\n', 'select 2']),
         ('5', array['select 2', 'select 1']), ('6', null), ('7', '{}');`,
    );
    const [whole, trimmed, split, spaced, other, ...none] = await texts();
    expect(trimmed).toBe(whole);
    expect(spaced).toBe(split);
    expect(new Set([whole, split, other]).size).toBe(3);
    expect(none).toEqual(["null", "null"]);
  });

  it("lists this program's active jobs of pg_cron, and says where there is no such extension", async () => {
    expect((await status()).cron_jobs).toBeNull();
    // The table as pg_cron makes it; the extension itself needs the server's own configuration.
    await make(
      "cron",
      "create schema cron; create table cron.job (jobname text, active boolean not null default true);",
    );
    expect((await status()).cron_jobs).toEqual([]);
    await db.script(
      `insert into cron.job values ('nightly'), ('aicost-refresh'), ('aicost-partitions');
       insert into cron.job values ('aicost-old', false);`,
    );
    expect((await status()).cron_jobs).toEqual(["aicost-partitions", "aicost-refresh"]);
  });

  it("names the first and the last month that has a partition", async () => {
    // All partitions of this one go.
    db = await freshDatabase(backend);
    onTestFinished(() => db.close());
    user = await signUp(db);
    await imported("2016-02-29T10:00:00Z", "2019-12-31T10:00:00Z");
    const { partitions } = await status();
    const [{ count }] = (await db.query<{ count: number }>(
      "select count(*) from pg_inherits where inhparent = 'public.cost_records'::regclass",
    )) as [{ count: number }];
    expect(partitions).toEqual({
      first: "2016-02",
      last: expect.stringMatching(/^20\d\d-\d\d$/) as string,
      count,
    });
    for (const { name } of await db.query<{ name: string }>(
      "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'public.cost_records'::regclass",
    )) {
      await db.script(
        `alter table public.cost_records detach partition public.${name.replace("public.", "")}`,
      );
    }
    expect((await status()).partitions).toEqual({ first: null, last: null, count: 0 });
  });

  it("counts the user's own days that changed since the last refresh", async () => {
    const other = await signUp(db);
    expect((await status()).stale_days).toBe(0);
    await imported("2026-11-01T10:00:00Z", "2026-11-01T20:00:00Z", "2026-11-03T10:00:00Z");
    expect((await status()).stale_days).toBe(2);
    expect((await status(other)).stale_days).toBe(0);
    await db.asUser(user, (me) => me.call("refresh_cost_records_daily", {}));
    expect((await status()).stale_days).toBe(0);
  });

  it("counts all of the user's days after a change of the time zone", async () => {
    await imported("2026-11-01T10:00:00Z", "2026-11-03T10:00:00Z", "2026-11-05T10:00:00Z");
    await db.asUser(user, (me) => me.call("refresh_cost_records_daily", {}));
    await db.asUser(user, (me) => me.call("set_preferences", { changes: { timezone: "Asia/Tokyo" } }));
    expect((await status()).stale_days).toBe(3);
  });

  it("answers the server's own key too, which has no days", async () => {
    await imported("2026-11-01T10:00:00Z");
    await db.script("begin; set local role service_role;");
    const answer = await db.call("get_schema_status", {});
    await db.script("rollback");
    expect(answer).toMatchObject({ stale_days: 0, migrations: [] });
  });
});
