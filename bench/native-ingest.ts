import { randomUUID } from "node:crypto";
import pg from "pg";
import { authSql, migrate, supabaseDefaults } from "../test/support/migrations.js";
import type { NativePostgres } from "../test/support/native-postgres.js";
import { type PreparedImport, takeIn } from "./take-in.js";

/** What taking records in came to. */
export interface NativeIngest {
  /** That the calls took. */
  seconds: number;
  /** Size of the database, without its log. */
  bytes: number;
}

/**
 * Takes an import into a fresh, migrated database of a native server, by the functions that the program calls, in the role
 * of a signed-in user.
 * @throws if not every row is in
 */
export const ingestNatively = async (
  server: NativePostgres,
  prepared: PreparedImport,
  rows: number,
): Promise<NativeIngest> => {
  const database = `bench_${randomUUID().replaceAll("-", "")}`;
  await within(server, "postgres", (client) => client.query(`create database ${database}`));
  try {
    return await within(server, database, async (client) => {
      await client.query((await authSql()) + supabaseDefaults);
      await migrate((sql) => client.query(sql));
      const user = randomUUID();
      await client.query("insert into auth.users (id, email) values ($1, 'bench@example.com')", [user]);
      const start = performance.now();
      const inserted = await takeIn(callsAs(client, user), prepared);
      const seconds = (performance.now() - start) / 1000;
      if (inserted !== rows) throw new Error(`Of ${rows} rows came in: ${inserted}`);
      const { rows: sizes } = await client.query<{ bytes: string }>(
        "select pg_database_size(current_database()) as bytes",
      );
      return { seconds, bytes: Number(sizes[0]!.bytes) };
    });
  } finally {
    await within(server, "postgres", (client) => client.query(`drop database ${database}`));
  }
};

/** Each call is a transaction of its own, as a project makes it. */
const callsAs =
  (client: pg.Client, user: string) =>
  async (name: string, args: Record<string, unknown>): Promise<unknown> => {
    const claims = JSON.stringify({ sub: user, role: "authenticated" });
    await client.query("begin");
    await client.query(
      "select set_config('request.jwt.claims', $1, true), set_config('role', 'authenticated', true)",
      [claims],
    );
    const named = Object.keys(args).map((key, at) => `${key} => $${at + 1}`);
    const values = Object.values(args).map((value) =>
      Array.isArray(value) && name === "begin_import" ? JSON.stringify(value) : value,
    );
    const { rows } = await client.query<{ answer: unknown }>(
      `select public.${name}(${named.join(", ")}) as answer`,
      values,
    );
    await client.query("commit");
    return rows[0]!.answer;
  };

const within = async <Result>(
  { folder }: NativePostgres,
  database: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> => {
  const client = new pg.Client({ host: folder, user: "postgres", database });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};
