import { randomUUID } from "node:crypto";
import pg from "pg";
import type { Answers, Api, SplitKey } from "../src/lib/api.js";
import { SPLIT_KEYS } from "../src/lib/api.js";
import { SPEND_LIMITS } from "../src/lib/store/hosted.js";
import { spendInSpans } from "../src/lib/store/spend-in-spans.js";
import { authSql, migrate, supabaseDefaults } from "../test/support/migrations.js";
import { startPostgres } from "../test/support/native-postgres.js";
import type { Benchmark, Comparison, Measure } from "./benchmark.js";
import { count } from "./results.js";

/** What a Supabase project gives a statement of a signed-in user, in seconds. */
const TIMEOUT = 8;

/** How a report may ask: what splits its spend, by month or by day, by hour or not. */
const QUERIES: { name: string; split_by: SplitKey[]; by_month: boolean; hours?: true }[] = [
  { name: "by model", split_by: ["model"], by_month: true },
  { name: "by key", split_by: ["account", "api_key"], by_month: true },
  { name: "by day, key", split_by: ["account", "api_key"], by_month: false },
  { name: "by day, everything", split_by: [...SPLIT_KEYS], by_month: false },
  { name: "by hour", split_by: [], by_month: true, hours: true },
  { name: "by hour, key", split_by: ["account", "api_key"], by_month: true, hours: true },
];

/**
 * Reports on a native server, as a project answers them: in the role of a signed-in user, whose statements are stopped
 * after 8 seconds. The peer adds all records up in one statement.
 */
export const reportNatively: Benchmark = {
  async run({ rows: [, , many] }) {
    const records = 2 * many;
    const server = await startPostgres({ installed: process.env["AICOST_TEST_PG_BIN"] });
    const client = new pg.Client({ host: server.folder, user: "postgres", database: "postgres" });
    await client.connect();
    try {
      const user = await filled(client, records);
      const stale = await reported(client, user, `${count(records)} records, sums of all days stale`);
      await client.query("select public.refresh_cost_records_daily()");
      return [stale, await reported(client, user, `${count(records)} records, sums fresh`)];
    } finally {
      await client.end();
      await server.stop();
    }
  },
};

/** A user with so many calls of half a year, with 200 keys and four models. */
const filled = async (client: pg.Client, records: number): Promise<string> => {
  const user = randomUUID();
  await client.query((await authSql()) + supabaseDefaults);
  await migrate((sql) => client.query(sql));
  await client.query("insert into auth.users (id, email) values ($1, 'bench@example.com')", [user]);
  await client.query(
    `insert into public.cost_records (
       id, user_id, provider_id, timestamp, model_name, cost_usd, tokens_used, input_tokens, output_tokens, request_count,
       collection_method, account, project, api_key, metadata
     )
     select
       gen_random_uuid(), $1, (select p.id from public.providers p where p.name = 'openrouter'),
       timestamptz '2026-06-01Z' + n * interval '180 days' / $2::int, 'model-' || n / 200 % 4, n % 1000 * 0.000123,
       300, 200, 100, 1, 'csv_import', 'acme', 'project-' || n % 20, 'key-' || n % 200, '{"cost_basis": "billed"}'
     from generate_series(1, $2::int) n`,
    [user, records],
  );
  // In another time zone, every sum is stale.
  await client.query(
    "insert into public.user_preferences (user_id, timezone) values ($1, 'Europe/Berlin') on conflict (user_id) do update set timezone = excluded.timezone",
    [user],
  );
  await client.query("analyze");
  return user;
};

const reported = async (client: pg.Client, user: string, title: string): Promise<Comparison> => {
  const all: Measure = {
    name: "one sum of all records",
    seconds: await secondsOf(() =>
      client.query("select model_name, sum(cost_usd), sum(tokens_used) from public.cost_records group by 1"),
    ),
    megabytes: null,
  };
  const measures: Measure[] = [];
  const slowest: Measure[] = [];
  for (const { name, hours, ...query } of QUERIES) {
    const calls = new Calls(client, user);
    const asked = { from_date: null, to_date: null, ...query };
    const seconds = await secondsOf(() =>
      spendInSpans(calls, hours ? "get_fine_spend" : "get_daily_spend", asked, {
        ...SPEND_LIMITS,
        atOnce: 1,
      }),
    );
    measures.push({ name, seconds, megabytes: null });
    slowest.push({ name: `${name}, the slowest call`, seconds: calls.slowest, megabytes: null });
  }
  return {
    title: `Reports on native PostgreSQL, ${title}`,
    measures: [all, ...measures, ...slowest],
    demands: slowest.map(({ name, seconds }) => ({
      what: `${name}: at most ${TIMEOUT} s`,
      measured: `${seconds.toFixed(2)} s`,
      met: seconds <= TIMEOUT,
    })),
  };
};

const secondsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};

/** Calls as a signed-in user, each a transaction of its own, and how long the slowest took. */
class Calls implements Answers<keyof Api> {
  slowest = 0;

  constructor(
    readonly client: pg.Client,
    readonly user: string,
  ) {}

  async call<Name extends keyof Api>(name: Name, args: Api[Name]["args"]): Promise<Api[Name]["result"]> {
    const claims = JSON.stringify({ sub: this.user, role: "authenticated" });
    const names = Object.keys(args).map((key, at) => `${key} => $${at + 1}`);
    await this.client.query("begin");
    try {
      await this.client.query(
        "select set_config('request.jwt.claims', $1, true), set_config('role', 'authenticated', true)",
        [claims],
      );
      await this.client.query(`set local statement_timeout = '${TIMEOUT}s'`);
      const start = performance.now();
      const { rows } = await this.client.query<{ answer: Api[Name]["result"] }>(
        `select public.${name}(${names.join(", ")}) as answer`,
        Object.values(args),
      );
      this.slowest = Math.max(this.slowest, (performance.now() - start) / 1000);
      return rows[0]!.answer;
    } finally {
      await this.client.query("rollback");
    }
  }
}
