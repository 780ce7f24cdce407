import { describe, expect, it } from "vitest";
import type { CostRecord } from "../../src/lib/record/record.js";
import { backends, type Database, eachWithUser, signUp } from "../support/database.js";
import { beginLayer, bringLayer, type Caller, layerOf, undoLayer } from "../support/layers.js";
import { costRecord } from "../support/records.js";

const ID = "11111111-1111-5111-8111-111111111111";

const SERIES = "agent/codex";

/** A call of an agent whose log does not say who pays. */
const call = (given: Partial<CostRecord> = {}): CostRecord =>
  costRecord({
    id: ID,
    timestamp: "2026-11-20T23:30:00.250Z",
    cost_usd: "0",
    estimated_cost_usd: "0.5",
    collection_method: "agent_log",
    agent: "codex",
    session: "s-1",
    project: "work/harbour",
    ...given,
    metadata: { cost_basis: "included", price: "list", paid_by: "unknown", ...given.metadata },
  });

/** As `aicost scan` sends it. */
const scanned = (...records: CostRecord[]) =>
  layerOf(records, {
    head: { series: SERIES, feed: SERIES, format: SERIES, reading: SERIES, sha256: "a".repeat(64) },
    isEvents: true,
    detail: 1,
  });

describe.each(backends)("calls of coding agents on $name", (backend) => {
  let db: Database;
  let user: string;
  eachWithUser(backend, (scene) => ({ db, user } = scene));
  const as = (who: string): Caller => ({ call: (name, args) => db.asUser(who, (me) => me.call(name, args)) });
  const me: Caller = { call: (name, args) => as(user).call(name, args) };
  const found = () => me.call("find_calls", { ids: [ID] });

  it("are found by their ids once their scan is finished, the fullest first, by nobody else", async () => {
    const begun = await db.asUser(user, (session) => beginLayer(session, scanned(call())));
    expect(await found()).toEqual({});
    const first = await bringLayer(me, scanned(call()));
    expect(first.id).toBe(begun.id);
    await bringLayer(me, scanned(call({ output_tokens: 90, tokens_used: 190 })));
    const said = { project: "work/harbour", session: "s-1", paid_by: "unknown", paid_by_user: false };
    expect(await found()).toEqual({
      [ID]: { at: "2026-11-20T23:30:00.25Z", tokens: 190, may_be_copy: false, ...said },
    });
    const scans = { standing: 2, undone: 0, last_at: expect.any(String) as string };
    expect(await me.call("list_scans", {})).toEqual({ codex: scans });

    const other = as(await signUp(db));
    expect(await other.call("find_calls", { ids: [ID] })).toEqual({});
    expect(await other.call("list_scans", {})).toEqual({});
    expect(await other.call("list_sessions", { from_date: null, to_date: null })).toEqual([]);
    expect(await other.call("settle_agent", { agent: "codex", paid_by: "key", since: null })).toBe(0);
    await undoLayer(me, first.id!);
    expect(await me.call("list_scans", {})).toMatchObject({ codex: { standing: 1, undone: 1 } });
  });

  it("let the original of what may be a copy count, even with fewer tokens", async () => {
    await bringLayer(
      me,
      scanned(call({ tokens_used: 900, metadata: { cost_basis: "included", may_be_copy: true } })),
    );
    await bringLayer(me, scanned(call()));
    const { records } = await me.call("list_cost_records", { filters: { max_rows: 10 } });
    expect(records.map(({ tokens_used }) => tokens_used)).toEqual([150]);
    expect(await found()).toMatchObject({ [ID]: { tokens: 150, may_be_copy: false } });
  });

  it("are taken back, and stay away when they come again; by nobody else", async () => {
    await bringLayer(me, scanned(call()));
    expect(await as(await signUp(db)).call("withdraw_calls", { ids: [ID] })).toBe(0);
    expect(await me.call("withdraw_calls", { ids: [ID] })).toBe(1);
    expect(await me.call("withdraw_calls", { ids: [ID] })).toBe(0);
    await bringLayer(me, scanned(call({ output_tokens: 90, tokens_used: 190 })));
    expect((await me.call("list_cost_records", { filters: { max_rows: 10 } })).records).toEqual([]);
    expect(await me.call("get_daily_spend", { from_date: null, to_date: null, split_by: [] })).toEqual([]);
  });

  it("are settled from a day of the user's on, if their log does not say who pays", async () => {
    await me.call("set_preferences", { changes: { timezone: "Asia/Kolkata" } });
    const early = "22222222-2222-5222-8222-222222222222";
    const certain = "33333333-3333-5333-8333-333333333333";
    await bringLayer(
      me,
      scanned(
        call(),
        call({ id: early, timestamp: "2026-11-20T18:29:00Z" }),
        call({ id: certain, metadata: { cost_basis: "included", paid_by: "plan" } }),
      ),
    );
    // In India, the 21st begins at 18:30 UTC.
    expect(await me.call("settle_agent", { agent: "codex", paid_by: "key", since: "2026-11-21" })).toBe(1);
    expect(await me.call("settle_agent", { agent: "codex", paid_by: "key", since: "2026-11-21" })).toBe(0);
    const days = await me.call("get_daily_spend", { from_date: null, to_date: null, split_by: [] });
    expect(days.map((day) => [day.date, day.estimated_usd, day.included_usd])).toEqual([
      ["2026-11-20", "0", "0.5"],
      ["2026-11-21", "0.5", "0.5"],
    ]);
    expect(await me.call("settle_agent", { agent: "codex", paid_by: "plan", since: null })).toBe(2);
  });

  it("are summed by session, on the days of a range", async () => {
    const later = "44444444-4444-5444-8444-444444444444";
    await bringLayer(
      me,
      scanned(call(), call({ id: later, timestamp: "2026-11-21T00:10:00Z", project: null })),
    );
    const [session, ...none] = await me.call("list_sessions", { from_date: null, to_date: null });
    expect(none).toEqual([]);
    expect(session).toEqual({
      ...{ agent: "codex", session: "s-1", project: "work/harbour", models: ["gpt-5"], calls: 2 },
      ...{ first_at: "2026-11-20T23:30:00.25Z", last_at: "2026-11-21T00:10:00Z" },
      ...{ input_tokens: 200, output_tokens: 100, cache_read_tokens: null, cache_write_tokens: null },
      ...{ included_usd: "1", estimated_usd: "0", unpriced_tokens: 0 },
    });
    const [part] = await me.call("list_sessions", { from_date: "2026-11-21", to_date: "2026-11-21" });
    expect(part).toMatchObject({ calls: 1, included_usd: "0.5", project: null });
  });
});
