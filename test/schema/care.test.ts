import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CostRecord } from "../../src/lib/record/record.js";
import {
  backends,
  codeOf,
  type Database,
  wholeDatabase,
  nativeBackends,
  signUp,
} from "../support/database.js";
import { bring, type Caller, type LayerOptions, undoLayer } from "../support/layers.js";
import { contentsOf, drop, tryToDrop } from "../support/months.js";
import { costRecord } from "../support/records.js";

const callerOf = (db: Database, user: string): Caller => ({
  call: (name, args) => db.asUser(user, (me) => me.call(name, args)),
});

const at = (timestamp: string, given: Partial<CostRecord> = {}): CostRecord =>
  costRecord({ timestamp, ...given });

const CHECKS = ["storage", "indexes", "partitions", "references", "imports", "daily_sums", "totals"] as const;

/** What each check that finds something says. */
const problems = async (db: Database): Promise<Record<string, string[]>> => {
  const found: Record<string, string[]> = {};
  for (const check of CHECKS) {
    const rows = await db.query<{ problem: string }>(`select p as problem from private.check_${check}() p`);
    if (rows.length > 0) found[check] = rows.map(({ problem }) => problem);
  }
  return found;
};

describe.each(backends)("care on $name", (backend) => {
  let db: Database;
  let user: string;
  let me: Caller;
  /** What the three records of the first import are of. */
  const file: LayerOptions = { head: { series: "openai/cost" } };
  let first: string;
  beforeAll(async () => {
    db = await wholeDatabase(backend);
    user = await signUp(db);
    me = callerOf(db, user);
    const records = [
      at("2026-03-01T00:00:00Z", { granularity: "day", cost_usd: "1.5" }),
      at("2026-03-31T23:30:00Z", { cost_usd: "2" }),
      at("2026-04-01T00:00:00Z", { cost_usd: "4" }),
    ];
    first = (await bring(me, records, file)).id!;
    await me.call("refresh_cost_records_daily", {});
    await bring(me, [at("2026-04-20T10:00:00Z", { cost_usd: "8", provider: "aws" })]);
  });
  afterAll(() => db.close());

  /** After a change that is taken back afterwards. */
  const after = async (sql: string, look: () => Promise<void>): Promise<void> => {
    await db.script(`begin; ${sql}`);
    try {
      await look();
    } finally {
      await db.script("rollback");
    }
  };

  /** As somebody whose changes no trigger and no foreign key sees. */
  const unseen = (sql: string): string =>
    `alter table public.cost_records disable trigger user; set local session_replication_role = replica; ${sql}`;

  const inTokyo = "update public.user_preferences set timezone = 'Asia/Tokyo'";

  const partitionOf = (month: string): string => `public.cost_records_${month.replace("-", "_")}`;

  it("tells how much there is, and when the sums were refreshed last", async () => {
    const status = await db.asUser(user, (me) => me.call("get_database_status", {}));
    expect(status).toMatchObject({
      records: 4,
      stale_days: 1,
      last_refresh: expect.stringMatching(/^20\d\d-.*Z$/) as string,
      partitions: { first: "2025-01" },
    });
    for (const bytes of Object.values(status.bytes)) expect(bytes).toBeGreaterThan(8000);
    const other = await signUp(db);
    expect(await db.asUser(other, (me) => me.call("get_database_status", {}))).toMatchObject({ records: 0 });
  });

  it("lists the months with the caller's own records", async () => {
    const months = await db.asUser(user, (me) => me.call("list_partitions", {}));
    expect(months.filter(({ records }) => records > 0)).toEqual([
      { month: "2026-03", records: 2, bytes: expect.any(Number) as number },
      { month: "2026-04", records: 2, bytes: expect.any(Number) as number },
    ]);
    expect(months.map(({ month }) => month)).toEqual(months.map(({ month }) => month).toSorted());
  });

  it("finds nothing wrong where nothing is, stale days included", async () => {
    expect(await problems(db)).toEqual({});
    await after(inTokyo, async () => {
      expect(await problems(db)).toEqual({});
    });
  });

  it.each([
    [
      "a changed record that nobody marked",
      "update public.cost_records set cost_usd = cost_usd + 1 where cost_usd = 4",
      { daily_sums: [/2026-04-01/], totals: [/15\.5 US dollars.*16\.5/] },
    ],
    [
      "a lost mark of a day that changed",
      "delete from private.stale_days",
      { daily_sums: [/2026-04-20/], totals: [/7\.5 US dollars; there are 4 of 15\.5/] },
    ],
    [
      "a deleted record that nobody marked",
      "delete from public.cost_records where cost_usd = 1.5",
      {
        imports: [/has 1 rows and holds 0/],
        daily_sums: [/2026-03-01/],
        totals: [/reports count 4 records.*there are 3/],
      },
    ],
    [
      "what a sheet says that is gone",
      "delete from public.sheets where day = '2026-04-01'",
      {
        references: [/^1 rows of public\.attestations refer to rows of public\.sheets.*sheet_id, user_id/],
        imports: [/^1 records are of the sheet .* which is not there/],
      },
    ],
    [
      "a sheet that lost a row",
      `insert into public.layer_rows select * from public.cost_records where cost_usd = 8;
       update public.sheets set rows = 3 where day = '2026-04-20'`,
      { imports: [/has 3 rows and holds 2/] },
    ],
    [
      "a feed of a key that is gone",
      `insert into public.sync_states (credential_id, user_id, feed)
       select gen_random_uuid(), user_id, 'x' from public.cost_records limit 1`,
      { references: [/^1 rows of public\.sync_states refer to rows of public\.api_credentials/] },
    ],
    [
      "records of a provider that is gone",
      "delete from public.providers where name = 'aws'",
      { references: [/^1 rows of public\.cost_records refer to rows of public\.providers/] },
    ],
    [
      "a sheet that no import has",
      "delete from public.attestations where sheet_id = (select id from public.sheets where day = '2026-04-01')",
      { imports: [/^no import has the sheet/] },
    ],
    [
      "records of a sheet that does not count",
      "update public.sheets set counts = false where day = '2026-04-20'",
      { imports: [/^1 records are of the sheet .* which is not there or does not count/] },
    ],
    [
      "a partition that anybody may read",
      "grant select on public.cost_records_2026_03 to authenticated",
      { partitions: [/cost_records_2026_03 is granted to authenticated/] },
    ],
    [
      "a partition without row-level security",
      "alter table public.cost_records_2026_03 disable row level security",
      { partitions: [/cost_records_2026_03 lacks row-level security/] },
    ],
    [
      "a detached month",
      "alter table public.cost_records detach partition public.cost_records_2025_05",
      { partitions: [/cost_records_2025_05 is not a partition/] },
    ],
    [
      "a partition of more than its month",
      `drop table public.cost_records_2025_05, public.cost_records_2025_06;
       create table public.cost_records_2025_05 partition of public.cost_records
         for values from ('2025-05-01 00:00+00') to ('2025-07-01 00:00+00');
       alter table public.cost_records_2025_05 enable row level security;
       revoke all on public.cost_records_2025_05 from anon, authenticated`,
      { partitions: [/cost_records_2025_05 does not have the bounds of its month/] },
    ],
    [
      "an index that was left half made",
      "update pg_index set indisvalid = false where indexrelid = 'public.imports_user_sha256_idx'::regclass",
      { indexes: [/imports_user_sha256_idx is not valid/] },
    ],
  ])("finds %s", async (_, sql, expected) => {
    await after(unseen(sql), async () => {
      const found = await problems(db);
      expect(Object.keys(found)).toEqual(Object.keys(expected));
      for (const [check, patterns] of Object.entries(expected)) {
        expect(found[check]).toEqual(patterns.map((pattern) => expect.stringMatching(pattern) as string));
      }
    });
  });

  it("finds an index that does not lead to all rows", async () => {
    // A row that no index has: written while they were not looked after.
    const sql = `
      update pg_index set indisready = false where indrelid = '${partitionOf("2026-04")}'::regclass;
      insert into public.cost_records (user_id, provider_id, timestamp)
      select user_id, provider_id, '2026-04-30T10:00:00Z' from public.cost_records limit 1;
      update pg_index set indisready = true where indrelid = '${partitionOf("2026-04")}'::regclass;`;
    await after(unseen(sql), async () => {
      const { storage } = await problems(db);
      expect(storage).toHaveLength(6);
      for (const line of storage!)
        expect(line).toMatch(/cost_records_2026_04_\w+ leads to 2 rows; .* has 3$/);
    });
  });

  it.each([
    ["a record was edited", "update public.cost_records set model_name = 'other' where cost_usd = 1.5"],
    [
      "a record was added",
      `insert into public.cost_records (user_id, provider_id, timestamp)
       select user_id, provider_id, '2026-03-07' from public.cost_records limit 1`,
    ],
    [
      "a record was removed",
      `insert into public.layer_rows select * from public.cost_records where cost_usd = 1.5;
       delete from public.cost_records where cost_usd = 1.5`,
    ],
    [
      "another import said the same",
      `insert into public.imports (user_id, seq, source_name, format, series, sha256)
       select user_id, 9, 'x', 'x', 'openai/cost', 'x' from public.imports limit 1;
       insert into public.attestations (import_id, sheet_id, user_id)
       select i.id, s.id, s.user_id from public.imports i, public.sheets s where i.seq = 9 and s.day = '2026-03-01'`,
    ],
    [
      "a hidden row came",
      "insert into public.layer_rows select * from public.cost_records where cost_usd = 1.5",
    ],
  ])("drops nothing where %s after it was archived", async (_, sql) => {
    const contents = await contentsOf(db, "2026-03");
    await after(sql, async () => {
      const before = await contentsOf(db, "2026-03");
      expect(await drop(db, "2026-03", contents)).toBe("changed");
      expect(await contentsOf(db, "2026-03")).toEqual(before);
      expect(await problems(db)).toEqual({});
    });
  });

  it("counts the events that the user's calendar has in the next month", async () => {
    await after(inTokyo, async () => {
      expect(await contentsOf(db, "2026-03")).toMatchObject([{ records: 2, later: 1 }]);
    });
  });

  it("lets nobody but the owner of the database archive or check", async () => {
    for (const call of [
      "private.month_contents('2026-03-01')",
      "private.export_month('2026-03-01', 'cost_record', null, 10)",
      "private.drop_month('2026-03-01', '[]')",
      ...CHECKS.map((check) => `private.check_${check}()`),
      "private.own_tables()",
    ]) {
      expect(await db.asUser(user, (me) => me.query(`select * from ${call}`)).catch(codeOf), call).toBe(
        "42501",
      );
    }
  });

  it("drops a month that still is as it was archived, with what is hidden in it", async () => {
    const again = await bring(
      me,
      [
        at("2026-03-01T00:00:00Z", { granularity: "day", cost_usd: "3" }),
        at("2026-05-01T00:00:00Z", { cost_usd: "16" }),
      ],
      file,
    );
    const contents = await contentsOf(db, "2026-03");
    expect(contents).toMatchObject([
      {
        user_id: user,
        records: 2,
        sheet_rows: 3,
        own_records: 0,
        cost_usd: "5",
        archived_usd: "6.5",
        later: 0,
      },
    ]);
    expect(await drop(db, "2026-03", contents)).toBe("dropped");
    const spend = async (): Promise<string[]> =>
      (await me.call("get_daily_spend", { from_date: null, to_date: null, split_by: ["model"] })).map(
        ({ date }) => date,
      );
    expect(await spend()).toEqual(["2026-04-01", "2026-04-20", "2026-05-01"]);
    expect(await problems(db)).toEqual({});
    // Undoing both imports takes what is left of them.
    expect(await undoLayer(me, again.id!)).toMatchObject({ removed: 1, restored: 0 });
    expect(await undoLayer(me, first)).toMatchObject({ removed: 1, restored: 0 });
    expect(await problems(db)).toEqual({});
    // A month that comes back gets its partition again.
    await bring(me, [at("2026-03-05T00:00:00Z")]);
    expect(await spend()).toEqual(["2026-03-05", "2026-04-20"]);
  });
});

describe.each(nativeBackends)("dropping a month on $name while others work", (backend) => {
  it("waits for nobody, and changes nothing", async () => {
    const db = await wholeDatabase(backend);
    const other = await db.connect();
    try {
      const user = await signUp(db);
      await bring(callerOf(db, user), [at("2026-03-05T00:00:00Z")]);
      const contents = await contentsOf(db, "2026-03");
      for (const statement of [
        "select from public.cost_records limit 1",
        "update public.imports set status = 'done'",
        "delete from public.layer_rows",
      ]) {
        await other.script(`begin; ${statement};`);
        expect(await tryToDrop(db, "2026-03", contents)).toBe("busy");
        await other.script("rollback");
      }
      expect(await drop(db, "2026-03", contents)).toBe("dropped");
    } finally {
      await other.close();
      await db.close();
    }
  });
});
