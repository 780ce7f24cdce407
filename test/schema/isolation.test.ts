import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { functionsOf, relationsOf, type Relation, type SqlFunction } from "../support/catalog.js";
import { backends, freshDatabase, signUp, codeOf, type Database, type Session } from "../support/database.js";
import { costRecord, importHead } from "../support/records.js";

/** In every text, and in every amount, that Alice has and nobody else. */
const MARK = "alice-only";
const AMOUNT = "7777.77";

const DENIED = "42501";
/** Not allowed, or impossible by the kind of the relation: a view that cannot be written to. */
const REFUSED = [DENIED, "42809", "55000"];

/** What another user would have to guess to get at someone. */
type Victim = Record<"user" | "import" | "record" | "provider", string>;

/** Gives a user a row in every table, the way that the program does it. */
const fill = async (db: Database, mark: string, amount: string): Promise<Victim> => {
  const user = await signUp(db);
  const record = costRecord({ provider: `${mark}-gateway`, model_name: `${mark}-model`, cost_usd: amount });
  const heads = [
    importHead({ source_name: `${mark}.csv` }),
    importHead({ source_name: `${mark}-later.csv` }),
  ];
  const provider = await db.asUser(user, async (me) => {
    await me.call("set_preferences", { changes: { metadata: { rates: { [mark]: amount } } } });
    const added = await me.call("add_provider", { name: `${mark}-gateway`, display_name: mark });
    for (const [at, head] of heads.entries()) {
      const changed = { ...record, request_count: at + 1 };
      await me.call("ingest_cost_records", { import: head, records: [changed] });
    }
    await me.query(
      `insert into public.api_credentials (user_id, provider_id, credential_name, encrypted_api_key, encryption_key_id)
       values ($1, $2, $3, 'a JWE', 'v1')`,
      [user, added.id, mark],
    );
    await me.query(
      `insert into public.forecast_results (user_id, model_name, forecast_date, predicted_cost_usd, model_version)
       values ($1, $2, '2026-12-01', $3, 'test')`,
      [user, mark, amount],
    );
    return added.id;
  });
  return { user, import: heads[1]!.id, record: record.id, provider };
};

/** A value for an argument of that type and name that aims at the victim. */
const aimed = (type: string, name: string, id: string, victim: Victim): unknown => {
  const isEnd = /^(to|end)_/.test(name);
  switch (type) {
    case "uuid":
    case "text":
      return id;
    case "text[]":
    case "uuid[]":
      return `{${id}}`;
    case "integer":
      return { year: 2026, skip_rows: 0 }[name] ?? 11;
    case "boolean":
      return false;
    case "date":
    case "timestamp with time zone":
      return isEnd ? "2027-12-31" : "2015-01-01";
    case "jsonb": {
      const record = costRecord({ id: victim.record, cost_usd: "1" });
      const head = importHead({ id: victim.import, source_name: "aimed.csv" });
      return JSON.stringify(name === "records" ? [record] : { ...head, cost_usd: "1", id, max_rows: 100 });
    }
    default:
      return null;
  }
};

const aimedCall = async (session: Session, fn: SqlFunction, id: string, victim: Victim): Promise<string> => {
  const params = fn.types.map((type, at) => aimed(type, fn.names[at] ?? "", id, victim));
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
    alice = await fill(db, MARK, AMOUNT);
    bob = await fill(db, "bob-only", "1.5");
    await db.asUser(bob.user, (me) => me.call("refresh_cost_records_daily", {}));
    relations = await relationsOf(db);
    functions = await functionsOf(db);
  });
  afterAll(() => db.close());

  const isHers = (row: string): boolean =>
    row.includes(MARK) || row.includes(AMOUNT) || new RegExp(`"(user|owner)_id":"${alice.user}"`).test(row);
  const rowsOf = async (session: Session, relation: Relation): Promise<string[]> =>
    (
      await session.query<{ row: string }>(
        `select row_to_json(t)::text as row from public.${relation.name} t`,
      )
    ).map(({ row }) => row);

  /** Alice's rows, each with the transaction that wrote it: equal lists mean that nothing touched them. */
  const hers = async (): Promise<Record<string, string[]>> => {
    const found: Record<string, string[]> = {};
    for (const { name } of relations.filter(({ kind, isPartition }) => kind === "table" && !isPartition)) {
      found[name] = await touched(name);
    }
    found["cost_records"] = await touched("cost_records");
    return found;
  };
  const touched = async (name: string): Promise<string[]> => {
    const rows = await db.query<{ row: string }>(
      `select t.xmin || ' ' || t.tableoid::regclass || ' ' || row_to_json(t)::text as row from public.${name} t`,
    );
    return rows
      .map(({ row }) => row)
      .filter(isHers)
      .sort();
  };

  it("is tried with rows of Alice in every table, which she sees herself", async () => {
    for (const relation of relations.filter(
      ({ isPartition, kind }) => !isPartition && kind !== "materialized",
    )) {
      const seen = await db.asUser(alice.user, (me) => rowsOf(me, relation));
      expect(seen.some(isHers), relation.name).toBe(true);
    }
  });

  it("lets another user see nothing of hers in any table, partition or view", async () => {
    for (const relation of relations) {
      const seen = await db
        .asUser(bob.user, (me) => rowsOf(me, relation))
        .catch((error: unknown) => {
          expect(error, relation.name).toMatchObject({ code: DENIED });
          return [];
        });
      expect(seen.filter(isHers), relation.name).toEqual([]);
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
        [alice.user],
      );
      const copy = { ...one!.row, id: randomUUID(), record_id: randomUUID() };
      const insert = `insert into public.${name} (${list})
        select ${list} from jsonb_populate_record(null::public.${name}, $1::jsonb)`;
      const inserted = await db
        .asUser(bob.user, (me) => me.change(insert, [JSON.stringify(copy)]))
        .catch(codeOf);
      expect(inserted, insert).toBe(DENIED);

      const handOver = `update public.${name} set ${owner} = $1`;
      const handed = await db.asUser(bob.user, (me) => me.change(handOver, [alice.user])).catch(codeOf);
      expect(handed, handOver).toBe(DENIED);
    }
  });

  it("lets no function tell another user anything of hers, or change it", async () => {
    const before = await hers();
    const callable = await allowed("authenticated");
    const telling = new Set<string>();
    for (const fn of callable) {
      for (const id of Object.values(alice)) {
        const answer = await db
          .asUser(bob.user, (me) => aimedCall(me, fn, id, alice))
          .catch(sensibleRefusal(fn));
        expect(isHers(answer), `${fn.signature} with ${id}: ${answer}`).toBe(false);
        expect(await hers(), `${fn.signature} with ${id}`).toEqual(before);

        if (await tells(fn, id)) telling.add(fn.name);
      }
    }
    // The same calls do tell Alice, so they are aimed well.
    expect([...telling]).toEqual(
      expect.arrayContaining([
        "current_days",
        "edit_cost_record",
        "get_daily_spend",
        "get_import",
        "get_top_models_by_spend",
        "get_user_total_spend",
        "list_cost_records",
        "list_imports",
        "list_providers",
        "remove_cost_records",
      ]),
    );
  });

  it("lets no function tell anything to a token that names no user", async () => {
    const nobody = "";
    for (const fn of await allowed("authenticated")) {
      for (const id of Object.values(alice)) {
        const answer = await db
          .asUser(nobody, (me) => aimedCall(me, fn, id, alice))
          .catch(sensibleRefusal(fn));
        expect(isHers(answer), `${fn.signature} with ${id}: ${answer}`).toBe(false);
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
    (error: unknown): string => {
      expect(["42883", "42601", "42703", "42P01"], fn.signature).not.toContain(
        (error as { code?: string }).code,
      );
      return "";
    };

  const tells = async (fn: SqlFunction, id: string): Promise<boolean> => {
    let answer = "";
    await db
      .asUser(alice.user, async (me) => {
        answer = await aimedCall(me, fn, id, alice);
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
    await db.asUser(bob.user, async (me) => {
      await me.query("select public.create_monthly_partition(2024, 12)");
      const old = costRecord({ timestamp: "2016-02-29T10:00:00Z" });
      await me.call("ingest_cost_records", { import: importHead(), records: [old] });
    });
    const tables = await db.query<{
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

  it("has one policy a command, for signed-in users, which asks who they are once a statement", async () => {
    const policies = await db.query<
      Record<"tablename" | "cmd" | "roles" | "qual" | "with_check", string | null>
    >("select tablename, cmd, roles::text, qual, with_check from pg_policies where schemaname = 'public'");
    const commands = policies.map(({ tablename, cmd }) => `${tablename} ${cmd}`);
    expect(new Set(commands).size).toBe(commands.length);
    for (const policy of policies) {
      expect(policy.roles).toBe("{authenticated}");
      expect(policy.cmd).not.toBe("ALL");
      for (const condition of [policy.qual, policy.with_check]) {
        if (condition !== null) expect(condition).toMatch(/\( SELECT auth\.uid\(\) AS uid\) = \w+/);
      }
      if (policy.cmd === "UPDATE") expect(policy.with_check).not.toBeNull();
    }
  });
});
