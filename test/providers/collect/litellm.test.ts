import { describe, expect, it } from "vitest";
import { litellmCollector } from "../../../src/lib/providers/litellm/collector.js";
import { litellmDailyActivity } from "../../../src/lib/providers/litellm/daily-activity.js";
import { type Replay, type ReplayServer, startReplay } from "../../support/replay.js";
import { LITELLM_KEYS, LITELLM_USER, replayLitellm } from "../../support/replay/litellm.js";
import { check, collect, costBy, costOf, dayOf, expected, failure, optionsOf } from "./collecting.js";

const asked = (server: ReplayServer, key = LITELLM_KEYS.master) => optionsOf(litellmCollector, server, key);

const metrics = (spend: string | number, requests = 1, more = {}) => ({
  spend,
  prompt_tokens: 10 * requests,
  completion_tokens: requests,
  api_requests: requests,
  ...more,
});

/** A day as newer proxies write it. */
const day = (date: string, all: object, models: Record<string, object>) => ({
  date,
  metrics: all,
  breakdown: {
    models: Object.fromEntries(
      Object.entries(models).map(([name, each]) => [
        name,
        { metrics: each, metadata: {}, api_key_breakdown: {} },
      ]),
    ),
  },
});

/** A proxy that answers with these pages. */
const paged =
  (...pages: object[][]): Replay =>
  ({ query }) => {
    const page = Number(query.get("page"));
    const metadata = { page, total_pages: pages.length, has_more: page < pages.length };
    return { status: 200, body: { results: pages[page - 1] ?? [], metadata } };
  };

const collected = async (replay: Replay) => collect(litellmDailyActivity, asked(await startReplay(replay)));

describe("the daily activity", () => {
  it("gives what was spent, to the last digit", async () => {
    const { drafts, days } = await collected(replayLitellm);
    expect(costOf(drafts)).toBe(expected<{ total_usd: string }>("litellm_user_daily_activity").total_usd);
    expect(drafts).toMatchObject([
      { timestamp: "2026-11-20T00:00:00Z", model: "gpt-4o-mini", input: 111, output: 1711, requests: 11 },
    ]);
    expect(drafts[0]).toMatchObject({ basis: "billed", cacheRead: null, cacheWrite: null });
    expect(days).toHaveLength(14);
  });

  it("reads the form of newer proxies, with what was cached", async () => {
    const cached = { cache_read_input_tokens: 4, cache_creation_input_tokens: 3 };
    const { drafts } = await collected(
      paged([day("2026-11-20", metrics(2, 3), { a: metrics(1.5, 2, cached), b: metrics(0.5) })]),
    );
    expect(drafts).toMatchObject([
      { model: "a", input: 20, output: 2, requests: 2, cacheRead: 4, cacheWrite: 3 },
      { model: "b", input: 10, output: 1, requests: 1 },
    ]);
    expect(costBy(drafts, ({ model }) => model)).toEqual({ a: "1.5", b: "0.5" });
  });

  it("adds up a day whose rows are on two pages", async () => {
    const { drafts, pieces } = await collected(
      paged(
        [day("2026-11-21", metrics(1), { a: metrics(1) }), day("2026-11-20", metrics(2), { a: metrics(2) })],
        [day("2026-11-20", metrics(5, 2), { a: metrics(3), b: metrics(2) })],
      ),
    );
    expect(costBy(drafts, (draft) => `${dayOf(draft)} ${draft.model}`)).toEqual({
      "2026-11-21 a": "1",
      "2026-11-20 a": "5",
      "2026-11-20 b": "2",
    });
    expect(drafts[1]).toMatchObject({ input: 20, requests: 2 });
    expect(pieces).toHaveLength(1);
  });

  it("loses nothing that belongs to no model", async () => {
    const { drafts } = await collected(paged([day("2026-11-20", metrics(2.25, 5), { a: metrics(2, 3) })]));
    expect(drafts).toMatchObject([{ model: "a" }, { model: null, input: 20, output: 2, requests: 2 }]);
    expect(costBy(drafts, ({ model }) => model)).toEqual({ a: "2", null: "0.25" });
    expect(costOf((await collected(paged([day("2026-11-20", metrics(7), {})]))).drafts)).toBe("7");
  });

  it("does not take the noise of floating-point sums for money", async () => {
    const { drafts } = await collected(
      paged([day("2026-11-20", metrics("0.30000000000000004"), { a: metrics(0.1), b: metrics(0.2) })]),
    );
    expect(drafts).toHaveLength(2);
  });

  it("asks for a month at a time, with every parameter on every page", async () => {
    const server = await startReplay(
      paged([day("2026-11-20", metrics(1), {})], [day("2026-11-20", metrics(1), {})]),
    );
    await collect(litellmDailyActivity, asked(server), { from: "2026-10-12" });
    expect(server.requests.map(({ query }) => Object.fromEntries(query))).toEqual([
      { start_date: "2026-10-12", end_date: "2026-11-11", page: "1", page_size: "1000" },
      { start_date: "2026-10-12", end_date: "2026-11-11", page: "2", page_size: "1000" },
      { start_date: "2026-11-12", end_date: "2026-11-21", page: "1", page_size: "1000" },
      { start_date: "2026-11-12", end_date: "2026-11-21", page: "2", page_size: "1000" },
    ]);
  });

  it.each([
    ["the same page again", { page: 1, total_pages: 3, has_more: true }, [day("2026-11-20", metrics(1), {})]],
    ["more that is nothing", { has_more: true }, []],
    ["more pages that are nothing", { total_pages: 9 }, []],
  ])("does not go on for ever with a proxy that gives %s", async (_, metadata, results) => {
    const error = await failure(collected(() => ({ status: 200, body: { results, metadata } })));
    expect(error).toMatchObject({ code: "paging_stuck", exit: 5 });
    expect(error.message).toContain("/user/daily/activity");
  });

  it("says where something stands that is not an amount", async () => {
    const replay = paged([day("2026-11-20", metrics(1), { "gpt-4o": { ...metrics(1), spend: "much" } })]);
    const error = await failure(collected(replay));
    expect(error.message).toContain("results[0].breakdown.models.gpt-4o.metrics.spend: “much”");
  });
});

describe("the check of a key", () => {
  const checked = async (key: string) => {
    const server = await startReplay(replayLitellm);
    return { server, check: check(litellmCollector, asked(server, key)) };
  };

  it("takes the master key, which belongs to nobody", async () => {
    const { check } = await checked(LITELLM_KEYS.master);
    expect(await check).toEqual({ account: null, accountName: null });
  });

  it("takes the key of a user, whose spend it sees", async () => {
    const { check, server } = await checked(LITELLM_KEYS.user);
    expect(await check).toEqual({ account: LITELLM_USER, accountName: null });
    // Nothing that costs something, and the key in no address.
    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /user/daily/activity",
      "GET /key/info",
    ]);
    expect(server.requests.every(({ query }) => !query.toString().includes(LITELLM_KEYS.user))).toBe(true);
  });

  it("says what a key for models lacks", async () => {
    const { check } = await checked(LITELLM_KEYS.models);
    const error = await failure(check);
    expect(error).toMatchObject({ code: "key_cannot_collect", exit: 3 });
    expect(error.hint).toContain("key of an admin");
  });

  it("says that a dead key is refused", async () => {
    const { check } = await checked("sk-no-such-key");
    expect((await failure(check)).code).toBe("key_refused");
  });

  it("does not know a server that is not such a proxy", async () => {
    const server = await startReplay(() => ({ status: 404, body: { detail: "Not Found" } }));
    expect((await failure(check(litellmCollector, asked(server)))).code).toBe("provider_refused");
  });
});
