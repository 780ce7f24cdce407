import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import pg from "pg";
import { authSql, migrate, supabaseDefaults } from "../test/support/migrations.js";
import type { NativePostgres } from "../test/support/native-postgres.js";

/** What taking records in came to. */
export interface NativeIngest {
  /** That the calls took. */
  seconds: number;
  /** Size of the database, without its log. */
  bytes: number;
}

/**
 * Takes records into a fresh, migrated database of a native server, by the function that the program calls, in the role
 * of a signed-in user.
 * @param records NDJSON
 * @throws if not every row is in
 */
export const ingestNatively = async (
  server: NativePostgres,
  records: string,
  batchRows: number,
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
      const claims = JSON.stringify({ sub: user, role: "authenticated" });
      const head = {
        id: randomUUID(),
        source_name: "bench",
        format: "openrouter-activity",
        sha256: "0".repeat(64),
      };
      let inserted = 0;
      let milliseconds = 0;
      for await (const batch of batchesOf(records, batchRows)) {
        const start = performance.now();
        await client.query("begin");
        await client.query(
          "select set_config('request.jwt.claims', $1, true), set_config('role', 'authenticated', true)",
          [claims],
        );
        const { rows } = await client.query<{ counts: { inserted: number } }>(
          "select public.ingest_cost_records($1, $2) as counts",
          [{ ...head, batch: randomUUID() }, batch],
        );
        await client.query("commit");
        milliseconds += performance.now() - start;
        inserted += rows[0]!.counts.inserted;
      }
      if (inserted !== rows) throw new Error(`Of ${rows} rows came in: ${inserted}`);
      const { rows: sizes } = await client.query<{ bytes: string }>(
        "select pg_database_size(current_database()) as bytes",
      );
      return { seconds: milliseconds / 1000, bytes: Number(sizes[0]!.bytes) };
    });
  } finally {
    await within(server, "postgres", (client) => client.query(`drop database ${database}`));
  }
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

async function* batchesOf(records: string, batchRows: number): AsyncGenerator<string> {
  let lines: string[] = [];
  for await (const line of createInterface({ input: createReadStream(records) })) {
    lines.push(line);
    if (lines.length < batchRows) continue;
    yield `[${lines.join(",")}]`;
    lines = [];
  }
  if (lines.length > 0) yield `[${lines.join(",")}]`;
}
