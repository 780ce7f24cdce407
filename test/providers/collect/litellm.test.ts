import { describe, expect, it } from "vitest";
import { litellmCollector } from "../../../src/lib/providers/litellm/collector.js";
import { litellmDailyActivity } from "../../../src/lib/providers/litellm/daily-activity.js";
import { daysBetween } from "../../../src/lib/dates/days.js";
import { type Replay, type ReplayServer, startReplay } from "../../support/replay.js";
import { LITELLM_KEYS, LITELLM_USER, replayLitellm } from "../../support/replay/litellm.js";
import { check, collect, costBy, costOf, dayOf, expected, failure, optionsOf, WINDOW } from "./collecting.js";

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

interface SpendRow {
  date: string;
  model: string;
  spend: number;
}

const PAGE_ROWS = 2;

/** A proxy with a table like its own, the latest day first. A page has two rows, so that few make several. */
const proxyWith =
  (table: readonly SpendRow[]): Replay =>
  ({ query }) => {
    const [from, to] = [query.get("start_date") ?? "", query.get("end_date") ?? ""];
    const page = Number(query.get("page"));
    const rows = table
      .filter(({ date }) => date >= from && date <= to)
      .sort((one, other) => (one.date < other.date ? 1 : one.date > other.date ? -1 : 0));
    const onPage = rows.slice((page - 1) * PAGE_ROWS, page * PAGE_ROWS);
    const results = [...new Set(onPage.map(({ date }) => date))].map((date) => {
      const each = onPage.filter((row) => row.date === date);
      const spend = each.reduce((sum, row) => sum + row.spend, 0);
      return day(
        date,
        metrics(spend, each.length),
        Object.fromEntries(each.map((row) => [row.model, metrics(row.spend)])),
      );
    });
    const metadata = {
      page,
      total_pages: Math.ceil(rows.length / PAGE_ROWS),
      has_more: page * PAGE_ROWS < rows.length,
    };
    return { status: 200, body: { results, metadata } };
  };

const row = (date: string, model: string, spend: number): SpendRow => ({ date, model, spend });

/** A proxy with one page. */
const paged =
  (results: object[]): Replay =>
  () => ({ status: 200, body: { results, metadata: { page: 1, total_pages: 1, has_more: false } } });

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

  it("reads several pages of a single day only, and otherwise asks for fewer days", async () => {
    const server = await startReplay(
      proxyWith([
        row("2026-11-21", "a", 1),
        row("2026-11-20", "a", 2),
        row("2026-11-20", "b", 2),
        row("2026-11-20", "c", 3),
      ]),
    );
    const { drafts, days } = await collect(litellmDailyActivity, asked(server));
    expect(costBy(drafts, (draft) => `${dayOf(draft)} ${draft.model}`)).toEqual({
      "2026-11-21 a": "1",
      "2026-11-20 a": "2",
      "2026-11-20 b": "2",
      "2026-11-20 c": "3",
    });
    expect(days).toEqual(daysBetween(WINDOW.from, WINDOW.to));
    const later = server.requests.filter(({ query }) => query.get("page") !== "1");
    expect(later.map(({ query }) => Object.fromEntries(query))).toEqual([
      { start_date: "2026-11-20", end_date: "2026-11-20", page: "2", page_size: "1000" },
    ]);
  });

  it("counts each row once if one is added while it reads", async () => {
    const table = [row("2026-11-20", "a", 1), row("2026-11-20", "b", 2), row("2026-11-19", "c", 4)];
    const server = await startReplay(proxyWith(table));
    server.fault = (_, before) => {
      // It goes to the first page, and moves the last row of that to the second.
      if (before === 1) table.unshift(row("2026-11-21", "new", 8));
      return undefined;
    };
    const { drafts } = await collect(litellmDailyActivity, asked(server));
    expect(costBy(drafts, ({ model }) => model)).toEqual({ a: "1", b: "2", c: "4", new: "8" });
  });

  it.each([
    ["more", 1, (table: SpendRow[]) => table.push(row("2026-11-20", "d", 8), row("2026-11-20", "e", 8))],
    ["fewer", 1, (table: SpendRow[]) => table.splice(0, 1)],
  ])("is refused if a day has %s pages while it is read", async (_, at, change) => {
    const table = ["a", "b", "c"].map((model) => row("2026-11-20", model, 1));
    const server = await startReplay(proxyWith(table));
    server.fault = (_, before) => {
      if (before === at) change(table);
      return undefined;
    };
    const call = collect(litellmDailyActivity, asked(server), { from: "2026-11-20", to: "2026-11-20" });
    expect(await failure(call)).toMatchObject({
      code: "pages_changed",
      exit: 5,
      message: expect.stringMatching(
        /^The answers of \/user\/daily\/activity changed while they were read: 2026-11-20 had 2 pages, and then [13]\.$/,
      ) as string,
    });
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

  it("asks for a month at a time", async () => {
    const server = await startReplay(paged([]));
    await collect(litellmDailyActivity, asked(server), { from: "2026-10-12" });
    expect(server.requests.map(({ query }) => Object.fromEntries(query))).toEqual([
      { start_date: "2026-10-12", end_date: "2026-11-11", page: "1", page_size: "1000" },
      { start_date: "2026-11-12", end_date: "2026-11-21", page: "1", page_size: "1000" },
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
