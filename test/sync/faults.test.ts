import { describe, expect, it } from "vitest";
import { interrupted, UserError } from "../../src/lib/errors.js";
import type { SyncJson } from "../../src/lib/sync/result.js";
import { keepDatabasesOpen } from "../support/open-database.js";
import { type Fault, fixture, type ReplayRequest, type ReplayServer } from "../support/replay.js";
import { ANTHROPIC_KEYS, replayAnthropic } from "../support/replay/anthropic.js";
import { OPENAI_KEYS, replayOpenai } from "../support/replay/openai.js";
import { startSyncing, type Syncing } from "./syncing.js";

const EXPECTED = fixture<Record<string, { total_usd: string }>>("expected");
const TOTALS = {
  anthropic: EXPECTED["anthropic_cost_report"]!.total_usd,
  openai: EXPECTED["openai_costs"]!.total_usd,
};
const SINCE = { since: "2026-11-08" };

keepDatabasesOpen();

/** What can go wrong with one request, again and again until it is given up. */
const FAULTS: [name: string, fault: Fault][] = [
  ["the connection is cut in the middle of the answer", "cut"],
  ["the provider hangs up", "hang up"],
  ["429 without a time to wait", { status: 429, body: {} }],
  ["500", { status: 500, body: "oops" }],
  ["401", { status: 401, body: { error: { message: "no" } } }],
  ["half of a JSON document", { status: 200, body: '{"data": [{"starting_at": "2026-11-' }],
  ["an answer of another kind", { status: 200, body: { data: [{ results: 3 }], has_more: false } }],
  ["a cursor that does not advance", { status: 200, body: { data: [], has_more: true, next_page: "p" } }],
  ["a redirect", { status: 302, headers: { location: "https://example.com/" }, body: "" }],
];

/** Lets a request fail for good: the one of that number, and all that come for the same after it. */
const failAt = (server: ReplayServer, number: number, fault: Fault): void => {
  const seen: string[] = [];
  server.fault = ({ path, query }: ReplayRequest) => {
    const request = `${path}?${query.toString()}`;
    if (!seen.includes(request)) seen.push(request);
    return seen.indexOf(request) === number ? fault : undefined;
  };
};

describe.each([
  ["anthropic", ANTHROPIC_KEYS.admin, replayAnthropic, 3, FAULTS],
  ["openai", OPENAI_KEYS.admin, replayOpenai, 2, FAULTS.slice(0, 4)],
] as const)("a sync of %s that meets a fault", (provider, key, replay, requests, faults) => {
  let known: unknown[] | undefined;
  const rowsOf = async (own: Syncing) =>
    (await own.records()).map(({ id, cost_usd, tokens_used }) => [id, cost_usd, tokens_used]);

  /** What a sync without a fault brings. */
  const wholeRows = async (): Promise<unknown[]> => {
    if (known === undefined) {
      const own = await startSyncing();
      await own.add(provider, key, replay);
      await own.run(SINCE);
      known = await rowsOf(own);
      expect(known.length).toBeGreaterThan(30);
    }
    return known;
  };

  it.each(faults)("is whole after the next one: %s", async (_, fault) => {
    const whole = await wholeRows();
    const own = await startSyncing();
    const server = await own.add(provider, key, replay);
    for (let number = 0; number < requests; number++) {
      failAt(server, number, fault);
      const failed = await own.runOne(SINCE);
      expect(failed, `request ${number}`).toMatchObject({ status: "failed" });
      // What is in is right, and once.
      const rows = await rowsOf(own);
      expect(new Set(rows.map(([id]) => id)).size).toBe(rows.length);
      for (const row of rows) expect(whole).toContainEqual(row);

      server.fault = () => undefined;
      expect(await own.runOne(SINCE), `after request ${number}`).toMatchObject({
        status: "done",
        cost_usd: TOTALS[provider],
      });
      expect(await rowsOf(own)).toEqual(whole);
      const { imports } = await own.store.call("list_imports", { max_rows: 100 });
      for (const { id, status } of imports) {
        if (status === "done") await own.store.call("undo_import", { import_id: id });
      }
      expect(await own.records()).toEqual([]);
    }
  });

  it("keeps what came before, and goes on from there", async () => {
    const own = await startSyncing();
    const server = await own.add(provider, key, replay);
    failAt(server, 1, { status: 500, body: "" });
    const failed: SyncJson = await own.runOne(SINCE);
    expect(failed.rows).toBeGreaterThan(0);
    expect(await own.cost()).not.toBe("0");

    server.fault = () => undefined;
    server.requests.length = 0;
    expect(await own.runOne()).toMatchObject({ status: "done" });
    expect(await own.cost()).toBe(TOTALS[provider]);
    const [first] = server.requests;
    const start = first?.query.get("starting_at") ?? Number(first?.query.get("start_time")) * 1000;
    // The first page ends with 2026-11-14.
    expect(new Date(start).toISOString()).toBe("2026-11-12T00:00:00.000Z");
  });
});

describe("a provider that takes too long", () => {
  it("is given up, and what came until then is kept", async () => {
    const own = await startSyncing();
    const server = await own.add("anthropic", ANTHROPIC_KEYS.admin, replayAnthropic);
    server.fault = (_, before) => (before === 1 ? "hang" : undefined);
    const { error, rows } = await own.runOne({ ...SINCE, mostMs: 800 });
    expect(error).toMatchObject({ code: "sync_timeout" });
    expect(rows).toBeGreaterThan(0);
    expect(await own.records()).toHaveLength(rows);
    expect(server.requests).toHaveLength(2);
    expect(await own.runOne(SINCE)).toMatchObject({ status: "done", cost_usd: TOTALS.anthropic });
  });
});

describe("a page that repeats", () => {
  it("under a cursor of its own is refused, and counts once", async () => {
    const own = await startSyncing();
    const first = fixture<{ next_page: string }>("anthropic-cost-report.page1");
    let page = 0;
    await own.add("anthropic", ANTHROPIC_KEYS.admin, (request) =>
      request.path.endsWith("/cost_report")
        ? { status: 200, body: { ...first, next_page: `page-${page++}` } }
        : replayAnthropic(request),
    );
    const { error, feeds } = await own.runOne(SINCE);
    expect(error).toMatchObject({ code: "provider_answer" });
    expect(error?.message).toContain("sent 2026-11-08 twice");
    const cents = (first as unknown as { data: { results: { amount: string }[] }[] }).data
      .flatMap(({ results }) => results)
      .reduce((sum, { amount }) => sum + Number(amount), 0);
    expect(Number(feeds[0]?.cost_usd)).toBeCloseTo(cents / 100, 9);
    expect(Number(await own.cost())).toBeCloseTo(cents / 100, 9);
  });
});

describe("a sync that is stopped", () => {
  it("writes nothing more, and goes on with the next one", async () => {
    const own = await startSyncing();
    const server = await own.add("anthropic", ANTHROPIC_KEYS.admin, replayAnthropic);
    const stop = new AbortController();
    server.fault = (_, before) => {
      if (before < 2) return undefined;
      stop.abort(interrupted("Stopped."));
      return "hang";
    };
    await expect(own.run({ ...SINCE, signal: stop.signal })).rejects.toThrow(UserError);
    expect(await own.records()).toEqual([]);
    server.fault = () => undefined;
    await own.run(SINCE);
    expect(await own.cost()).toBe(TOTALS.anthropic);
  });
});
