import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import type { NewCreditEntry, NewRecord } from "../../src/lib/api.js";
import { ledgersOf } from "../../src/lib/credits/ledger.js";
import { decimal, plain, plainSum } from "../../src/lib/money.js";
import { backends, type Database, eachWithUser, signUp } from "../support/database.js";
import { costRecord } from "../support/records.js";

// `npm run endure` sets how many are tried.
const RUNS = { numRuns: Number(process.env["AICOST_ENDURE_RUNS"] ?? 6) };
const LONG = 60_000 + RUNS.numRuns * 10_000;

const topUp = (timestamp: string, usd: string, more: Partial<NewRecord> = {}): NewRecord => ({
  ...costRecord({ provider: "openrouter", kind: "top_up", cost_usd: "0", topup_usd: usd, timestamp }),
  granularity: "event",
  collection_method: "manual_entry",
  model_name: null,
  tokens_used: null,
  input_tokens: null,
  output_tokens: null,
  request_count: null,
  metadata: { cost_basis: "billed" },
  ...more,
});

const entry = (more: Partial<NewCreditEntry> = {}): NewCreditEntry => ({
  id: randomUUID(),
  provider: "openrouter",
  kind: "set",
  timestamp: "2026-11-10T10:00:00Z",
  granularity: "event",
  usd: "40",
  expires_on: null,
  metadata: {},
  ...more,
});

describe.each(backends)("prepaid credit on $name", (backend) => {
  let db: Database;
  let user: string;
  eachWithUser(backend, (scene) => ({ db, user } = scene));

  const of = (someone: string) => ({
    call: ((name, args) => db.asUser(someone, (session) => session.call(name, args))) as Database["call"],
  });
  const me = { call: ((name, args) => of(user).call(name, args)) as Database["call"] };
  const balances = async (someone = user) =>
    ledgersOf(await of(someone).call("get_credits", {}), "2026-12-31").map(({ provider, balance }) => [
      provider,
      plain(balance),
    ]);

  it("has nothing without a top-up", async () => {
    await me.call("add_cost_record", { record: costRecord() });
    expect(await me.call("get_credits", {})).toEqual({ entries: [], usage: [], splits: null });
  });

  const ZONES = ["UTC", "Asia/Tokyo", "America/Los_Angeles", "Pacific/Kiritimati", "Asia/Kolkata"];
  const hour = fc.integer({ min: 0, max: 6 * 24 - 1 });
  const cents = fc.integer({ min: 1, max: 500 }).map((amount) => plain(decimal(String(amount)).div(100)));
  const moment = (hours: number): string =>
    Temporal.Instant.from("2026-11-07T00:30:00Z").add({ hours }).toString();

  it(
    "counts the usage of UTC days from the first top-up or the last balance on, in any zone",
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.record({
            zone: fc.constantFrom(...ZONES),
            used: fc.array(fc.tuple(hour, cents), { minLength: 6, maxLength: 14 }),
            bought: fc.tuple(hour, cents),
            set: fc.option(fc.tuple(hour, cents)),
            refresh: fc.boolean(),
          }),
          async ({ zone, used, bought, set, refresh }) => {
            const someone = await signUp(db);
            const { call } = of(someone);
            if (zone !== "UTC") await call("set_preferences", { changes: { timezone: zone } });
            for (const [at, usd] of used)
              await call("add_cost_record", {
                record: {
                  ...costRecord({ provider: "openrouter", cost_usd: usd, timestamp: moment(at) }),
                  granularity: "event",
                },
              });
            await call("add_top_up", { record: topUp(moment(bought[0]), bought[1]), fee: null });
            if (set !== null)
              await call("save_credit_entry", { entry: entry({ timestamp: moment(set[0]), usd: set[1] }) });
            if (refresh) await call("refresh_cost_records_daily", {});
            const isSet = set !== null;
            const start = moment(isSet ? set[0] : bought[0]);
            const since = start.slice(0, 10);
            const counted = used.filter(([at]) => moment(at).slice(0, 10) >= since).map(([, usd]) => usd);
            const added = isSet ? [set[1], ...(moment(bought[0]) > start ? [bought[1]] : [])] : [bought[1]];
            // Of the same moment, the balance comes first.
            if (isSet && set[0] === bought[0]) added.push(bought[1]);
            const expected = plain(decimal(plainSum(added)).minus(plainSum(counted)));
            expect(await balances(someone), JSON.stringify({ zone, since })).toEqual([
              ["openrouter", expected],
            ]);
          },
        ),
        RUNS,
      );
    },
    LONG,
  );

  it("adds a top-up and its fee together, or neither, and removes them together", async () => {
    const record = topUp("2026-11-03T10:00:00Z", "100");
    const fee: NewRecord = {
      ...topUp(record.timestamp, "5.5"),
      kind: "fee",
      cost_usd: "5.5",
      topup_usd: null,
      metadata: { cost_basis: "billed", fee_of: record.id },
    };
    await expect(
      me.call("add_top_up", { record, fee: { ...fee, provider: "nobody" } }),
    ).rejects.toMatchObject({ detail: "provider_unknown" });
    expect(await me.call("list_cost_records", { filters: { max_rows: 9 } })).toMatchObject({ total: 0 });
    await me.call("add_top_up", { record, fee });
    expect(await balances()).toEqual([["openrouter", "100"]]);
    const other = topUp("2026-11-04T10:00:00Z", "7");
    await me.call("add_top_up", { record: other, fee: null });
    expect(await me.call("remove_credit_entry", { entry_id: record.id.slice(0, 13) })).toMatchObject({
      entry: null,
      record: { id: record.id },
      fee: { id: fee.id, cost_usd: "5.5" },
    });
    expect(await balances()).toEqual([["openrouter", "7"]]);
    expect(await me.call("list_cost_records", { filters: { max_rows: 9 } })).toMatchObject({ total: 1 });
    await expect(me.call("remove_credit_entry", { entry_id: record.id })).rejects.toMatchObject({
      detail: "credit_not_found",
    });
  });

  it("keeps one balance for a moment, and goes back to what was before when it is removed", async () => {
    await me.call("add_top_up", { record: topUp("2026-11-03T10:00:00Z", "100"), fee: null });
    await me.call("save_credit_entry", { entry: entry() });
    const second = entry({ usd: "41" });
    await me.call("save_credit_entry", { entry: second });
    // Its answer was lost.
    await me.call("save_credit_entry", { entry: second });
    expect(await balances()).toEqual([["openrouter", "41"]]);
    expect((await me.call("get_credits", {})).entries).toHaveLength(2);
    expect(await me.call("remove_credit_entry", { entry_id: second.id })).toMatchObject({
      entry: { id: second.id, usd: "41" },
      record: null,
    });
    expect(await balances()).toEqual([["openrouter", "100"]]);
  });

  it("is nobody else's", async () => {
    const mine = await me.call("save_credit_entry", { entry: entry() });
    const other = await signUp(db);
    expect(await of(other).call("get_credits", {})).toMatchObject({ entries: [], usage: [] });
    await expect(of(other).call("remove_credit_entry", { entry_id: mine.id })).rejects.toMatchObject({
      detail: "credit_not_found",
    });
    // The same id is another entry for somebody else.
    await of(other).call("save_credit_entry", { entry: entry({ id: mine.id, usd: "1" }) });
    expect(await balances()).toEqual([["openrouter", "40"]]);
    expect(await balances(other)).toEqual([["openrouter", "1"]]);
  });
});
