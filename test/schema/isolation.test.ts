import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { functionsOf, relationsOf, type Relation, type SqlFunction } from "../support/catalog.js";
import {
  backends,
  freshDatabase,
  signUp,
  codeOf,
  type Database,
  type Session,
  wholeDatabase,
} from "../support/database.js";
import { bring } from "../support/layers.js";
import { costRecord } from "../support/records.js";
import { aimedCalls, fill, rowsOfVictim, type Arguments, type Victim } from "../support/victim.js";

/** In every text, and in every amount, that Alice has and nobody else. */
const MARK = "alice-only";
const AMOUNT = "7777.77";

const DENIED = "42501";
const FOREIGN_KEY = "23503";
/** Not allowed, or impossible by the kind of the relation: a view that cannot be written to. */
const REFUSED = [DENIED, "42809", "55000"];

/** Functions that tell a user something of her own rows if they are called so. */
const TELLING = [
  "change_subscription",
  "current_days",
  "edit_cost_record",
  "export_rows",
  "get_credits",
  "get_daily_spend",
  "get_fine_spend",
  "get_import",
  "get_top_models_by_spend",
  "get_user_total_spend",
  "list_budgets",
  "list_charges",
  "list_cost_records",
  "list_imports",
  "list_providers",
  "list_subscriptions",
  "remove_cost_records",
  "remove_credit_entry",
];

const callWith = async (session: Session, fn: SqlFunction, args: Arguments): Promise<string> => {
  const params = fn.names.map((name, at) =>
    fn.types[at] === "jsonb" ? JSON.stringify(args[name]) : args[name],
  );
  const slots = fn.types.map((type, at) => `$${at + 1}::${type}`);
  const rows = await session.query(`select * from ${fn.schema}.${fn.name}(${slots.join(", ")})`, params);
  return JSON.stringify(rows);
};

describe.each(backends)("row-level security on $name", (backend) => {
  let db: Database;
  let relations: Relation[];
  let functions: SqlFunction[];
  let alice: Victim;
  let bob: Victim;

  beforeAll(async () => {
    db = await freshDatabase(backend);
    alice = await fill(db, await signUp(db), MARK, AMOUNT);
    bob = await fill(db, await signUp(db), "bob-only", "1.5");
    await db.asUser(bob.ids.user, (me) => me.call("refresh_cost_records_daily", {}));
    relations = await relationsOf(db);
    functions = await functionsOf(db);
  });
  afterAll(() => db.close());

  const rowsOf = async (session: Session, relation: Relation): Promise<string[]> =>
    (
      await session.query<{ row: string }>(
        `select row_to_json(t)::text as row from public.${relation.name} t`,
      )
    ).map(({ row }) => row);

  const hers = (): Promise<string[]> => rowsOfVictim(db, relations, alice);

  it("is tried with rows of Alice in every table, which she sees herself", async () => {
    for (const relation of relations.filter(
      ({ isPartition, kind }) => !isPartition && kind !== "materialized",
    )) {
      const seen = await db.asUser(alice.ids.user, (me) => rowsOf(me, relation));
      expect(seen.some(alice.isIn), relation.name).toBe(true);
    }
  });

  it("lets another user see nothing of hers in any table, partition or view", async () => {
    for (const relation of relations) {
      const seen = await db
        .asUser(bob.ids.user, (me) => rowsOf(me, relation))
        .catch((error: unknown) => {
          expect(error, relation.name).toMatchObject({ code: DENIED });
          return [];
        });
      expect(seen.filter(alice.isIn), relation.name).toEqual([]);
    }
  });

  it("lets a user without rows change and delete nothing at all", async () => {
    const before = await hers();
    const carol = await signUp(db);
    await db.change("delete from public.user_preferences where user_id = $1", [carol]);
    for (const { name, columns } of relations) {
      for (const sql of [
        `update public.${name} set ${columns[0]} = ${columns[0]}`,
        `delete from public.${name}`,
      ]) {
        const result = await db.asUser(carol, (me) => me.change(sql)).catch(codeOf);
        expect([0, ...REFUSED], sql).toContain(result);
      }
    }
    expect(await hers()).toEqual(before);
  });

  it("lets nobody write a row for somebody else, or hand one over", async () => {
    const tables = relations.filter(({ kind }) => kind === "table" || kind === "partitioned");
    for (const { name, columns, isPartition } of tables) {
      const owner = ["user_id", "owner_id"].find((column) => columns.includes(column));
      expect(owner, `${name} says whose its rows are`).toBeDefined();
      const list = columns.map((column) => `"${column}"`).join(", ");
      const [one] = await db.query<{ row: object }>(
        `select to_jsonb(t) as row from public.${isPartition ? "cost_records" : name} t where ${owner} = $1 limit 1`,
        [alice.ids.user],
      );
      const copy = { ...one!.row, id: randomUUID(), record_id: randomUUID() };
      const insert = `insert into public.${name} (${list})
        select ${list} from jsonb_populate_record(null::public.${name}, $1::jsonb)`;
      const inserted = await db
        .asUser(bob.ids.user, (me) => me.change(insert, [JSON.stringify(copy)]))
        .catch(codeOf);
      expect(inserted, insert).toBe(DENIED);

      const handOver = `update public.${name} set ${owner} = $1`;
      const handed = await db
        .asUser(bob.ids.user, (me) => me.change(handOver, [alice.ids.user]))
        .catch(codeOf);
      expect(handed, handOver).toBe(DENIED);
    }
  });

  it("lets no function tell another user anything of hers, or change it", async () => {
    const before = await hers();
    const telling = new Set<string>();
    for (const fn of await allowed("authenticated")) {
      const answers = [];
      for (const args of aimedCalls(fn, alice)) {
        const call = `${fn.signature} with ${JSON.stringify(args)}`;
        const answer = await db
          .asUser(bob.ids.user, (me) => callWith(me, fn, args))
          .catch(sensibleRefusal(fn));
        answers.push(answer);
        expect(alice.isIn(answer ?? ""), `${call}: ${answer}`).toBe(false);
        if (TELLING.includes(fn.name) && !telling.has(fn.name) && (await tells(fn, args)))
          telling.add(fn.name);
      }
      // What is refused is rolled back.
      const wentThrough = answers.some((answer) => answer !== undefined);
      if (wentThrough) expect(await hers(), fn.signature).toEqual(before);
    }
    expect(await hers()).toEqual(before);
    // The same calls do tell Alice, so they are aimed well.
    expect([...telling].sort()).toEqual(TELLING);
  });

  it("lets the function that writes rows as the schema's owner write only what the user may", async () => {
    const put = async (user: string, fields: Record<string, unknown>): Promise<string> => {
      const row = { ...fields, timestamp: "2026-11-05T00:00:00Z", id: randomUUID(), sheet_id: randomUUID() };
      const given = {
        cost_usd: 1,
        granularity: "day",
        collection_method: "csv_import",
        metadata: {},
        ...row,
      };
      const sql = `select private.put_rows(array[jsonb_populate_record(null::public.cost_records, $1)], array[$2::uuid])`;
      return db
        .asUser(user, (me) => me.query(sql, [JSON.stringify(given), row.sheet_id]))
        .then(() => "written", codeOf);
    };
    const [{ id: provider_id }] = (await db.query<{ id: string }>(
      "select id from public.providers where owner_id is null limit 1",
    )) as [{ id: string }];
    const [{ id: hers }] = (await db.query<{ id: string }>(
      "select id from public.providers where owner_id = $1 limit 1",
      [alice.ids.user],
    )) as [{ id: string }];
    const [user_id, nobody] = [bob.ids.user, randomUUID()];
    expect(await put(user_id, { user_id: alice.ids.user, provider_id })).toBe(DENIED);
    expect(await put(user_id, { user_id, provider_id: hers })).toBe(FOREIGN_KEY);
    expect(await put(user_id, { user_id, provider_id: randomUUID() })).toBe(FOREIGN_KEY);
    // Nobody of that id is there: that is said before a row is looked at.
    expect(await put(nobody, { user_id: nobody, provider_id })).toBe("AC000");
  });

  it("lets no function tell anything to a token that names no user", async () => {
    const nobody = "";
    for (const fn of await allowed("authenticated")) {
      for (const args of aimedCalls(fn, alice)) {
        const answer = await db.asUser(nobody, (me) => callWith(me, fn, args)).catch(sensibleRefusal(fn));
        expect(alice.isIn(answer ?? ""), `${fn.signature} with ${JSON.stringify(args)}: ${answer}`).toBe(
          false,
        );
      }
    }
  });

  const allowed = async (role: string): Promise<SqlFunction[]> => {
    const granted = await db.query<{ signature: string }>(
      `select p.pronamespace::regnamespace || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as signature
       from pg_proc p where has_function_privilege($1, p.oid, 'execute')`,
      [role],
    );
    const signatures = new Set(granted.map(({ signature }) => signature));
    return functions.filter(({ signature }) => signatures.has(signature));
  };

  /** An error is a fine answer, unless the test called the function wrongly. */
  const sensibleRefusal =
    (fn: SqlFunction) =>
    (error: unknown): undefined => {
      expect(["42883", "42601", "42703", "42P01"], fn.signature).not.toContain(
        (error as { code?: string }).code,
      );
    };

  const tells = async (fn: SqlFunction, args: Arguments): Promise<boolean> => {
    let answer = "";
    await db
      .asUser(alice.ids.user, async (me) => {
        answer = await callWith(me, fn, args);
        throw new Error("roll back");
      })
      .catch(() => undefined);
    return answer.includes(MARK) || answer.includes(AMOUNT);
  };

  it("lets anonymous visitors nowhere: no table, partition, view, function or schema of ours", async () => {
    for (const { name, kind } of relations) {
      const attempts = [`select from public.${name}`];
      if (kind === "table" || kind === "partitioned") {
        attempts.push(`delete from public.${name}`, `insert into public.${name} default values`);
      }
      for (const sql of attempts) {
        expect(await db.asAnon((visitor) => visitor.change(sql)).catch(codeOf), sql).toBe(DENIED);
      }
    }
    expect(await allowed("anon")).toEqual([]);
    for (const { schema, name, types } of functions) {
      const nothing = types.map((type) => `null::${type}`).join(", ");
      const call = db.asAnon((visitor) => visitor.query(`select ${schema}.${name}(${nothing})`));
      expect(await call.catch(codeOf), name).toBe(DENIED);
    }
    expect(
      await db.query(
        `select has_schema_privilege('anon', 'private', 'usage') as usage,
           count(*) filter (where has_table_privilege('anon', c.oid, 'select, insert, update, delete, truncate, references, trigger')
             or has_any_column_privilege('anon', c.oid, 'select, insert, update, references')) as tables
         from pg_class c where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
           and c.relkind in ('r', 'p', 'v', 'm')`,
      ),
    ).toEqual([{ usage: false, tables: 0 }]);
  });

  it("is on for every table, and a partition has neither policy nor grant, a new one included", async () => {
    const whole = await wholeDatabase(backend);
    onTestFinished(() => whole.close());
    await whole.asUser(await signUp(whole), async (me) => {
      await me.query("select public.create_monthly_partition(2024, 12)");
      await bring(me, [costRecord({ timestamp: "2016-02-29T10:00:00Z" })]);
    });
    const tables = await whole.query<{
      name: string;
      secured: boolean;
      partition: boolean;
      policies: number;
      open: boolean;
    }>(
      `select c.relname as name, c.relrowsecurity as secured, c.relispartition as partition,
         (select count(*) from pg_policy p where p.polrelid = c.oid) as policies,
         has_table_privilege('authenticated', c.oid, 'select, insert, update, delete, truncate, references, trigger')
           or has_any_column_privilege('authenticated', c.oid, 'select, insert, update, references') as open
       from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`,
    );
    expect(tables.filter(({ secured }) => !secured)).toEqual([]);
    const partitions = tables.filter(({ partition }) => partition);
    expect(partitions.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["cost_records_2016_02", "cost_records_2024_12", "cost_records_2027_06"]),
    );
    expect(partitions.filter(({ policies, open }) => policies > 0 || open)).toEqual([]);
  });

  it("has one policy a command, or one for all, for signed-in users, which asks who they are once a statement", async () => {
    const policies = await db.query<
      Record<"tablename" | "cmd" | "roles" | "qual" | "with_check", string | null>
    >("select tablename, cmd, roles::text, qual, with_check from pg_policies where schemaname = 'public'");
    const commands = policies.map(({ tablename, cmd }) => `${tablename} ${cmd}`);
    expect(new Set(commands).size).toBe(commands.length);
    for (const policy of policies) {
      expect(policy.roles).toBe("{authenticated}");
      const others = policies.filter(({ tablename }) => tablename === policy.tablename);
      if (policy.cmd === "ALL") expect(others).toEqual([policy]);
      for (const condition of [policy.qual, policy.with_check]) {
        if (condition !== null) expect(condition).toMatch(/\( SELECT auth\.uid\(\) AS uid\) = \w+/);
      }
      if (["ALL", "UPDATE"].includes(policy.cmd!)) expect(policy.with_check).not.toBeNull();
    }
  });
});
