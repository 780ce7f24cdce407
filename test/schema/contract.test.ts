import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { functionsOf, relationsOf } from "../support/catalog.js";
import { backends, signUp, type Database, wholeDatabase } from "../support/database.js";
import { bring } from "../support/layers.js";
import { costRecord } from "../support/records.js";

/** Tables and columns that the description of the database names, with the types that they have at least. */
const TABLES: Record<string, Record<string, RegExp>> = {
  providers: {
    id: /^uuid$/,
    name: /^character varying/,
    display_name: /^character varying/,
    api_base_url: /^character varying/,
    is_active: /^boolean$/,
    owner_id: /^uuid$/,
    metadata: /^jsonb$/,
  },
  api_credentials: {
    id: /^uuid$/,
    user_id: /^uuid$/,
    provider_id: /^uuid$/,
    credential_name: /^character varying/,
    encrypted_api_key: /^text$/,
    encryption_key_id: /^character varying/,
    is_active: /^boolean$/,
    validation_status: /^character varying/,
    metadata: /^jsonb$/,
  },
  cost_records: {
    id: /^uuid$/,
    user_id: /^uuid$/,
    provider_id: /^uuid$/,
    timestamp: /^timestamp with time zone$/,
    granularity: /^character varying/,
    model_name: /^character varying/,
    cost_usd: /^numeric\(18,10\)$/,
    estimated_cost_usd: /^numeric\(18,10\)$/,
    tokens_used: /^bigint$/,
    input_tokens: /^bigint$/,
    output_tokens: /^bigint$/,
    cache_read_tokens: /^bigint$/,
    cache_write_tokens: /^bigint$/,
    request_count: /^bigint$/,
    collection_method: /^character varying/,
    sheet_id: /^uuid$/,
    account: /^character varying/,
    metadata: /^jsonb$/,
  },
  cost_records_daily: {
    user_id: /^uuid$/,
    provider_id: /^uuid$/,
    date: /^date$/,
    model_name: /^character varying/,
    total_cost_usd: /^numeric/,
    total_tokens: /^bigint$/,
    total_input_tokens: /^bigint$/,
    total_output_tokens: /^bigint$/,
    total_cache_read_tokens: /^bigint$/,
    total_cache_write_tokens: /^bigint$/,
    total_requests: /^bigint$/,
    record_count: /^bigint$/,
  },
  forecast_results: {
    id: /^uuid$/,
    user_id: /^uuid$/,
    provider_id: /^uuid$/,
    model_name: /^character varying/,
    forecast_date: /^date$/,
    predicted_cost_usd: /^numeric/,
    lower_bound_80: /^numeric/,
    upper_bound_80: /^numeric/,
    lower_bound_95: /^numeric/,
    upper_bound_95: /^numeric/,
    confidence_score: /^numeric\(3,2\)$/,
    model_version: /^character varying/,
    training_data_start: /^date$/,
    training_data_end: /^date$/,
    training_record_count: /^integer$/,
    metadata: /^jsonb$/,
  },
  user_preferences: {
    user_id: /^uuid$/,
    currency: /^character varying/,
    timezone: /^character varying/,
    theme: /^character varying/,
    default_date_range: /^character varying/,
    email_notifications: /^boolean$/,
    forecast_enabled: /^boolean$/,
    metadata: /^jsonb$/,
  },
  imports: {
    id: /^uuid$/,
    user_id: /^uuid$/,
    seq: /^bigint$/,
    sha256: /^character varying/,
    status: /^character varying/,
  },
  sheets: {
    id: /^uuid$/,
    user_id: /^uuid$/,
    day: /^date$/,
    account: /^character varying/,
    counts: /^boolean$/,
  },
  attestations: { import_id: /^uuid$/, sheet_id: /^uuid$/, user_id: /^uuid$/ },
  edits: { record_id: /^uuid$/, user_id: /^uuid$/, changes: /^jsonb$/ },
  sync_states: {
    credential_id: /^uuid$/,
    user_id: /^uuid$/,
    feed: /^character varying/,
    complete_through: /^date$/,
    memory: /^jsonb$/,
    synced_at: /^timestamp with time zone$/,
  },
  audit_log: { user_id: /^uuid$/, action: /^character varying/, created_at: /^timestamp with time zone$/ },
};

const INDEXES: Record<string, RegExp> = {
  cost_records_user_timestamp_idx: /\(user_id, "timestamp" DESC\)/,
  cost_records_provider_timestamp_idx: /\(provider_id, "timestamp" DESC\)/,
  cost_records_timestamp_idx: /\("timestamp" DESC\)/,
  cost_records_user_provider_idx: /\(user_id, provider_id, "timestamp" DESC\)/,
  cost_records_daily_unique_idx: /^CREATE UNIQUE .*\(user_id, provider_id, date, model_name\)/,
  cost_records_daily_user_date_idx: /\(user_id, date DESC\)/,
  cost_records_daily_date_idx: /\(date DESC\)/,
  forecast_results_user_date_idx: /\(user_id, forecast_date DESC\)/,
  forecast_results_provider_date_idx: /\(provider_id, forecast_date DESC\)/,
  api_credentials_user_id_idx: /\(user_id\)/,
  api_credentials_active_idx: /\(user_id, is_active\) WHERE \(is_active = true\)/,
};

/** The queries that the description of the database gives as examples, as a signed-in user runs them. */
const QUERIES = {
  "costs of the last 30 days": `
    SELECT DATE(timestamp) AS date, SUM(cost_usd) AS daily_cost
    FROM cost_records
    WHERE user_id = auth.uid() AND timestamp >= NOW() - INTERVAL '30 days'
    GROUP BY DATE(timestamp)
    ORDER BY date DESC`,
  "total spend of a user": `
    SELECT get_user_total_spend(auth.uid(), '2026-01-01'::TIMESTAMPTZ, '2027-01-01'::TIMESTAMPTZ)`,
  "top models of a user": `
    SELECT * FROM get_top_models_by_spend(auth.uid(), '2026-01-01'::TIMESTAMPTZ, '2027-01-01'::TIMESTAMPTZ, 5)`,
  "a new partition": "SELECT create_monthly_partition(2028, 1)",
  "a refresh": "SELECT refresh_cost_records_daily()",
  "who am I": "SELECT auth.uid()",
};

/** Those that only the owner of the database may run. */
const OWNER_QUERIES = {
  "provider breakdown from the materialized view": `
    SELECT p.display_name, SUM(crd.total_cost_usd) AS total_cost
    FROM cost_records_daily crd
    JOIN providers p ON p.id = crd.provider_id
    WHERE crd.date >= DATE '2026-11-01' - INTERVAL '30 days'
    GROUP BY p.display_name
    ORDER BY total_cost DESC`,
  "a refresh by hand": "REFRESH MATERIALIZED VIEW CONCURRENTLY cost_records_daily",
  "vacuum of the records": "VACUUM ANALYZE cost_records",
  "vacuum of the daily sums": "VACUUM ANALYZE cost_records_daily",
  "sizes of the tables": `
    SELECT schemaname, tablename,
      pg_size_pretty(pg_total_relation_size(schemaname||'.'||tablename)) AS size
    FROM pg_tables
    WHERE schemaname = 'public'
    ORDER BY pg_total_relation_size(schemaname||'.'||tablename) DESC`,
  "the policies of a table": "SELECT * FROM pg_policies WHERE tablename = 'cost_records'",
};

describe.each(backends)("the schema on $name", (backend) => {
  let db: Database;
  let user: string;
  beforeAll(async () => {
    db = await wholeDatabase(backend);
    user = await signUp(db);
    await db.asUser(user, (me) =>
      bring(me, [costRecord({ cost_usd: "1.5" }), costRecord({ model_name: "gpt-5-mini", cost_usd: "2" })]),
    );
    await db.asUser(user, (me) => me.call("refresh_cost_records_daily", {}));
  });
  afterAll(() => db.close());

  it.each(Object.entries(TABLES))("has %s with its columns", async (table, columns) => {
    const found = await db.query<{ name: string; type: string }>(
      `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
       where attrelid = to_regclass('public.' || $1) and attnum > 0 and not attisdropped`,
      [table],
    );
    const types = new Map(found.map(({ name, type }) => [name, type]));
    for (const [column, type] of Object.entries(columns)) expect(types.get(column), column).toMatch(type);
  });

  it("keeps every amount and count that a provider can name, exactly", async () => {
    const record = costRecord({
      cost_usd: "99999999.9999999999",
      estimated_cost_usd: "0.0000000001",
      input_tokens: 2 ** 40,
      output_tokens: 1,
      tokens_used: 2 ** 40 + 1,
    });
    const stored = await db.asUser(user, (me) => me.call("add_cost_record", { record }));
    expect(stored).toMatchObject({
      cost_usd: "99999999.9999999999",
      estimated_cost_usd: "0.0000000001",
      tokens_used: 2 ** 40 + 1,
    });
    await db.asUser(user, (me) => me.call("remove_cost_records", { record_ids: [record.id] }));
  });

  it.each(Object.entries(INDEXES))("has the index %s", async (name, definition) => {
    const [index] = await db.query<{ indexdef: string }>(
      "select indexdef from pg_indexes where indexname = $1",
      [name],
    );
    expect(index?.indexdef).toMatch(definition);
  });

  it("has a partition with every index of the parent for each month from 2025-01 to 2027-06", async () => {
    const relations = await relationsOf(db);
    const partitions = relations.filter(({ isPartition }) => isPartition).map(({ name }) => name);
    const months = [2025, 2026, 2027].flatMap((year) =>
      Array.from({ length: year === 2027 ? 6 : 12 }, (_, at) => `${year}_${String(at + 1).padStart(2, "0")}`),
    );
    expect(months).toHaveLength(30);
    expect(partitions).toEqual(expect.arrayContaining(months.map((month) => `cost_records_${month}`)));

    const incomplete = await db.query(
      `select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
       where i.inhparent = 'public.cost_records'::regclass
         and (select count(*) from pg_index x where x.indrelid = c.oid and x.indisvalid)
           <> (select count(*) from pg_index x where x.indrelid = i.inhparent)`,
    );
    expect(incomplete).toEqual([]);
  });

  it("reads only the partitions of the months that are asked for", async () => {
    const plan = await db.query(
      "explain select * from cost_records where timestamp >= '2026-02-01' and timestamp < '2026-03-01'",
    );
    expect(new Set(JSON.stringify(plan).match(/cost_records_\d{4}_\d\d(?!\d|_)/g))).toEqual(
      new Set(["cost_records_2026_02"]),
    );
  });

  it("knows the built-in providers, and users see them", async () => {
    const providers = await db.asUser(user, (me) => me.call("list_providers", {}));
    const builtIn = providers.filter(({ built_in }) => built_in).map(({ name }) => name);
    expect(builtIn).toEqual(
      expect.arrayContaining(["anthropic", "claude-desktop", "openai", "chatgpt", "openrouter", "cursor"]),
    );
  });

  it.each([
    "refresh_cost_records_daily",
    "get_user_total_spend",
    "get_top_models_by_spend",
    "create_monthly_partition",
  ])("has the function %s", async (name) => {
    expect((await functionsOf(db)).filter((fn) => fn.schema === "public" && fn.name === name)).toHaveLength(
      1,
    );
  });

  it("lets no caller's search path into a function, and runs with the owner's rights only in schema private", async () => {
    const functions = await db.query<{
      signature: string;
      schema: string;
      settings: string[];
      definer: boolean;
      inlined: boolean;
    }>(
      `select p.oid::regprocedure::text as signature, n.nspname as schema, p.prosecdef as definer,
         p.provolatile = 'i' as inlined,
         coalesce(to_json(p.proconfig), '[]') as settings
       from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ('public', 'private')`,
    );
    expect(functions.length).toBeGreaterThan(20);
    // What is computed of its arguments only, in schema private, is inlined if it has no setting: a row a microsecond.
    const exposed = functions.filter(({ schema, inlined }) => schema !== "private" || !inlined);
    expect(exposed.filter(({ settings }) => !settings.includes('search_path=""'))).toEqual([]);
    expect(functions.filter(({ schema, definer }) => definer && schema !== "private")).toEqual([]);
  });

  it("has views that read as the user who asks", async () => {
    const views = await db.query<{ name: string; options: string[] | null }>(
      `select relname as name, to_json(reloptions) as options from pg_class
       where relnamespace = 'public'::regnamespace and relkind = 'v'`,
    );
    expect(views.map(({ name }) => name)).toContain("daily_spend");
    for (const { name, options } of views) expect(options, name).toContain("security_invoker=true");
  });

  it.each(Object.entries(QUERIES))("answers a user: %s", async (_, sql) => {
    expect(await db.asUser(user, (me) => me.query(sql))).not.toEqual([]);
  });

  it.each(Object.entries(OWNER_QUERIES))("answers its owner: %s", async (_, sql) => {
    await expect(db.query(sql)).resolves.toBeDefined();
  });

  it("sums a user's spend and ranks the models", async () => {
    await db.asUser(user, async (me) => {
      expect(await me.query(QUERIES["total spend of a user"])).toEqual([
        { get_user_total_spend: "3.5000000000" },
      ]);
      const top = await me.query<{ model_name: string }>(QUERIES["top models of a user"]);
      expect(top.map(({ model_name }) => model_name)).toEqual(["gpt-5-mini", "gpt-5"]);
    });
  });

  it("can give an old partition away and drop it", async () => {
    await db.script(
      "alter table cost_records detach partition cost_records_2025_01; drop table cost_records_2025_01",
    );
    expect((await relationsOf(db)).map(({ name }) => name)).not.toContain("cost_records_2025_01");
    await db.asUser(user, (me) => me.query("select create_monthly_partition(2025, 1)"));
    expect((await relationsOf(db)).map(({ name }) => name)).toContain("cost_records_2025_01");
  });

  it("logs what happens to a credential, and never what is in it", async () => {
    const log = await db.asUser(user, async (me) => {
      await me.query(
        `insert into api_credentials (user_id, provider_id, credential_name, encrypted_api_key, encryption_key_id)
         select auth.uid(), id, 'work', 'secret-1', 'v1' from providers where name = 'openai'`,
      );
      await me.query("update api_credentials set encrypted_api_key = 'secret-2', is_active = false");
      await me.query("delete from api_credentials");
      return me.query<{ action: string; actor_id: string; changed_columns: string[] }>(
        "select * from audit_log order by id",
      );
    });
    expect(log.map(({ action }) => action)).toEqual(["created", "changed", "deleted"]);
    expect(log[1]?.changed_columns).toEqual(["encrypted_api_key", "is_active"]);
    expect(new Set(log.map(({ actor_id }) => actor_id))).toEqual(new Set([user]));
    expect(JSON.stringify(log)).not.toContain("secret-");
  });

  it("makes preferences when a user signs up", async () => {
    expect(await db.asUser(await signUp(db), (me) => me.call("get_preferences", {}))).toMatchObject({
      currency: "USD",
      timezone: "UTC",
      theme: "system",
      default_date_range: "30d",
    });
  });

  it("lets a user go with everything that is theirs", async () => {
    const leaving = await signUp(db);
    await db.asUser(leaving, async (me) => {
      const own = await me.call("add_provider", { name: "my-gateway", display_name: "Mine" });
      const record = costRecord({ provider: "my-gateway" });
      const head = { series: "mine" };
      for (const cost_usd of ["1", "2", "3"]) await bring(me, [{ ...record, cost_usd }], { head });
      await me.call("edit_cost_record", { record_id: record.id, changes: { cost_usd: "4" } });
      await me.query(
        `insert into api_credentials (id, user_id, provider_id, credential_name, encrypted_api_key, encryption_key_id)
         values ($1, auth.uid(), $1, 'work', 'a JWE', 'v1')`,
        [own.id],
      );
      await me.call("save_sync_state", {
        credential_id: own.id,
        feed: "cost",
        complete_through: "2026-11-05",
        memory: null,
      });
    });
    await db.query("delete from auth.users where id = $1", [leaving]);
    for (const { name, kind, columns } of await relationsOf(db)) {
      const owner = ["user_id", "owner_id"].find((column) => columns.includes(column));
      if (owner === undefined || kind === "materialized" || kind === "view") continue;
      expect(await db.query(`select from public.${name} where ${owner} = $1`, [leaving]), name).toEqual([]);
    }
  });
});
