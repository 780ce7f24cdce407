import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { cpSync, readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import DbArchive from "../../src/commands/db/archive.js";
import DbCheck from "../../src/commands/db/check.js";
import DbMigrate from "../../src/commands/db/migrate.js";
import DbPartitions from "../../src/commands/db/partitions.js";
import DbRefresh from "../../src/commands/db/refresh.js";
import DbStatus from "../../src/commands/db/status.js";
import DbVacuum from "../../src/commands/db/vacuum.js";
import Import from "../../src/commands/import.js";
import type { DatabaseStatus } from "../../src/lib/care/status.js";
import { PROJECT_WAY_OVER } from "../../src/lib/store/recorded.js";
import { catalogOf } from "../support/catalog.js";
import {
  aicost,
  inTerminal,
  jsonOf,
  newHome,
  type Outcome,
  ROOT,
  runCommand,
  sharedHome,
} from "../support/cli.js";
import { connect, type Database } from "../support/database.js";
import { bring } from "../support/layers.js";
import { costRecord } from "../support/records.js";
import { authSql, migrations, supabaseDefaults } from "../support/migrations.js";
import { startSupabase, type RunningProject } from "../support/supabase.js";

type CommandClass = Parameters<typeof runCommand>[0];

const desk = sharedHome();
let project: RunningProject;
const versions: string[] = [];
/** Databases that others are copies of: one as before the first migration, and one that was migrated. */
const BARE = "bare";
const MIGRATED = "migrated";
beforeAll(async () => {
  project = await startSupabase({ bare: true });
  versions.push(...(await migrations()).map(({ name }) => name.split("_")[0]!));
  await newDatabase(BARE);
  await asSuperuser(BARE, async (db) => {
    await db.script(await authSql());
    await db.script("grant usage on schema auth to postgres; grant all on auth.users to postgres;");
    await db.script(`set role postgres; ${supabaseDefaults}; reset role;`);
  });
  await copyOf(BARE, MIGRATED);
  const env = { AICOST_DB_URL: urlOf(project.databaseUrl, MIGRATED) };
  expect(await runCommand(DbMigrate, ["--json"], desk, env)).toMatchObject({ exit: 0 });
});
afterAll(() => project.stop());

/** Another database of the project's server. */
const urlOf = (url: string, database: string): string =>
  Object.assign(new URL(url), { pathname: database }).href;

/** A database with what a project has before the first migration. @returns its name */
const bareDatabase = (): Promise<string> => copyOf(BARE);

/** One that `aicost db migrate` has migrated. @returns its name */
const migratedDatabase = (): Promise<string> => copyOf(MIGRATED);

const emptyDatabase = (): Promise<string> => newDatabase(newName());

const newName = (): string => `test_${randomUUID().replaceAll("-", "")}`;

const newDatabase = async (name: string): Promise<string> => {
  await project.admin(`create database ${name} owner postgres`);
  await asSuperuser(name, (db) => db.script("grant all on schema public to postgres"));
  return name;
};

const copyOf = async (template: string, name = newName()): Promise<string> => {
  await project.admin(`create database ${name} template ${template} owner postgres`);
  return name;
};

const asSuperuser = async <Result>(
  name: string,
  work: (db: Database) => Promise<Result>,
): Promise<Result> => {
  const db = await connect({ connectionString: urlOf(project.superuserUrl, name) });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
};

const run = (command: typeof DbMigrate | typeof DbStatus, url: string, env = {}): Promise<Outcome> =>
  runCommand(command, ["--json"], newHome(), { AICOST_DB_URL: url, ...env });
const migrate = (url: string, env = {}): Promise<Outcome> => run(DbMigrate, url, env);
const statusOf = async (url: string): Promise<DatabaseStatus> =>
  jsonOf<{ database: DatabaseStatus }>(await run(DbStatus, url)).database;

describe("a project without our schema", () => {
  it("is migrated, and its data API knows of it at once", async () => {
    const user = await project.newUser();
    const home = newHome();
    const signedIn = {
      AICOST_ACCESS_TOKEN: await project.accessToken(user),
      AICOST_SUPABASE_URL: project.url,
      AICOST_SUPABASE_KEY: project.key,
    };
    const hosted = async (): Promise<DatabaseStatus> =>
      jsonOf<{ database: DatabaseStatus }>(await runCommand(DbStatus, ["--json"], home, signedIn)).database;
    expect(await hosted()).toMatchObject({
      backend: "hosted",
      url: project.url,
      has_schema: false,
      postgres: null,
      schema_version: null,
      missing_migrations: versions,
    });
    expect(await statusOf(project.databaseUrl)).toMatchObject({
      profile: null,
      backend: "postgres",
      has_schema: false,
      postgres: expect.stringMatching(/^1\d\.\d+$/) as string,
      missing_migrations: versions,
    });

    expect(await migrate(project.databaseUrl)).toMatchObject({ exit: 0, stderr: "" });
    const migrated = {
      has_schema: true,
      schema_version: versions.at(-1),
      missing_migrations: [],
      unknown_migrations: [],
      changed_migrations: [],
      schema_difference: null,
      partitions: { first: expect.any(String) as string },
      cron_jobs: null,
    };
    expect(await statusOf(project.databaseUrl)).toMatchObject({ ...migrated, stale_days: 0 });
    await expect.poll(hosted, { timeout: 10_000 }).toMatchObject({ ...migrated, stale_days: 0, records: 0 });

    // What a signed-in user may do, too.
    for (const [command, argv, expected] of [
      [DbRefresh, [], { refresh: { stale_days: 0, done: true } }],
      [DbPartitions, ["--ahead", "20"], { made: expect.arrayContaining([expect.any(String)]) as string[] }],
    ] as const) {
      const outcome = await runCommand(command, [...argv, "--json"], home, signedIn);
      expect(outcome).toMatchObject({ exit: 0, stderr: "" });
      expect(jsonOf(outcome)).toMatchObject(expected);
    }
  });
});

describe("aicost db migrate", () => {
  it("says of a database whose tables were dropped that its history outlived them, and how to begin again", async () => {
    const name = await migratedDatabase();
    const url = urlOf(project.databaseUrl, name);
    const script = (sql: string) => asSuperuser(name, (db) => db.script(sql));
    await script("drop schema public cascade; create schema public authorization postgres;");
    const outcome = await migrate(url);
    const { error } = jsonOf<{ error: { code: string; message: string; hint: string } }>(outcome);
    expect({ exit: outcome.exit, ...error }).toMatchObject({
      exit: 5,
      code: "schema_gone",
      message: expect.stringMatching(
        /^The database has recorded \d+ migrations of aicost, but its tables/,
      ) as string,
    });
    const sql = error.hint.split("\n").filter((line) => /^(?:drop|delete) /.test(line));
    expect(sql).toHaveLength(2);
    await script(sql.join("\n"));
    expect(jsonOf<{ applied: string[] }>(await migrate(url)).applied).toEqual(versions);
    expect(await migrate(url)).toMatchObject({ exit: 0 });
  });

  let url: string;
  let name: string;
  const workOn = (database: string): void => {
    name = database;
    url = urlOf(project.databaseUrl, name);
  };
  beforeEach(async () => workOn(await bareDatabase()));

  it("applies what is missing, says so, and the next time has nothing to do", async () => {
    const { stdout } = await runCommand(DbMigrate, ["--db-url", url], newHome(), { COLUMNS: "80" });
    expect(stdout).toContain(`Applied ${versions.length} migrations: ${versions[0]}`);
    expect(stdout).toContain(`The schema is up to date (${versions.at(-1)}).`);
    expect(jsonOf(await migrate(url))).toEqual({ applied: [], schema_version: versions.at(-1) });

    await asSuperuser(name, (db) =>
      db.script(`delete from supabase_migrations.schema_migrations where version >= '${versions.at(-2)}'`),
    );
    expect(await statusOf(url)).toMatchObject({
      schema_version: versions.at(-3),
      missing_migrations: versions.slice(-2),
    });
    expect(jsonOf(await migrate(url))).toMatchObject({ applied: versions.slice(-2) });
  });

  it("is safe when two do it at once: one works, the other finds it done", async () => {
    const start = () => aicost(["db", "migrate", "--json"], newHome(), { env: { AICOST_DB_URL: url } });
    const outcomes = await Promise.all([start(), start()]);
    expect(outcomes).toMatchObject([{ exit: 0 }, { exit: 0 }]);
    const applied = outcomes.map((outcome) => jsonOf<{ applied: string[] }>(outcome).applied);
    expect(applied).toEqual(expect.arrayContaining([[], versions]));
  });

  it("waits no longer than it may for somebody who holds the database", async () => {
    await asSuperuser(name, async (db) => {
      await db.script("select pg_advisory_lock(hashtextextended('aicost.migrate', 0))");
      const outcome = await migrate(url, { AICOST_WAIT: "0.2" });
      expect(jsonOf(outcome)).toMatchObject({ error: { code: "db_in_use" } });
      expect(outcome.exit).toBe(5);
    });
  });

  it("asks for a password that the URL leaves out, in a terminal alone", async () => {
    const bare = new URL(url);
    const { password } = bare;
    bare.password = "";
    expect(await migrate(bare.href)).toMatchObject({ exit: 3 });
    const terminal = inTerminal(["db", "migrate"], newHome(), { AICOST_DB_URL: bare.href });
    await terminal.shows("Password of the database at 127.0.0.1");
    terminal.type(`${password}\r`);
    await terminal.shows("The schema is up to date");
    const { screen, exit } = await terminal.ended;
    expect(exit).toBe(0);
    expect(screen).not.toContain(password);
  });

  it("makes the jobs of pg_cron where the extension was enabled later", async () => {
    workOn(await migratedDatabase());
    // What pg_cron brings, without its background worker.
    await asSuperuser(name, (db) =>
      db.script(`
        create schema cron;
        create table cron.job (jobname text primary key, schedule text, command text, active boolean default true);
        create function cron.schedule(text, text, text) returns void language sql
          as 'insert into cron.job values ($1, $2, $3)';
        grant usage on schema cron to postgres; grant all on cron.job to postgres;
        insert into pg_extension select 99999, 'pg_cron', extowner, extnamespace, false, '1.6' from pg_extension limit 1;
      `),
    );
    expect(await statusOf(url)).toMatchObject({ cron_jobs: [] });
    expect(await migrate(url)).toMatchObject({ exit: 0 });
    expect(await statusOf(url)).toMatchObject({ cron_jobs: ["aicost-partitions", "aicost-refresh"] });
  });

  it("refuses a database that a newer version has migrated", async () => {
    workOn(await migratedDatabase());
    await asSuperuser(name, (db) =>
      db.script("insert into supabase_migrations.schema_migrations (version) values ('29991231000000')"),
    );
    const outcome = await migrate(url);
    expect(jsonOf(outcome)).toMatchObject({ error: { code: "schema_newer" } });
    expect(outcome.exit).toBe(5);
    expect(await statusOf(url)).toMatchObject({ unknown_migrations: ["29991231000000"] });
  });

  it("refuses a database whose migrations have changed, with the way over, and its status says so", async () => {
    workOn(await migratedDatabase());
    const [first] = versions as [string];
    await asSuperuser(name, (db) =>
      db.script(
        `update supabase_migrations.schema_migrations set statements[1] = statements[1] || '-- before' where version = '${first}'`,
      ),
    );
    const error = {
      code: "schema_changed",
      message:
        "The schema of this database was made by another version of aicost. Its tables and functions differ from those of this version.",
      hint: PROJECT_WAY_OVER,
    };
    const outcome = await migrate(url);
    expect(jsonOf(outcome)).toEqual({ error });
    expect(outcome.exit).toBe(5);
    const check = await runCommand(DbCheck, ["--json"], newHome(), { AICOST_DB_URL: url });
    expect(jsonOf(check)).toEqual({ error });

    expect(await statusOf(url)).toMatchObject({
      changed_migrations: [first],
      missing_migrations: [],
      schema_difference: "changed",
    });
    const { stdout } = await runCommand(DbStatus, [], newHome(), { AICOST_DB_URL: url });
    expect(stdout).toContain(`${versions.at(-1)}, from another version of aicost`);
    expect(stdout).toContain(PROJECT_WAY_OVER);
  });

  it("keeps nothing of a migration that meets a table of somebody else", async () => {
    await asSuperuser(name, (db) =>
      db.script("create table public.imports (id int); alter table public.imports owner to postgres"),
    );
    const outcome = await migrate(url);
    const imports = (await migrations()).find((file) => file.name.endsWith("_imports"))!.name;
    expect(jsonOf(outcome)).toMatchObject({
      error: {
        code: "migration_failed",
        message: expect.stringContaining(`The migration ${imports} failed: `) as string,
      },
    });
    expect(outcome.exit).toBe(5);
    const { missing_migrations } = await statusOf(url);
    expect(missing_migrations[0]).toBe(imports.split("_")[0]);
  });

  it("refuses a database that is of no project, and makes nothing in it", async () => {
    const other = urlOf(project.databaseUrl, await emptyDatabase());
    for (const command of [DbMigrate, DbStatus]) {
      const outcome = await run(command, other);
      expect(jsonOf(outcome)).toMatchObject({ error: { code: "not_supabase" } });
      expect(outcome.exit).toBe(5);
    }
    const db = await connect({ connectionString: other });
    expect(await db.query("select nspname from pg_namespace where nspname in ('private', 'auth')")).toEqual(
      [],
    );
    await db.close();
  });

  it("refuses a role that may not change the schema", async () => {
    const role = `reader_${randomUUID().slice(0, 8)}`;
    await project.admin(
      `create role ${role} login password 'pass word'; grant usage on schema auth to ${role}`,
    );
    await asSuperuser(name, (db) => db.script(`grant usage on schema auth to ${role}`));
    const reader = Object.assign(new URL(url), { username: role, password: "pass word" });
    const outcome = await migrate(reader.href);
    expect(jsonOf(outcome)).toMatchObject({ error: { code: "db_rights" } });
    expect(outcome.exit).toBe(3);
  });

  it.each([
    ["db_password", 3, { password: "wrong-secret" }],
    ["db_password", 3, { username: "nobody-there" }],
    ["db_refused", 5, { pathname: "no_such_database" }],
    ["db_tls", 5, { search: "?sslmode=require" }],
  ])("says %s with exit %i to %j, and never the password", async (code, exit, change) => {
    const wrong = Object.assign(new URL(url), change);
    const outcome = await migrate(wrong.href, { DEBUG: "aicost" });
    expect(jsonOf(outcome)).toMatchObject({ error: { code, hint: expect.any(String) as string } });
    expect(outcome.exit).toBe(exit);
    expect(outcome.stdout + outcome.stderr).not.toContain(wrong.password);
  });
});

describe("care of a project by the URL of its database", () => {
  it("archives each user's records into a file of its own, checks, and vacuums", async () => {
    const name = await migratedDatabase();
    const url = urlOf(project.databaseUrl, name);
    const users = [randomUUID(), randomUUID()].toSorted();
    await asSuperuser(name, async (db) => {
      for (const [index, user] of users.entries()) {
        await db.query("insert into auth.users (id, email) values ($1, $2)", [user, user]);
        await db.asUser(user, (me) =>
          bring(me, [
            costRecord({ timestamp: "2026-01-10T10:00:00Z", cost_usd: String(index + 1) }),
            costRecord({ timestamp: "2026-03-10T10:00:00Z" }),
          ]),
        );
      }
    });
    const home = newHome();
    const care = async <Answer>(command: CommandClass, ...argv: string[]): Promise<Answer> => {
      const outcome = await runCommand(command, [...argv, "--json"], home, { AICOST_DB_URL: url });
      expect(outcome).toMatchObject({ exit: 0, stderr: "" });
      return jsonOf<Answer>(outcome);
    };
    expect(await care(DbRefresh)).toMatchObject({ refresh: { stale_days: 4, done: true } });

    const { archived } = await care<{ archived: { files: { path: string }[] }[] }>(
      DbArchive,
      ...["--before", "2026-03", "--yes"],
    );
    expect(archived).toMatchObject([
      { month: "2026-01", records: 2, cost_usd: "3", users: 2, files: [{ records: 1 }, { records: 1 }] },
    ]);
    const files = archived[0]!.files.map(({ path: file }) => file);
    expect(files.map((file) => path.basename(file))).toEqual(
      users.map((user) => `aicost-2026-01-${user.slice(0, 8)}.ndjson.gz`),
    );
    const texts = files.map((file) => gunzipSync(readFileSync(file)).toString());
    for (const [index, text] of texts.entries()) {
      // Whose it is, by a hash that tells nobody else.
      expect(JSON.parse(text.split("\n")[0]!)).toMatchObject({
        owner: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      });
      const records = text.split("\n").filter((line) => line.includes('"kind":"sheet_row"'));
      expect(records.map((line) => (JSON.parse(line) as { cost_usd: string }).cost_usd)).toEqual([
        String(index + 1),
      ]);
    }

    expect(await statusOf(url)).toMatchObject({ records: 2, stale_days: 0 });
    const { partitions } = await care<{ partitions: { month: string; records: number }[] }>(DbPartitions);
    expect(partitions.filter(({ records }) => records > 0)).toMatchObject([{ month: "2026-03", records: 2 }]);
    const { checks } = await care<{ checks: { check: string; ok: boolean; problems: string[] }[] }>(DbCheck);
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(await care(DbVacuum)).toMatchObject({ vacuum: { bytes_after: expect.any(Number) as number } });
    expect((await runCommand(Import, [files[0]!], home)).exit).toBe(0);
  });

  it("refuses to care for a schema that lacks migrations", async () => {
    const url = urlOf(project.databaseUrl, await bareDatabase());
    for (const command of [DbCheck, DbRefresh]) {
      const outcome = await runCommand(command, ["--json"], newHome(), { AICOST_DB_URL: url });
      expect(jsonOf(outcome)).toMatchObject({ error: { code: "schema_older" } });
      expect(outcome.exit).toBe(5);
    }
  });
});

describe("supabase db push", () => {
  it("leads to the same schema as aicost db migrate, which then has nothing to do", async () => {
    const home = newHome();
    cpSync(path.join(ROOT, "supabase"), path.join(home.folder, "supabase"), { recursive: true });
    const [pushed, migrated] = [await bareDatabase(), await bareDatabase()];
    const remote = `${urlOf(project.databaseUrl, pushed)}?sslmode=disable`;
    await promisify(execFile)(
      path.join(ROOT, "node_modules/.bin/supabase"),
      ["db", "push", "--remote", remote, "--yes"],
      {
        cwd: home.folder,
        env: {
          PATH: process.env["PATH"],
          HOME: home.folder,
          SUPABASE_TELEMETRY_DISABLED: "1",
          SUPABASE_NO_UPDATE_NOTIFIER: "1",
        },
      },
    );
    await migrate(urlOf(project.databaseUrl, migrated));
    const ours = (lines: string[]): string[] => lines.filter((line) => !line.includes("supabase_migrations"));
    expect(ours(await asSuperuser(pushed, catalogOf))).toEqual(ours(await asSuperuser(migrated, catalogOf)));

    const url = urlOf(project.databaseUrl, pushed);
    expect(jsonOf(await migrate(url))).toEqual({ applied: [], schema_version: versions.at(-1) });
    expect(await statusOf(url)).toMatchObject({
      missing_migrations: [],
      unknown_migrations: [],
      changed_migrations: [],
      schema_difference: null,
    });
    await asSuperuser(pushed, (db) =>
      db.script(
        `update supabase_migrations.schema_migrations set statements[2] = statements[2] || '-- before' where version = '${versions[1]}'`,
      ),
    );
    expect(await statusOf(url)).toMatchObject({
      schema_difference: "changed",
      changed_migrations: [versions[1]],
    });
  });
});
