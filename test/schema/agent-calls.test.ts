import { describe, expect, it } from "vitest";
import { backends, type Database, eachWithUser, signUp } from "../support/database.js";
import {
  beginLayer,
  bringLayer,
  type Caller,
  layerOf,
  type RowRecord,
  undoLayer,
} from "../support/layers.js";
import { costRecord } from "../support/records.js";

const ID = "11111111-1111-5111-8111-111111111111";
const FIRST = "aaaaaaaa-1111-5111-8111-111111111111";
const SECOND = "bbbbbbbb-1111-5111-8111-111111111111";

const SERIES = "agent/codex";

/** A quarter of an hour of an agent whose log does not say who pays, with a call. */
const quarter = (given: Partial<RowRecord> = {}): RowRecord => ({
  ...costRecord({
    id: ID,
    timestamp: "2026-11-20T23:30:00.000Z",
    granularity: "hour",
    cost_usd: "0",
    estimated_cost_usd: "0.5",
    request_count: 1,
    collection_method: "agent_log",
    agent: "codex",
    session: "s-1",
    project: "work/harbour",
  }),
  calls: [FIRST],
  call_counts: "250 100 50",
  ...given,
  metadata: {
    cost_basis: "included",
    price: "list",
    paid_by: "unknown",
    first_at: "2026-11-20T23:30:00.250Z",
    last_at: "2026-11-20T23:30:00.250Z",
    ...given.metadata,
  },
});

/** It knows of another call of the same quarter. */
const FULLER = quarter({
  output_tokens: 90,
  tokens_used: 190,
  request_count: 2,
  calls: [FIRST, SECOND],
  call_counts: "250 100 50,9000 0 40",
});

/** As `aicost scan` sends it. */
const scanned = (machine: string, ...records: RowRecord[]) =>
  layerOf(records, {
    head: { series: SERIES, feed: SERIES, format: SERIES, reading: SERIES, sha256: machine.repeat(64) },
    isEvents: true,
    detail: 1,
  });

describe.each(backends)("calls of coding agents on $name", (backend) => {
  let db: Database;
  let user: string;
  eachWithUser(backend, (scene) => ({ db, user } = scene));
  const as = (who: string): Caller => ({ call: (name, args) => db.asUser(who, (me) => me.call(name, args)) });
  const me: Caller = { call: (name, args) => as(user).call(name, args) };
  const found = async (caller: Caller = me, calls = [FIRST]) =>
    (await caller.call("find_calls", { ids: [], calls })).map(({ calls, call_counts }) => [
      calls.length,
      call_counts,
    ]);
  const shown = async () =>
    (await me.call("list_cost_records", { filters: { max_rows: 10 } })).records.map(
      ({ tokens_used }) => tokens_used,
    );

  it("are found by their ids once their scan is finished, as the last scan has them, by nobody else", async () => {
    const begun = await db.asUser(user, (session) => beginLayer(session, scanned("a", quarter())));
    expect(await found()).toEqual([]);
    const first = await bringLayer(me, scanned("a", quarter()));
    expect(first.id).toBe(begun.id);
    expect(await found()).toEqual([[1, "250 100 50"]]);
    await bringLayer(me, scanned("a", FULLER));
    expect(await found()).toEqual([[2, "250 100 50,9000 0 40"]]);
    expect(await found(me, [SECOND])).toEqual(await found());
    expect(await me.call("find_calls", { ids: [ID], calls: [] })).toMatchObject([
      {
        id: ID,
        timestamp: "2026-11-20T23:30:00Z",
        provider: "openai",
        session: "s-1",
        calls: [FIRST, SECOND],
      },
    ]);
    const scans = { standing: 2, undone: 0, last: 3, last_at: expect.any(String) as string };
    expect(await me.call("list_scans", {})).toEqual({ codex: scans });

    const other = as(await signUp(db));
    expect(await found(other)).toEqual([]);
    expect(await other.call("find_calls", { ids: [ID], calls: [] })).toEqual([]);
    expect(await other.call("list_scans", {})).toEqual({});
    expect(await other.call("list_sessions", { from_date: null, to_date: null })).toEqual([]);
    expect(await other.call("settle_agent", { agent: "codex", paid_by: "key", since: null })).toBe(0);
    await undoLayer(me, first.id!);
    expect(await me.call("list_scans", {})).toMatchObject({ codex: { standing: 1, undone: 1, last: 3 } });
    expect(await found()).toEqual([[2, "250 100 50,9000 0 40"]]);
  });

  it("count as the last scan has them, even if that has less; undone, as the one before", async () => {
    await bringLayer(me, scanned("a", FULLER));
    const withdrawn = quarter({ calls: [FIRST, SECOND], call_counts: "250 100 50,x" });
    const last = await bringLayer(me, scanned("a", withdrawn));
    expect(await shown()).toEqual([150]);
    expect(await found()).toEqual([[2, "250 100 50,x"]]);
    await undoLayer(me, last.id!);
    expect(await shown()).toEqual([190]);
    expect(await found()).toEqual([[2, "250 100 50,9000 0 40"]]);
  });

  it("are not taken from a scan that does not know of one that was finished meanwhile", async () => {
    await bringLayer(me, scanned("a", quarter()), 0);
    await expect(bringLayer(me, scanned("b", FULLER), 0)).rejects.toMatchObject({
      detail: "scanned_meanwhile",
    });
    expect(await shown()).toEqual([150]);
    // It begins again, as what it is now: the last one.
    await bringLayer(me, scanned("b", FULLER), 1);
    expect(await shown()).toEqual([190]);
    expect(await found()).toEqual([[2, "250 100 50,9000 0 40"]]);
    expect(await me.call("list_scans", {})).toMatchObject({ codex: { standing: 2, last: 3 } });
  });

  it("are settled from a day of the user's on, if their log does not say who pays", async () => {
    await me.call("set_preferences", { changes: { timezone: "Asia/Kolkata" } });
    const early = "22222222-2222-5222-8222-222222222222";
    const certain = "33333333-3333-5333-8333-333333333333";
    await bringLayer(
      me,
      scanned(
        "a",
        quarter({ request_count: 3 }),
        quarter({ id: early, timestamp: "2026-11-20T18:15:00Z" }),
        quarter({ id: certain, metadata: { cost_basis: "included", paid_by: "plan" } }),
      ),
    );
    // In India, the 21st begins at 18:30 UTC.
    expect(await me.call("settle_agent", { agent: "codex", paid_by: "key", since: "2026-11-21" })).toBe(3);
    expect(await me.call("settle_agent", { agent: "codex", paid_by: "key", since: "2026-11-21" })).toBe(0);
    const days = await me.call("get_daily_spend", { from_date: null, to_date: null, split_by: [] });
    expect(days.map((day) => [day.date, day.estimated_usd, day.included_usd])).toEqual([
      ["2026-11-20", "0", "0.5"],
      ["2026-11-21", "0.5", "0.5"],
    ]);
    expect(await me.call("settle_agent", { agent: "codex", paid_by: "plan", since: null })).toBe(4);
  });

  it("are summed by session, on the days of a range, from the first call to the last", async () => {
    const later = quarter({
      id: "44444444-4444-5444-8444-444444444444",
      timestamp: "2026-11-21T00:00:00Z",
      project: null,
      metadata: {
        cost_basis: "included",
        first_at: "2026-11-21T00:03:00.000Z",
        last_at: "2026-11-21T00:10:00.000Z",
      },
    });
    await bringLayer(me, scanned("a", quarter(), later));
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
