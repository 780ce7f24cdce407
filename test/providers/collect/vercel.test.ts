import { describe, expect, it } from "vitest";
import { plain, sum } from "../../../src/lib/money.js";
import { kindOfKey } from "../../../src/lib/providers/key-kinds.js";
import { vercelCollector } from "../../../src/lib/providers/vercel/collector.js";
import { vercelReport } from "../../../src/lib/providers/vercel/report.js";
import { startReplay, type ReplayServer } from "../../support/replay.js";
import { replayVercel, VERCEL_DAY, VERCEL_KEYS } from "../../support/replay/vercel.js";
import { check, collect, costOf, expected, failure, optionsOf, said, WINDOW } from "./collecting.js";
import { recordsOf, says } from "./gateways.js";

const asked = (server: ReplayServer, key = VERCEL_KEYS.pro) => optionsOf(vercelCollector, server, key);

/** What is collected where the models of the day with spend are these rows, as they come. */
const collectModels = async (rows: string) => {
  const server = await startReplay(replayVercel);
  server.fault = says("group_by=model", `{"results":[${rows}]}`);
  return collect(vercelReport, asked(server));
};

describe("the report", () => {
  const want = expected<{ total_cost_usd: string; market_cost_usd: string }>("vercel_ai_gateway_report");

  it("gives what was charged, to the last digit", async () => {
    const { drafts, pieces } = await collect(vercelReport, asked(await startReplay(replayVercel)));
    expect(costOf(drafts)).toBe(want.total_cost_usd);
    const market = drafts.map((draft) => (said(draft, "market_cost_usd") ?? plain(draft.cost!)) as string);
    expect(plain(sum(market))).toBe(want.market_cost_usd);
    expect(recordsOf(vercelCollector, vercelReport, pieces)).toMatchObject([
      {
        provider: "vercel",
        timestamp: "2026-11-20T00:00:00Z",
        granularity: "day",
        model_name: "anthropic/claude-sonnet-5",
        cost_usd: "1.5",
        tokens_used: 550000,
        request_count: 20,
        metadata: { cost_basis: "billed" },
      },
      {
        model_name: "openai/gpt-5.5",
        cost_usd: "0",
        output_tokens: 10000,
        cache_read_tokens: 0,
        cache_write_tokens: null,
        metadata: { cost_basis: "billed", market_cost_usd: "0.55", reasoning_tokens: 1000 },
      },
    ]);
  });

  it("asks once for all days, and once for each day with spend", async () => {
    const server = await startReplay(replayVercel);
    const { days, pieces } = await collect(vercelReport, asked(server));
    expect(server.requests.map(({ query }) => Object.fromEntries(query))).toEqual([
      { start_date: WINDOW.from, end_date: WINDOW.to, group_by: "day" },
      { start_date: VERCEL_DAY, end_date: VERCEL_DAY, group_by: "model" },
    ]);
    expect(new Set(days).size).toBe(14);
    expect(days).toHaveLength(14);
    expect(pieces.at(-1)?.days).toEqual([VERCEL_DAY]);
  });

  it("gives the same ids the second time", async () => {
    const server = await startReplay(replayVercel);
    const [first, second] = [
      await collect(vercelReport, asked(server)),
      await collect(vercelReport, asked(server), { from: "2026-11-20", to: "2026-11-22" }),
    ];
    expect(recordsOf(vercelCollector, vercelReport, second.pieces)).toEqual(
      recordsOf(vercelCollector, vercelReport, first.pieces),
    );
  });

  it("reads amounts as numbers and as texts, with exponents, exactly", async () => {
    const { drafts } = await collectModels(
      '{"model":"a/b","total_cost":1.0e-7},{"model":"a/c","total_cost":"0.10000000000000000001"},{"model":null,"total_cost":-0.05}',
    );
    expect(drafts.map(({ cost }) => plain(cost!))).toEqual(["0.0000001", "0.10000000000000000001", "-0.05"]);
    expect(drafts.map(({ model }) => model)).toEqual(["a/b", "a/c", null]);
    expect(drafts[0]).toMatchObject({ input: null, output: null, requests: null, metadata: {} });
  });

  it("takes cached input as a part of the input, unless it is more", async () => {
    const { drafts } = await collectModels(
      '{"total_cost":1,"input_tokens":100,"cached_input_tokens":60,"cache_creation_input_tokens":40},' +
        '{"total_cost":1,"input_tokens":100,"cached_input_tokens":90,"cache_creation_input_tokens":40}',
    );
    expect(drafts).toMatchObject([
      { input: 100, cacheRead: 60, cacheWrite: 40 },
      { input: 230, cacheRead: 90, cacheWrite: 40 },
    ]);
  });

  it.each([
    ['{"model":"a/b"}', "results[0].total_cost is missing"],
    ['{"model":"a/b","total_cost":"free"}', "results[0].total_cost: “free” is not an amount"],
    ['{"model":"a/b","total_cost":1,"request_count":1.5}', "request_count: “1.5” is not a whole number"],
  ])("refuses %s", async (row, message) => {
    const error = await failure(collectModels(row));
    expect(error).toMatchObject({ code: "provider_answer", exit: 5 });
    expect(error.message).toContain(message);
  });

  it("does not take an answer that breaks off, or is not a report, for an empty one", async () => {
    const server = await startReplay(replayVercel);
    server.fault = () => "cut";
    expect(await failure(collect(vercelReport, asked(server)))).toMatchObject({ exit: 5 });
    server.fault = says("group_by=day", {});
    expect((await failure(collect(vercelReport, asked(server)))).message).toContain(
      "results: “null” is not a list",
    );
  });

  it("needs a team that pays", async () => {
    const server = await startReplay(replayVercel);
    const error = await failure(collect(vercelReport, asked(server, VERCEL_KEYS.hobby)));
    expect(error).toMatchObject({ code: "key_refused", exit: 3 });
    expect(error.message).toContain("needs the Pro plan");
    expect(error.hint).toContain("Pro or Enterprise plan");
  });
});

describe("a key", () => {
  it("is checked without a query that costs something", async () => {
    const server = await startReplay(replayVercel);
    expect(await check(vercelCollector, asked(server))).toMatchObject({
      account: null,
      note: expect.stringContaining("$5 for 1,000 queries") as string,
    });
    expect(server.requests.map(({ path }) => path)).toEqual(["/v1/credits"]);
  });

  it("that is dead is refused, and not shown", async () => {
    const dead = `vck_${"x".repeat(56)}`;
    const error = await failure(check(vercelCollector, asked(await startReplay(replayVercel), dead)));
    expect(error).toMatchObject({ code: "key_refused", exit: 3 });
    expect(JSON.stringify([error.message, error.hint])).not.toContain(dead);
  });

  it("of another kind is known by how it begins", () => {
    expect(kindOfKey(VERCEL_KEYS.pro, vercelCollector.keys)?.collects).toBe("perhaps");
    expect(kindOfKey("vcp_abc", vercelCollector.keys)?.collects).toBe("no");
    expect(kindOfKey("sk-abc", vercelCollector.keys)).toBeNull();
  });
});
