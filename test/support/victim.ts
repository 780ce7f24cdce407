import { randomUUID } from "node:crypto";
import { ARCHIVE_KINDS, type NewBudget, type NewForecast } from "../../src/lib/api.js";
import type { Relation, SqlFunction } from "./catalog.js";
import type { Database, Session } from "./database.js";
import { beginLayer, bring, layerOf, rowTexts } from "./layers.js";
import { costRecord, importHead, storedMetadata } from "./records.js";

/** Whose rows nobody else may see or change; and what another user would have to guess to get at them. */
export interface Victim {
  ids: Record<
    "user" | "import" | "running" | "record" | "provider" | "credential" | "subscription" | "credit",
    string
  >;
  /** Whether a text tells something of this user's rows. */
  isIn: (text: string) => boolean;
}

/** Gives a user a row in every table, the way that the program does it. The mark is in each text of it. */
export const fill = async (db: Database, user: string, mark: string, amount: string): Promise<Victim> => {
  const record = costRecord({ provider: `${mark}-gateway`, model_name: `${mark}-model`, cost_usd: amount });
  const added = await db.asUser(user, async (me) => {
    await me.call("set_preferences", {
      changes: { metadata: { tags: [{ tag: mark, field: "project", pattern: mark }] } },
    });
    await me.call("set_rate", { currency: "EUR", day: "2026-11-05", usd: amount });
    await me.call("add_rate_days", { days: [{ day: "2026-11-05", rates: { USD: amount } }] });
    const added = await me.call("add_provider", { name: `${mark}-gateway`, display_name: mark });
    const series = { series: mark, source_name: `${mark}.csv` };
    await bring(me, [{ ...record, cost_usd: "1" }], { head: series, account: mark, project: mark });
    const { id: later } = await bring(me, [record], { head: series, account: mark, project: mark });
    await me.call("edit_cost_record", { record_id: record.id, changes: { request_count: 2 } });
    // One that is cut short in the middle of settling leaves days to be settled.
    const begun = await beginLayer(me, layerOf([record], { head: { series: mark } }));
    await me.query("insert into public.unsettled_days (user_id, series, day) values ($1, $2, '2026-11-09')", [
      user,
      mark,
    ]);
    const { id: credential } = await me.call("add_credential", {
      credential: {
        id: randomUUID(),
        provider: `${mark}-gateway`,
        name: mark,
        encrypted_api_key: "a JWE",
        encryption_key_id: "v1",
        validation_status: "valid",
        metadata: storedMetadata({ masked: mark }),
      },
    });
    await me.call("save_sync_state", {
      credential_id: credential,
      feed: mark,
      complete_through: "2026-11-05",
      memory: { balance: amount },
    });
    const price = { provider: null, model: mark, since: null, rates: { input_mtok: amount } };
    await me.call("set_price", { price });
    await me.call("add_price_list", {
      import: {
        id: randomUUID(),
        source_name: `${mark}.json`,
        format: "prices",
        sha256: mark,
        first_day: null,
        last_day: null,
      },
      since: "2026-11-01",
      rows: [price],
    });
    const { id: subscription } = await me.call("add_subscription", {
      subscription: {
        provider: `${mark}-gateway`,
        name: mark,
        plan: mark,
        period: "month",
        currency: "USD",
        // Free, so that it changes no sum that is told by its amount.
        prices: [{ from: "2026-11-01", cost: "0", is_listed: false }],
        seats: 1,
        tax_percent: null,
        since: "2026-11-01",
        trial_until: null,
      },
      entries: null,
    });
    await me.call("set_budget", { budget: budgetOf(mark, amount) });
    await me.call("claim_notices", { keys: [mark] });
    await me.call("save_forecasts", {
      forecasts: [forecastOf(null, null, { mark }, amount), forecastOf(`${mark}-gateway`, mark, {}, amount)],
    });
    const { id: credit } = await me.call("save_credit_entry", {
      entry: {
        id: randomUUID(),
        provider: `${mark}-gateway`,
        kind: "grant",
        timestamp: "2026-11-05T00:00:00Z",
        granularity: "day",
        usd: amount,
        expires_on: null,
        metadata: { note: mark },
      },
    });
    return { provider: added.id, credential, subscription, credit, import: later!, running: begun.id! };
  });
  const isOwner = new RegExp(`"(user|owner)_id": ?"${user}"`);
  return {
    ids: { user, record: record.id, ...added },
    isIn: (text) => text.includes(mark) || text.includes(amount) || isOwner.test(text),
  };
};

const budgetOf = (name: string, amount: string): NewBudget => ({
  ...{ name, amount, currency: "USD", period: "month", reset_day: null },
  ...{ providers: [name], models: [name], projects: [name], tags: [name], kinds: ["usage"] },
});

const forecastOf = (
  provider: string | null,
  model_name: string | null,
  metadata: Record<string, string>,
  amount: string,
): NewForecast => ({
  provider,
  model_name,
  model_version: "test",
  confidence_score: "0.5",
  training_data_start: "2026-10-01",
  training_data_end: "2026-11-30",
  training_record_count: 61,
  metadata,
  days: [["2026-12-01", amount, "0", amount, "0", amount]],
});

/**
 * Every row of the victim, each with the transaction that wrote it: equal lists mean that nothing touched them.
 * Partitions and materialized views are left out; their rows are those of their parents.
 */
export const rowsOfVictim = async (
  db: Session,
  relations: readonly Relation[],
  victim: Victim,
): Promise<string[]> => {
  const tables = relations.filter(
    ({ kind, isPartition }) => (kind === "table" && !isPartition) || kind === "partitioned",
  );
  const rows = await db.query<{ row: string }>(
    tables
      .map(
        ({ name }) =>
          `select concat_ws(' ', t.tableoid::regclass, t.xmin, row_to_json(t)) as row from public.${name} t`,
      )
      .join(" union all "),
  );
  return rows
    .map(({ row }) => row)
    .filter(victim.isIn)
    .sort();
};

/** Arguments by name. */
export type Arguments = Record<string, unknown>;

/** Functions whose kinds are those of an archive's rows. */
const OF_ARCHIVES = /archive|restore|export/;

/** Calls of a function that aim each of the victim's ids at it, and each kind of thing where it takes a kind. */
export const aimedCalls = ({ name, names, types }: SqlFunction, victim: Victim): Arguments[] => {
  const kinds = names.includes("kind") && OF_ARCHIVES.test(name) ? ARCHIVE_KINDS : [undefined];
  const calls = Object.values(victim.ids).flatMap((id) =>
    kinds.map((kind) =>
      Object.fromEntries(
        names.map((name, at) => [
          name,
          name === "kind" && kind !== undefined ? kind : aimed(types[at]!, name, id, victim),
        ]),
      ),
    ),
  );
  // Not every function takes an id.
  return [...new Map(calls.map((call) => [JSON.stringify(call), call])).values()];
};

const aimedSubscription = {
  provider: "chatgpt",
  name: "aimed",
  plan: "plus",
  period: "month",
  currency: "USD",
  prices: [{ from: "2026-11-01", cost: "20", is_listed: false }],
  seats: 1,
  since: "2026-11-01",
};

const aimedCredit = {
  provider: "openai",
  kind: "set",
  timestamp: "2026-11-05T00:00:00Z",
  granularity: "day",
  usd: "1",
  expires_on: null,
  metadata: {},
};

const aimed = (type: string, name: string, id: string, { ids }: Victim): unknown => {
  const isEnd = /^(to|end)_/.test(name);
  const record = costRecord({ id: ids.record, cost_usd: "1" });
  switch (type) {
    case "uuid":
      return id;
    case "text":
      if (name === "rows") return rowTexts([{ sheet: 0, record }]);
      if (name === "currency") return "EUR";
      if (name === "usd") return "1.1";
      if (name === "paid_by") return "key";
      if (name === "entries") return "take_over";
      return name === "after" ? null : id;
    case "integer[]":
      return [0];
    case "text[]":
    case "uuid[]":
      return [id];
    case "date[]":
      return ["2026-11-05"];
    case "integer":
      return { year: 2026, skip_rows: 0 }[name] ?? 11;
    case "boolean":
      return false;
    case "date":
    case "timestamp with time zone":
      return isEnd ? "2027-12-31" : "2015-01-01";
    case "jsonb": {
      const head = importHead({
        id: ids.import,
        source_name: "aimed.csv",
        sha256: "a".repeat(64),
        series: "aimed",
      });
      if (name === "needs") return {};
      if (name === "budget") return budgetOf("aimed", "1");
      if (name === "subscription") return aimedSubscription;
      if (name === "entry") return { ...aimedCredit, id };
      if (name === "estimates")
        return [
          { sheet: id, id: ids.record, timestamp: record.timestamp, usd: "1", price: "aimed", note: null },
        ];
      if (name === "price")
        return { provider: null, model: "aimed", since: null, rates: { input_mtok: "1" } };
      if (name === "forecasts") return [forecastOf(null, null, { id }, "1")];
      if (name === "days") return [{ day: "2026-11-05", rates: { USD: "1.1" } }];
      if (name === "sheets") return layerOf([record]).sheets;
      return name === "rows"
        ? [record]
        : { ...head, cost_usd: "1", id, max_rows: 100, cancelled_on: "2026-11-02" };
    }
    default:
      return null;
  }
};
