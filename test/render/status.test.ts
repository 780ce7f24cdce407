import { describe, expect, it } from "vitest";
import type { DatabaseStatus } from "../../src/lib/care/status.js";
import { migrationReceipt, statusLines } from "../../src/lib/render/status-lines.js";

const complete: DatabaseStatus = {
  profile: "work",
  backend: "hosted",
  url: "https://abc.supabase.co",
  postgres: "15.8",
  has_schema: true,
  schema_version: "20261122001400",
  latest_version: "20261122001400",
  missing_migrations: [],
  unknown_migrations: [],
  changed_migrations: [],
  schema_difference: null,
  partitions: { first: "2024-01", last: "2027-05", count: 41 },
  stale_days: 1200,
  cron_jobs: ["aicost-partitions", "aicost-refresh"],
  records: 84_210,
  last_refresh: "2026-11-27T02:15:00Z",
  bytes: { database: 71_573_627, cost_records: 59_801_600, cost_records_daily: 770_048 },
};

const lines = (change: Partial<DatabaseStatus>, width = 80): string[] =>
  statusLines({ ...complete, ...change }, { width }).split("\n");

describe("the status of a database", () => {
  it("is a fact a line", () => {
    expect(lines({})).toEqual([
      "Profile     work",
      "Backend     Supabase project https://abc.supabase.co",
      "PostgreSQL  15.8",
      "Schema      20261122001400, up to date",
      "Size        68 MB",
      "Records     84,210 (yours)",
      "Partitions  2024-01 to 2027-05 (41 months)",
      "Daily sums  refreshed 2026-11-27 02:15 UTC",
      "Stale days  1,200, summed on the fly until the next refresh",
      "pg_cron     aicost-partitions, aicost-refresh",
    ]);
  });

  it("says what is missing, and what to type", () => {
    const change = {
      profile: null,
      backend: "postgres",
      url: null,
      schema_version: "20261122001200",
      missing_migrations: ["20261122001300", "20261122001400"],
      schema_difference: "older",
      stale_days: null,
      cron_jobs: null,
      records: null,
      last_refresh: null,
      bytes: null,
    } as const;
    expect(lines({ ...change, missing_migrations: [...change.missing_migrations] })).toEqual([
      "Backend     Supabase project, by its database URL",
      "PostgreSQL  15.8",
      "Schema      20261122001200, 2 migrations behind 20261122001400",
      "Missing     20261122001300, 20261122001400",
      "Partitions  2024-01 to 2027-05 (41 months)",
      "pg_cron     not enabled",
      "",
      "Bring the schema up to date with: aicost db migrate",
      "",
      "For a nightly refresh, enable pg_cron in the dashboard (Database, Extensions),",
      "then create its jobs with: aicost db migrate",
    ]);
  });

  it("says of a project without a schema what is known, which is little", () => {
    const missing = ["20261122000100"];
    const nothing = {
      schema_difference: "older",
      schema_version: null,
      partitions: null,
      stale_days: null,
      cron_jobs: null,
      postgres: null,
      records: null,
      last_refresh: null,
      bytes: null,
    } as const;
    expect(lines({ ...nothing, has_schema: false, missing_migrations: missing })).toEqual([
      "Profile  work",
      "Backend  Supabase project https://abc.supabase.co",
      "Schema   none, or of an unknown version",
      "Missing  20261122000100",
      "",
      "Bring the schema up to date with: aicost db migrate",
    ]);
  });

  it.each([
    ["no jobs", { cron_jobs: [] }, "Create the pg_cron jobs with: aicost db migrate"],
    ["no migration that is recorded", { schema_version: null }, "Schema      not recorded"],
    ["one migration too few", { missing_migrations: ["1"] }, /one migration behind/],
    ["no partition", { partitions: { first: null, last: null, count: 0 } }, "Partitions  none"],
    ["one partition", { partitions: { first: "2026-11", last: "2026-11", count: 1 } }, /\(one month\)$/],
    ["no refresh yet", { last_refresh: null }, "Daily sums  never refreshed"],
    ["no stale day", { stale_days: 0 }, "Stale days  none"],
    ["a migration too many", { unknown_migrations: ["2999"] }, "Unknown     2999"],
    ["a changed migration", { changed_migrations: ["2998"] }, "Changed     2998"],
    ["a changed schema", { schema_difference: "changed" }, /from another version of aicost$/],
    ["a newer schema", { schema_difference: "newer" }, /from another version of aicost$/],
    ["a newer schema", { schema_difference: "newer" }, /npm install -g aicost-cli@latest$/],
  ] satisfies [string, Partial<DatabaseStatus>, string | RegExp][])(
    "with %s says so",
    (_what, change, line) => {
      expect(lines(change)).toContainEqual(
        typeof line === "string" ? line : (expect.stringMatching(line) as string),
      );
    },
  );

  it("says nothing of pg_cron of the embedded database, which needs none", () => {
    const bytes = { ...complete.bytes, folder: 158_000_000, log: 67_000_000 };
    const status = lines({ profile: "local", backend: "embedded", url: null, cron_jobs: null, bytes });
    expect(status).toContain("Backend     embedded database");
    expect(status).toContain("Stale days  1,200, summed in the read model");
    expect(status).toContain("Size        151 MB on disk (64 MB log)");
    expect(status).toContain("Records     84,210 (57 MB with indexes)");
    expect(status.join("\n")).not.toContain("pg_cron");
  });

  it("fits the terminal", () => {
    const missing_migrations = Array.from(
      { length: 14 },
      (_, i) => `202611220${String(i).padStart(2, "0")}00`,
    );
    for (const line of lines({ missing_migrations, cron_jobs: null }, 60)) {
      expect(line.length).toBeLessThanOrEqual(60);
    }
  });
});

describe("the receipt of a migration", () => {
  it.each([
    [[], "The schema is up to date (3)."],
    [["3"], "Applied the migration 3.\nThe schema is up to date (3)."],
    [["2", "3"], "Applied 2 migrations: 2, 3.\nThe schema is up to date (3)."],
  ])("of %j names what was applied", (applied, text) => {
    expect(migrationReceipt(applied, "3", { width: 80 })).toBe(text);
  });
});
