import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { PGlite, types as pgliteTypes } from "@electric-sql/pglite";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, inject } from "vitest";
import type { Api } from "../../src/lib/api.js";
import type { Backend, Template } from "./servers.js";

type Rows = Record<string, unknown>[];
type Run = (sql: string, params?: unknown[]) => Promise<{ rows: Rows; affected: number }>;

/** Runs SQL on one connection, in whatever role and transaction it is in. */
export interface Session {
  /** Dates and moments arrive as PostgreSQL prints them, bigint as number, numeric as string. */
  query<Row = Record<string, unknown>>(sql: string, params?: unknown[]): Promise<Row[]>;
  /** How many rows a statement changed. */
  change(sql: string, params?: unknown[]): Promise<number>;
  /** Calls a function of the contract in the way of the hosted API: named arguments from one JSON document. */
  call<Name extends keyof Api>(name: Name, args: Api[Name]["args"]): Promise<Api[Name]["result"]>;
}

/** One connection as the database's owner. */
export interface Database extends Session {
  kind: Backend["kind"];
  /** Several statements in one text. */
  script(sql: string): Promise<void>;
  /** One transaction as a signed-in user. */
  asUser<Result>(user: string, work: (session: Session) => Promise<Result>): Promise<Result>;
  /** One transaction without a user. */
  asAnon<Result>(work: (session: Session) => Promise<Result>): Promise<Result>;
  /** A second connection to the same database. @throws on PGlite, which has one */
  connect(): Promise<Database>;
  close(): Promise<void>;
}

/** What the schema tests run on; for `describe.each`. Other tests have none. */
export const backends = inject("backends") ?? [];

/** The native servers among them: tests with two connections need one. */
export const nativeBackends = backends.filter(({ kind }) => kind === "native");

/** A database of its own with all migrations, and partitions of a few months; others are made when they are needed. */
export const freshDatabase = (backend: Backend): Promise<Database> => copyOf(backend, "few_months");

/** A database of its own just as the migrations make it. */
export const wholeDatabase = (backend: Backend): Promise<Database> => copyOf(backend, "migrated");

/** A database of its own with what a Supabase project has before the first migration. */
export const emptyDatabase = (backend: Backend): Promise<Database> => copyOf(backend, "bare");

const copyOf = (backend: Backend, template: Template): Promise<Database> =>
  backend.kind === "native" ? copied(backend.socketFolder, template) : opened(backend.images[template]);

/** PGlite on a copy of a data folder. */
const opened = async (image: string): Promise<Database> => {
  const text = (value: string): string => value;
  const db = await PGlite.create({
    loadDataDir: new Blob([await readFile(image)]),
    // Small buffers open twice as fast.
    startParams: [...PGlite.defaultStartParams, "-c", "shared_buffers=16MB"],
    parsers: {
      [pgliteTypes.DATE]: text,
      [pgliteTypes.TIMESTAMP]: text,
      [pgliteTypes.TIMESTAMPTZ]: text,
      [pgliteTypes.INT8]: Number,
    },
  });
  return database("pglite", {
    run: async (sql, params) => {
      const result = await db.query<Record<string, unknown>>(sql, params);
      return { rows: result.rows, affected: result.affectedRows ?? 0 };
    },
    script: async (sql) => {
      await db.exec(sql);
    },
    connect: () => Promise.reject(new Error("PGlite has one connection.")),
    close: () => db.close(),
  });
};

/** A native server copies a database that nobody is connected to. */
const copied = async (host: string, template: Template): Promise<Database> => {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const admin = new pg.Client({ host, user: "postgres", database: "postgres" });
  await admin.connect();
  try {
    await admin.query(`create database ${name} template ${template}`);
  } finally {
    await admin.end();
  }
  return connectTo(host, name);
};

const connectTo = (host: string, database: string): Promise<Database> =>
  connect({ host, user: "postgres", database });

/** A connection to a native server, as a superuser. */
export const connect = async (config: pg.ClientConfig): Promise<Database> => {
  const client = new pg.Client({ ...config, types: asText });
  await client.connect();
  return database("native", {
    run: async (sql, params) => {
      const result = await client.query<Record<string, unknown>>(sql, params);
      return { rows: result.rows, affected: result.rowCount ?? 0 };
    },
    script: async (sql) => {
      await client.query(sql);
    },
    connect: () => connect(config),
    close: () => client.end(),
  });
};

const asText: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => {
    const { DATE, TIMESTAMP, TIMESTAMPTZ, INT8 } = pg.types.builtins;
    if ([DATE, TIMESTAMP, TIMESTAMPTZ].includes(oid)) return (value: string) => value;
    return oid === INT8 ? Number : (pg.types.getTypeParser(oid, format) as unknown);
  },
};

/** What differs between the two kinds of database. */
interface Connection {
  run: Run;
  script: (sql: string) => Promise<void>;
  connect: () => Promise<Database>;
  close: () => Promise<void>;
}

const database = (kind: Backend["kind"], { run, script, connect, close }: Connection): Database => {
  const known: KnownTypes = new Map();
  const session = sessionOf(run, known);
  const within = async <Result>(claims: object, role: string, work: (inner: Session) => Promise<Result>) => {
    try {
      const claimed = JSON.stringify(claims).replaceAll("'", "''");
      await script(`begin; set local request.jwt.claims = '${claimed}'; set local role ${role}`);
      const result = await work(session);
      await run("commit");
      return result;
    } catch (error) {
      await run("rollback");
      throw error;
    }
  };
  return {
    ...session,
    kind,
    script: (sql) => {
      known.clear();
      return script(sql);
    },
    connect,
    close,
    asUser: (user, work) => within({ sub: user, role: "authenticated" }, "authenticated", work),
    asAnon: (work) => within({ role: "anon" }, "anon", work),
  };
};

/** The types of arguments by their names, of functions by their names. A script may make other functions of these names. */
type KnownTypes = Map<string, Map<string, string>>;

const sessionOf = (run: Run, known: KnownTypes): Session => ({
  query: async <Row>(sql: string, params?: unknown[]) => (await run(sql, params)).rows as Row[],
  change: async (sql, params) => (await run(sql, params)).affected,
  call: async (name, args) => {
    const given = Object.keys(args);
    const types = known.get(name) ?? (await argumentTypes(run, name));
    known.set(name, types);
    const columns = given.map((key) => `"${key}" ${types.get(key) ?? "text"}`);
    const source =
      given.length === 0 ? "" : ` from json_to_record($1::json) as given (${columns.join(", ")})`;
    const named = given.map((key) => `"${key}" => given."${key}"`);
    const params = given.length === 0 ? [] : [JSON.stringify(args)];
    const { rows } = await run(`select public.${name}(${named.join(", ")}) as answer${source}`, params);
    const answer = rows[0]?.["answer"];
    return (answer === "" ? null : answer) as never;
  },
});

const argumentTypes = async (run: Run, name: string): Promise<Map<string, string>> => {
  const { rows } = await run(
    `select unnest(proargnames[1:pronargs]) as name, format_type(unnest(proargtypes), null) as type
     from pg_proc where pronamespace = 'public'::regnamespace and proname = $1`,
    [name],
  );
  return new Map(rows.map((row) => [String(row["name"]), String(row["type"])]));
};

/** Signs up a new user, as Supabase Auth does it: a row in `auth.users`. @returns the user's id */
export const signUp = async (db: Session): Promise<string> => {
  const id = randomUUID();
  await db.query("insert into auth.users (id, email) values ($1, $2)", [id, `${id}@example.com`]);
  return id;
};

/** The SQLSTATE of a database error; for `.catch(codeOf)`. */
export const codeOf = (error: unknown): string => String((error as { code?: string }).code ?? error);

/** A database for the tests of a `describe`, and a user whom only one of them knows. */
export interface Scene {
  db: Database;
  user: string;
}

/** Makes the scene of each test. @param set is told of it before the test runs */
export const eachWithUser = (backend: Backend, set: (scene: Scene) => void): void => {
  let db: Database;
  beforeAll(async () => {
    db = await freshDatabase(backend);
  });
  beforeEach(async () => set({ db, user: await signUp(db) }));
  afterAll(() => db.close());
};
