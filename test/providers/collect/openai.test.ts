import { describe, expect, it } from "vitest";
import { openaiCollector } from "../../../src/lib/providers/openai/collector.js";
import { openaiCostsApi } from "../../../src/lib/providers/openai/costs-api.js";
import { openaiCompletionsApi, openaiUsageApi } from "../../../src/lib/providers/openai/usage-api.js";
import { type Replay, type ReplayServer, seenRefusal, startReplay } from "../../support/replay.js";
import { OPENAI_KEYS, replayOpenai } from "../../support/replay/openai.js";
import {
  check,
  collect,
  costBy,
  costOf,
  count,
  dayOf,
  expected,
  failure,
  optionsOf,
  said,
} from "./collecting.js";

const FOURTEEN_DAYS = Array.from({ length: 14 }, (_, at) => `2026-11-${String(at + 8).padStart(2, "0")}`);

const asked = (server: ReplayServer, key = OPENAI_KEYS.admin) => optionsOf(openaiCollector, server, key);

/** One bucket of costs, of 2026-11-08. */
const costs =
  (results: unknown): Replay =>
  () => ({
    status: 200,
    body: `{"data":[{"start_time":1794096000,"end_time":1794182400,"results":${JSON.stringify(results)}}],"has_more":false,"next_page":null}`,
  });
const collectCosts = async (results: unknown) =>
  collect(openaiCostsApi, asked(await startReplay(costs(results))));

describe("the costs API", () => {
  interface Totals {
    total_usd: string;
    by_line_item_usd: Record<string, string>;
    by_model_usd: Record<string, string>;
    by_day_usd: Record<string, string>;
    by_project_usd: Record<string, string>;
  }
  const want = expected<Totals>("openai_costs");

  it("gives every charge, to the last digit", async () => {
    const { drafts, days } = await collect(openaiCostsApi, asked(await startReplay(replayOpenai)));
    expect(costOf(drafts)).toBe(want.total_usd);
    expect(costBy(drafts, (draft) => said(draft, "line_item"))).toEqual(want.by_line_item_usd);
    expect(costBy(drafts, ({ model }) => model ?? "(other)")).toEqual(want.by_model_usd);
    expect(costBy(drafts, dayOf)).toEqual(want.by_day_usd);
    expect(costBy(drafts, (draft) => draft.project?.id ?? null)).toEqual(want.by_project_usd);
    expect(drafts.every(({ basis, currency }) => basis === "billed" && currency === "USD")).toBe(true);
    expect(days).toEqual(FOURTEEN_DAYS);
  });

  it("is asked for whole days, by line item, project and key, on every page", async () => {
    const server = await startReplay(replayOpenai);
    await collect(openaiCostsApi, asked(server));
    expect(server.requests.map(({ query }) => query.get("page"))).toEqual([null, expect.any(String)]);
    for (const { query, headers } of server.requests) {
      expect(query.getAll("group_by[]")).toEqual(["line_item", "project_id", "api_key_id"]);
      expect(query.get("start_time")).toBe(String(Date.UTC(2026, 10, 8) / 1000));
      expect(query.get("end_time")).toBe(String(Date.UTC(2026, 10, 22) / 1000));
      expect(query.get("limit")).toBe("180");
      expect(headers.authorization).toBe(`Bearer ${OPENAI_KEYS.admin}`);
    }
  });

  it("takes amounts as numbers, as texts, and in scientific notation", async () => {
    const reply = costs([
      { amount: { value: "0.10", currency: "usd" }, line_item: "a, input" },
      { amount: { value: "EXACT", currency: "usd" }, line_item: "b, input" },
      { amount: { value: "SMALL", currency: "usd" }, line_item: "c, input" },
    ]);
    const server = await startReplay((request) => {
      const { status, body } = reply(request);
      const numbers = String(body).replace('"EXACT"', "0.20000000000000000001").replace('"SMALL"', "2.4e-05");
      return { status, body: numbers };
    });
    const { drafts } = await collect(openaiCostsApi, asked(server));
    expect(costBy(drafts, ({ model }) => model)).toEqual({
      a: "0.1",
      b: "0.20000000000000000001",
      c: "0.000024",
    });
  });

  it("keeps line items that it does not know, without a model", async () => {
    const { drafts } = await collectCosts([
      { amount: { value: 1, currency: "usd" }, line_item: "quantum teleportation", project_id: "p" },
      { amount: { value: 2, currency: "usd" }, line_item: null, project_id: null },
    ]);
    expect(drafts.map(({ model, project, metadata }) => [model, project?.id, metadata])).toEqual([
      [null, "p", { line_item: "quantum teleportation" }],
      [null, null, {}],
    ]);
  });

  it("names no money if there is only a quantity, and leaves out what says nothing", async () => {
    const { drafts } = await collectCosts([
      { line_item: "gpt-x, input", quantity: 1.5, quantity_unit: "1000_tokens" },
      { line_item: "gpt-x, output", quantity: null },
      { amount: { currency: "usd" } },
    ]);
    expect(drafts).toMatchObject([
      { cost: null, basis: "none", metadata: { quantity: "1500", quantity_unit: "tokens" } },
    ]);
  });

  it("tells keys apart", async () => {
    const row = { amount: { value: 1, currency: "usd" }, line_item: "gpt-x, input", project_id: "p" };
    const { drafts } = await collectCosts([
      { ...row, api_key_id: "key_a" },
      { ...row, api_key_id: null },
    ]);
    expect(drafts.map(({ apiKey }) => apiKey?.id)).toEqual(["key_a", null]);
    expect(new Set(drafts.map(({ key }) => JSON.stringify(key))).size).toBe(2);
  });

  it("keeps the organization where rows name one", async () => {
    const { drafts } = await collectCosts([
      { amount: { value: 1, currency: "usd" }, organization_id: "org-DemoOrg00001" },
    ]);
    expect(drafts[0]).toMatchObject({ metadata: { organization_id: "org-DemoOrg00001" } });
  });

  it("says where something stands that is not an amount", async () => {
    const error = await failure(collectCosts([{ amount: { value: 1 } }, { amount: { value: "a lot" } }]));
    expect(error.code).toBe("provider_answer");
    expect(error.message).toBe(
      "What OpenAI answered cannot be read: data[0].results[1].amount.value: “a lot” is not an amount; write it like 1234.56.",
    );
  });
});

describe("the usage API", () => {
  it("gives the tokens and calls of completions", async () => {
    const { drafts, days } = await collect(openaiCompletionsApi, asked(await startReplay(replayOpenai)));
    expect({
      input_tokens: count(drafts, ({ input }) => input),
      input_cached_tokens: count(drafts, ({ cacheRead }) => cacheRead),
      input_cache_write_tokens: count(drafts, ({ cacheWrite }) => cacheWrite),
      output_tokens: count(drafts, ({ output }) => output),
      num_model_requests: count(drafts, ({ requests }) => requests),
    }).toEqual(expected<{ tokens: object }>("openai_usage_completions").tokens);
    expect(drafts.every(({ cost, basis }) => cost === null && basis === "none")).toBe(true);
    expect(days).toEqual(FOURTEEN_DAYS);
  });

  it("tells keys apart, and knows rows without one as before", async () => {
    const row = { input_tokens: 1, output_tokens: 1, num_model_requests: 1, model: "m", project_id: "p" };
    const rows = ["key_a", "key_b", null].map((api_key_id) => ({ ...row, api_key_id }));
    const { drafts } = await collect(openaiCompletionsApi, asked(await startReplay(costs(rows))));
    expect(drafts.map(({ apiKey }) => apiKey?.id)).toEqual(["key_a", "key_b", null]);
    expect(drafts.every(({ metadata }) => !Object.hasOwn(metadata ?? {}, "api_key_id"))).toBe(true);
    expect(new Set(drafts.map(({ key }) => JSON.stringify(key))).size).toBe(3);
    expect(drafts[2]?.key.slice(1)).toEqual(["m", null, "p", null]);
  });

  it("tells batches and tiers apart", async () => {
    const row = { input_tokens: 1, output_tokens: 1, num_model_requests: 1, model: "m", project_id: "p" };
    const server = await startReplay(
      costs([
        { ...row, batch: true, service_tier: "default" },
        { ...row, batch: false, service_tier: "default" },
        { ...row, batch: null, service_tier: "flex" },
      ]),
    );
    const { drafts } = await collect(openaiCompletionsApi, asked(server));
    expect(drafts.map(({ metadata }) => metadata)).toEqual([
      { service_tier: "default", batch: true },
      { service_tier: "default" },
      { service_tier: "flex" },
    ]);
    expect(new Set(drafts.map(({ key }) => JSON.stringify(key))).size).toBe(3);
  });

  it.each([
    ["embeddings", { input: 12345678, requests: 40, model: "text-embedding-3-small" }],
    ["images", { requests: 2, metadata: { images: 3, size: "1024x1024", source: "image.generation" } }],
    ["audio-transcriptions", { requests: 4, metadata: { seconds: 90 } }],
    ["vector-stores", { requests: null, metadata: { usage_bytes: 1073741824 } }],
    ["code-interpreter-sessions", { requests: null, metadata: { num_sessions: 5 } }],
    ["web-search-calls", { requests: null, metadata: { num_requests: 2, num_model_requests: 2 } }],
  ])("gives what is counted of %s", async (kind, draft) => {
    const feed = openaiUsageApi.find(({ id }) => id === `openai-${kind}-api`)!;
    const { drafts } = await collect(feed, asked(await startReplay(replayOpenai)));
    expect(drafts).toHaveLength(1);
    expect(drafts[0]).toMatchObject({ ...draft, cost: null, basis: "none" });
  });

  it("has every feed in a series of its own, by what OpenAI lets it be grouped", async () => {
    const server = await startReplay(replayOpenai);
    for (const feed of openaiUsageApi) await collect(feed, asked(server));
    expect(new Set(openaiUsageApi.map(({ series }) => series)).size).toBe(11);
    expect(new Set(openaiUsageApi.map(({ source }) => source)).size).toBe(11);
    expect(server.requests.map(({ path }) => path)).toHaveLength(12);
  });

  it("takes a kind that OpenAI does not know for none", async () => {
    const server = await startReplay(replayOpenai);
    const decisions = openaiUsageApi.find(({ id }) => id === "openai-decisions-api")!;
    expect((await collect(decisions, asked(server))).pieces).toEqual([]);
    server.fault = () => ({ status: 400, body: { error: { message: "Unknown" } } });
    expect((await collect(decisions, asked(server))).pieces).toEqual([]);
    expect((await failure(collect(openaiCompletionsApi, asked(server)))).code).toBe("provider_refused");
    server.fault = () => ({ status: 403, body: {} });
    expect((await failure(collect(decisions, asked(server)))).code).toBe("key_refused");
  });

  it("does not take a refusal of a later page for the end", async () => {
    const server = await startReplay(() => ({
      status: 200,
      body: { data: [], has_more: true, next_page: "2" },
    }));
    server.fault = (_, before) => (before === 0 ? undefined : { status: 404, body: {} });
    const images = openaiUsageApi.find(({ id }) => id === "openai-images-api")!;
    expect((await failure(collect(images, asked(server)))).code).toBe("provider_refused");
  });
});

describe("the check of a key", () => {
  const checked = async (key: string, replay: Replay = replayOpenai) => {
    const server = await startReplay(replay);
    return { server, check: check(openaiCollector, asked(server, key)) };
  };

  it("takes an Admin key", async () => {
    const { server, check } = await checked(OPENAI_KEYS.admin);
    expect(await check).toEqual({ account: null, accountName: null });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.query.get("limit")).toBe("1");
  });

  it("knows the account if a row names it", async () => {
    const { check } = await checked(OPENAI_KEYS.admin, costs([{}, { organization_id: "org-DemoOrg00001" }]));
    expect(await check).toMatchObject({ account: "org-DemoOrg00001" });
  });

  it.each(["openai-403-missing-scope", "openai-401-missing-scope"])(
    "says what an ordinary key lacks, whatever the status: %s",
    async (refusal) => {
      const { check } = await checked(OPENAI_KEYS.project, () => seenRefusal(refusal));
      const error = await failure(check);
      expect(error).toMatchObject({ code: "key_cannot_collect", exit: 3 });
      expect(error.hint).toContain("Admin key (sk-admin-…)");
      expect(error.hint).toContain("https://platform.openai.com/settings/organization/admin-keys");
    },
  );

  it("knows an ordinary key by what else it may do", async () => {
    const { check, server } = await checked(OPENAI_KEYS.restricted);
    expect((await failure(check)).code).toBe("key_cannot_collect");
    expect(server.requests.map(({ path }) => path)).toEqual(["/v1/organization/costs", "/v1/models"]);
  });

  it("says that a dead key is refused, in OpenAI's words", async () => {
    const { check } = await checked("sk-admin-dead");
    const error = await failure(check);
    expect(error).toMatchObject({ code: "key_refused", exit: 3 });
    expect(error.message).toContain("Incorrect API key provided");
  });
});
