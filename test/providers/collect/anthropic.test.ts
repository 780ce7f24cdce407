import { describe, expect, it } from "vitest";
import { isRefusal } from "../../../src/lib/providers/api.js";
import {
  anthropicAnalyticsCost,
  anthropicAnalyticsUsage,
} from "../../../src/lib/providers/anthropic/analytics.js";
import { anthropicClaudeCode } from "../../../src/lib/providers/anthropic/claude-code.js";
import { anthropicCollector } from "../../../src/lib/providers/anthropic/collector.js";
import { anthropicCostReport } from "../../../src/lib/providers/anthropic/cost-report.js";
import { daysBetween } from "../../../src/lib/dates/days.js";
import { anthropicUsageReport } from "../../../src/lib/providers/anthropic/usage-report.js";
import { fixture, type Replay, type ReplayServer, startReplay } from "../../support/replay.js";
import { ANTHROPIC_KEYS, ORGANISATION, replayAnthropic } from "../../support/replay/anthropic.js";
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
  total,
} from "./collecting.js";

const asked = (server: ReplayServer, key = ANTHROPIC_KEYS.admin) =>
  optionsOf(anthropicCollector, server, key);

const collected = async (feed: Parameters<typeof collect>[0], replay: Replay = replayAnthropic) =>
  collect(feed, asked(await startReplay(replay)));

interface Totals {
  buckets: number;
  rows: number;
  total_usd: string;
  wrong_if_read_as_dollars: string;
  by_model_usd: Record<string, string>;
  by_day_usd: Record<string, string>;
  by_workspace_usd: Record<string, string>;
}
const costs = expected<Totals>("anthropic_cost_report");

const row = { amount: "100", currency: "USD" };

/** One bucket of 2026-11-08. */
const bucket =
  (results: object[]): Replay =>
  () => ({
    status: 200,
    body: { data: [{ starting_at: "2026-11-08T00:00:00Z", results }], has_more: false, next_page: null },
  });

/** The days of the fixtures. */
const DAYS = daysBetween("2026-11-08", "2026-11-21");

describe.each([anthropicCostReport, anthropicAnalyticsCost])("$title", (feed) => {
  // The replayed analytics API has the fixtures where more than their days is asked for.
  const window = { from: "2026-11-07" };

  it("gives every charge in dollars, to the last digit", async () => {
    const { drafts, days } = await collect(feed, asked(await startReplay(replayAnthropic)), window);
    expect(drafts).toHaveLength(costs.rows);
    expect(costOf(drafts)).toBe(costs.total_usd);
    expect(costOf(drafts)).not.toBe(costs.wrong_if_read_as_dollars);
    const modelOf = (draft: (typeof drafts)[0]) => draft.model ?? `(${String(said(draft, "cost_type"))})`;
    expect(costBy(drafts, modelOf)).toEqual(costs.by_model_usd);
    expect(costBy(drafts, dayOf)).toEqual(costs.by_day_usd);
    expect(drafts.every(({ basis, granularity }) => basis === "billed" && granularity === "day")).toBe(true);
    expect(DAYS).toHaveLength(costs.buckets);
    expect(days.slice(-costs.buckets)).toEqual(DAYS);
  });

  it("has days without spend among those that it holds whole", async () => {
    const { drafts } = await collect(feed, asked(await startReplay(replayAnthropic)), window);
    const empty = DAYS.filter((day) => !drafts.some((draft) => dayOf(draft) === day));
    expect(empty).toEqual(["2026-11-11", "2026-11-17", "2026-11-18"]);
  });

  it("asks for the next page with all that it asked for the first time", async () => {
    const server = await startReplay(replayAnthropic);
    await collect(feed, asked(server), window);
    const [first, second] = server.requests.map(({ query }) => new URLSearchParams(query));
    expect(server.requests).toHaveLength(2);
    expect(first?.getAll("group_by[]").length).toBeGreaterThan(1);
    expect(second?.get("page")).not.toBeNull();
    second?.delete("page");
    expect(second?.toString()).toBe(first?.toString());
  });
});

describe("the cost report", () => {
  it("says whose charge it is, where that is not the default workspace", async () => {
    const { drafts } = await collected(anthropicCostReport);
    expect(costBy(drafts, (draft) => draft.project?.id ?? null)).toEqual(costs.by_workspace_usd);
  });

  it("reads a report that is not grouped, without models", async () => {
    const { drafts } = await collected(anthropicCostReport, () => ({
      status: 200,
      body: fixture("anthropic-cost-report.ungrouped"),
    }));
    expect(costOf(drafts)).toBe(expected<Totals>("anthropic_cost_report_ungrouped").total_usd);
    expect(costBy(drafts, dayOf)).toEqual(costs.by_day_usd);
    expect(drafts.every(({ model, metadata }) => model === null && Object.keys(metadata!).length === 0)).toBe(
      true,
    );
  });

  it("keeps kinds of costs and tokens that it does not know", async () => {
    const { drafts } = await collected(
      anthropicCostReport,
      bucket([
        { ...row, cost_type: "teleportation", model: null },
        { ...row, cost_type: "tokens", token_type: "thought_tokens", model: "claude-muse-7-20271001" },
      ]),
    );
    expect(drafts.map(({ model, metadata }) => [model, metadata])).toEqual([
      [null, { cost_type: "teleportation" }],
      ["claude-muse-7-20271001", { cost_type: "tokens", token_type: "thought_tokens" }],
    ]);
  });

  it("takes amounts as texts, as numbers, and in scientific notation", async () => {
    const text = '[{"amount":"12.5"},{"amount":12.5},{"amount":2.4e-05},{"amount":"2.4e-05"}]';
    const { drafts } = await collected(anthropicCostReport, () => ({
      status: 200,
      body: `{"data":[{"starting_at":"2026-11-08T00:00:00Z","results":${text}}],"has_more":false}`,
    }));
    expect(drafts.map((draft) => costOf([draft]))).toEqual(["0.125", "0.125", "0.00000024", "0.00000024"]);
  });

  it("tells charges apart by all that Anthropic says of them", async () => {
    const { drafts } = await collected(anthropicCostReport);
    expect(new Set(drafts.map(({ key }) => JSON.stringify(key))).size).toBe(drafts.length);
  });

  it.each([
    [
      "an object where a text belongs",
      { ...row, model: { id: "x" } },
      'data[0].results[0].model: “{"id":"x"}” is not a text',
    ],
    [
      "a truth value where a text belongs",
      { ...row, cost_type: true },
      "data[0].results[0].cost_type: “true” is not a text",
    ],
    [
      "a text where an amount belongs",
      { amount: "much" },
      "data[0].results[0].amount: “much” is not an amount",
    ],
    ["no amount", { currency: "USD" }, "data[0].results[0].amount is missing"],
    [
      "a number where a currency belongs",
      { ...row, currency: 840 },
      "data[0].results[0].currency: “840” is not a currency",
    ],
  ])("says where there is %s", async (_, result, words) => {
    const error = await failure(collected(anthropicCostReport, bucket([result])));
    expect(error).toMatchObject({ code: "provider_answer", exit: 5 });
    expect(error.message).toContain(words);
  });
});

describe("pages that do not come to an end", () => {
  it.each([
    ["the same cursor again", "page_1"],
    ["no cursor", null],
  ])("are given up: %s", async (_, next) => {
    const server = await startReplay(() => ({
      status: 200,
      body: { data: [], has_more: true, next_page: next },
    }));
    const error = await failure(collect(anthropicCostReport, asked(server)));
    expect(error).toMatchObject({ code: "paging_stuck", exit: 5 });
    expect(error.message).toContain("/v1/organizations/cost_report");
    expect(server.requests).toHaveLength(next === null ? 1 : 2);
  });
});

describe("the usage report", () => {
  it("gives all tokens, with the kinds of input added up", async () => {
    const { drafts, days } = await collected(anthropicUsageReport);
    const { rows, tokens } = expected<{ rows: number; tokens: Record<string, number> }>(
      "anthropic_usage_report_messages",
    );
    const cacheRead = tokens["cache_read_input_tokens"]!;
    const written1h = tokens["cache_creation.ephemeral_1h_input_tokens"]!;
    const written = tokens["cache_creation.ephemeral_5m_input_tokens"]! + written1h;
    expect(drafts).toHaveLength(rows);
    expect(count(drafts, ({ input }) => input)).toBe(tokens["uncached_input_tokens"]! + cacheRead + written);
    expect(count(drafts, (draft) => draft.cacheRead)).toBe(cacheRead);
    expect(count(drafts, (draft) => draft.cacheWrite)).toBe(written);
    expect(count(drafts, ({ output }) => output)).toBe(tokens["output_tokens"]);
    expect(count(drafts, (draft) => said(draft, "cache_write_1h_tokens") as number | undefined)).toBe(
      written1h,
    );
    expect(count(drafts, (draft) => said(draft, "web_searches") as number | undefined)).toBe(
      tokens["web_search_requests"],
    );
    expect(drafts.every(({ cost, basis }) => cost === null && basis === "none")).toBe(true);
    expect(days).toHaveLength(14);
  });
});

describe("the analytics API", () => {
  it("asks for 31 days at most, and for nothing before 2026", async () => {
    const server = await startReplay(replayAnthropic);
    const { days } = await collect(anthropicAnalyticsUsage, asked(server), { from: "2025-06-01" });
    expect(days).toHaveLength(325);
    expect(days[0]).toBe("2026-01-01");
    expect(server.requests).toHaveLength(11);
    for (const { query, headers } of server.requests) {
      const length = Date.parse(query.get("ending_at")!) - Date.parse(query.get("starting_at")!);
      expect(length).toBeLessThanOrEqual(31 * 86_400_000);
      expect(headers["anthropic-beta"]).toBe("analytics-usage-cost-2026-08-24");
    }
  });

  it.each([
    [anthropicAnalyticsCost, anthropicCostReport],
    [anthropicAnalyticsUsage, anthropicUsageReport],
  ])("gives way to the older reports if it is not known: $title", async (feed, fallback) => {
    const server = await startReplay(replayAnthropic);
    server.fault = ({ path }) => (path.includes("/analytics/") ? { status: 404, body: {} } : undefined);
    expect(isRefusal(await failure(collect(feed, asked(server))), 400, 404)).toBe(true);
    expect(feed.fallback).toBe(fallback);
    expect((await collect(fallback, asked(server))).drafts).not.toEqual([]);
  });
});

describe("the usage of Claude Code", () => {
  it("gives estimates by person, a day a request", async () => {
    const server = await startReplay(replayAnthropic);
    const { drafts, days } = await collect(anthropicClaudeCode, asked(server));
    const want = expected<{ total_usd: string }>("anthropic_claude_code");
    expect(total(drafts, ({ value }) => value)).toBe(want.total_usd);
    expect(costOf(drafts)).toBe("0");
    expect(drafts.every(({ cost, basis, input }) => cost === null && basis === "estimated" && !input)).toBe(
      true,
    );
    expect(new Set(drafts.map((draft) => said(draft, "person"))).size).toBe(2);
    expect(days).toHaveLength(14);
    expect(server.requests).toHaveLength(15);
  });

  it("takes what a plan covers for included, with its tokens", async () => {
    const page = fixture<{ data: object[] }>("anthropic-claude-code.page2");
    const data = page.data.map((record) => ({ ...record, customer_type: "subscription" }));
    const server = await startReplay(() => ({ status: 200, body: { data, has_more: false } }));
    const window = { from: "2026-11-08", to: "2026-11-08" };
    const { drafts } = await collect(anthropicClaudeCode, asked(server), window);
    expect(drafts).toMatchObject([
      { basis: "included", cost: null, input: 150_000, cacheRead: 100_000, output: 5000 },
    ]);
  });
});

describe("the check of a key", () => {
  const checked = async (key: string, fault?: ReplayServer["fault"]) => {
    const server = await startReplay(replayAnthropic);
    server.fault = fault ?? server.fault;
    return check(anthropicCollector, asked(server, key));
  };

  it("names the organisation of an Admin key", async () => {
    expect(await checked(ANTHROPIC_KEYS.admin)).toEqual({
      account: ORGANISATION.id,
      accountName: ORGANISATION.name,
    });
  });

  it("takes a key that may read costs, but nothing of the organisation", async () => {
    const fault: ReplayServer["fault"] = ({ path }) =>
      path.endsWith("/me") ? { status: 403, body: {} } : { status: 200, body: { data: [], has_more: false } };
    expect(await checked(ANTHROPIC_KEYS.admin, fault)).toEqual({ account: null, accountName: null });
  });

  it("says what an ordinary key lacks", async () => {
    const error = await failure(checked(ANTHROPIC_KEYS.ordinary));
    expect(error).toMatchObject({ code: "key_cannot_collect", exit: 3 });
    expect(error.hint).toContain("Admin API key (sk-ant-admin…)");
  });

  it("says that a dead key is refused, in Anthropic's words", async () => {
    const error = await failure(checked(`sk-ant-admin01-${"0".repeat(95)}`));
    expect(error).toMatchObject({ code: "key_refused", exit: 3 });
    expect(error.message).toContain("invalid x-api-key");
  });

  it("collects both reports, and by person where it is asked to", () => {
    const feeds = (anthropicApi: "classic" | "analytics", claudeCode: boolean) =>
      anthropicCollector.feeds({ facts: {}, options: { anthropicApi, claudeCode } });
    expect(feeds("classic", false)).toEqual([anthropicCostReport, anthropicUsageReport]);
    expect(feeds("analytics", true)).toEqual([
      anthropicAnalyticsCost,
      anthropicAnalyticsUsage,
      anthropicClaudeCode,
    ]);
  });
});
