import { readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import DbArchive from "../../src/commands/db/archive.js";
import DbCheck from "../../src/commands/db/check.js";
import DbMigrate from "../../src/commands/db/migrate.js";
import DbStatus from "../../src/commands/db/status.js";
import DbVacuum from "../../src/commands/db/vacuum.js";
import type { DatabaseStatus } from "../../src/lib/care/status.js";
import { answer, fileIn, type Home, newHome, refusal, ROOT, runCommand } from "../support/cli.js";
import { homeWithDatabase } from "../support/open-database.js";

const versions = readdirSync(path.join(ROOT, "supabase/migrations")).map((file) => file.split("_")[0]);
const latest = versions.toSorted().at(-1);

describe("aicost db with the embedded database", () => {
  it("shows what is set up in it", async () => {
    const { database } = await answer<{ database: DatabaseStatus }>(DbStatus, [], await homeWithDatabase());
    expect(database).toEqual({
      profile: "local",
      backend: "embedded",
      url: null,
      postgres: expect.stringMatching(/^18\./) as string,
      has_schema: true,
      schema_version: latest,
      latest_version: latest,
      missing_migrations: [],
      unknown_migrations: [],
      changed_migrations: [],
      schema_difference: null,
      partitions: {
        first: expect.stringMatching(/^\d{4}-\d{2}$/) as string,
        last: expect.stringMatching(/^\d{4}-\d{2}$/) as string,
        count: expect.any(Number) as number,
      },
      stale_days: 0,
      cron_jobs: null,
      records: 0,
      last_refresh: null,
      bytes: {
        database: expect.any(Number) as number,
        cost_records: expect.any(Number) as number,
        cost_records_daily: expect.any(Number) as number,
        folder: expect.any(Number) as number,
        log: expect.any(Number) as number,
      },
    });
  });

  it("has nothing to migrate, whatever AICOST_DB_URL says of another one", async () => {
    const home = await homeWithDatabase();
    expect(await answer(DbMigrate, [], home)).toEqual({ applied: [], schema_version: latest });
    const env = { AICOST_DB_URL: "postgres://127.0.0.1:1/nowhere" };
    expect(await runCommand(DbMigrate, ["--profile", "local"], home, env)).toEqual({
      stdout: `The schema is up to date (${latest}).\n`,
      stderr: "",
      exit: 0,
    });
  });
});

/** A home whose current profile is a project. */
const withProject = (): Home => {
  const home = newHome();
  const profiles = { work: { url: "https://abc.supabase.co", key: "sb_publishable_1" } };
  fileIn(home, "config/config.json", JSON.stringify({ maps: {}, profile: "work", profiles }));
  return home;
};

describe("aicost db with a project", () => {
  it("cannot migrate it without the URL of its database, and says where that is", async () => {
    expect(await refusal(DbMigrate, [], withProject())).toMatchObject({
      exit: 2,
      code: "db_url_missing",
      message: expect.stringContaining("abc.supabase.co") as string,
      hint: expect.stringMatching(/Connect, Session pooler[^]*AICOST_DB_URL[^]*supabase db push/) as string,
    });
  });

  it.each([
    ["check", DbCheck, []],
    ["vacuum", DbVacuum, []],
    ["archive", DbArchive, ["--before", "2026-01", "--yes"]],
  ] as const)("cannot %s it without that URL, either", async (name, command, argv) => {
    expect(await refusal(command, argv, withProject())).toMatchObject({
      exit: 2,
      code: "db_url_missing",
      hint: expect.stringContaining(`aicost db ${name}`) as string,
    });
  });

  it("shows no status to somebody who is not signed in", async () => {
    expect(await refusal(DbStatus, [], withProject())).toMatchObject({ exit: 3, code: "not_signed_in" });
  });
});

describe("the connection URL of a database", () => {
  const PASSWORD = "s3cret";

  it.each([
    ["bad_db_url", 2, " "],
    ["bad_db_url", 2, `abc:${PASSWORD}`],
    ["bad_db_url", 2, `https://postgres:${PASSWORD}@127.0.0.1/postgres`],
    ["bad_db_url", 2, `postgres://postgres:${PASSWORD}/x@127.0.0.1/postgres`],
    ["bad_db_url", 2, `postgres://postgres:123/${PASSWORD}@127.0.0.1/postgres`],
    ["bad_db_url", 2, `postgres://postgres:123#${PASSWORD}@127.0.0.1/postgres`],
    ["bad_db_url", 2, `postgres://postgres:123?${PASSWORD}@127.0.0.1/postgres`],
    ["bad_db_url", 2, "postgresql://postgres:[YOUR-PASSWORD]@db.abc.supabase.co:5432/postgres"],
    ["bad_db_url", 2, `postgres://postgres:${PASSWORD}%zz@127.0.0.1:1/postgres`],
    ["bad_db_url", 2, `postgres://postgres:${PASSWORD}@127.0.0.1:1/postgres?sslmode=verify-ca`],
    ["db_tls", 5, `postgres://postgres:${PASSWORD}@127.0.0.1:1/postgres?sslrootcert=/no/such.crt`],
    [
      "db_pooler_transaction",
      2,
      `postgres://postgres.abc:${PASSWORD}@aws-0-eu.pooler.supabase.com:6543/postgres`,
    ],
    ["db_pooler_transaction", 2, `postgres://postgres:${PASSWORD}@db.abc.supabase.co:6543/postgres`],
    ["db_unreachable", 5, `postgres://postgres:${PASSWORD}@127.0.0.1:1/postgres`],
    ["db_unreachable", 5, `postgres://postgres:${PASSWORD}@localhost/postgres?host=/no/such/folder`],
  ])("is refused as %s with exit %i, and the password is never shown: %s", async (code, exit, url) => {
    for (const [argv, env] of [
      [["--db-url", url], {}],
      [[], { AICOST_DB_URL: url }],
    ] as const) {
      for (const command of [DbMigrate, DbStatus]) {
        const outcome = await runCommand(command, [...argv, "--json"], newHome(), {
          ...env,
          DEBUG: "aicost",
        });
        expect(JSON.parse(outcome.stdout)).toMatchObject({
          error: { code, hint: expect.any(String) as string },
        });
        expect(outcome.exit).toBe(exit);
        expect(outcome.stdout + outcome.stderr).not.toContain(PASSWORD);
      }
    }
  });
});
