import type { Draft } from "../../record/draft.js";
import { plain } from "../../money.js";
import type { Answer } from "../answer.js";
import type { ProviderApi } from "../api.js";
import type { Collected, Feed, Window } from "../collector.js";
import { daysBetween, spansOf } from "../../dates/days.js";
import { filled } from "../metadata.js";
import { named } from "../named.js";
import { draftsOnPages } from "../pages.js";
import { anthropicCostReport } from "./cost-report.js";
import { tokensOf, anthropicUsageReport } from "./usage-report.js";
import { between } from "./window.js";

const BETA = { "anthropic-beta": "analytics-usage-cost-2026-08-24" };

/** Of one request. */
const MOST = { days: 31, rows: 1000 };

/** The API has no data before this date. */
const FIRST_DATE = "2026-01-01";

const costDraft = (row: Answer): Draft => {
  const start = row.moment("starting_at");
  const group = row.object("group");
  const cost = row.object("cost");
  const amount = cost.charge("amount").times("0.01");
  const listAmount = cost.amount("list_amount")?.times("0.01") ?? null;
  const workspace = group.text("workspace_id");
  const dimensions = ["cost_type", "token_type"];
  return {
    timestamp: start,
    granularity: "day",
    model: group.name("model"),
    // In cents, after discounts and before credits.
    cost: amount,
    currency: cost.currency("currency"),
    basis: "billed",
    key: [start, group.text("model"), workspace, ...dimensions.map((name) => group.text(name))],
    project: named(workspace),
    metadata: filled({
      ...Object.fromEntries(dimensions.map((name) => [name, group.text(name)])),
      list_price_usd: listAmount && !listAmount.eq(amount) ? plain(listAmount) : null,
    }),
  };
};

const usageDraft = (row: Answer): Draft => {
  const start = row.moment("starting_at");
  const group = row.object("group");
  const usage = row.object("usage");
  const [workspace, key] = [group.text("workspace_id"), group.text("api_key_id")];
  return {
    timestamp: start,
    granularity: "day",
    model: group.name("model"),
    cost: null,
    basis: "none",
    ...tokensOf(usage),
    requests: usage.count("requests"),
    key: [start, group.text("model"), workspace, key],
    project: named(workspace),
    apiKey: named(key),
    metadata: filled({
      web_searches: usage.object("server_tool_use").count("web_search_requests") || null,
    }),
  };
};

/** Rows come one after another, over pages, so a span is whole only with its last page. */
async function* spans(
  api: ProviderApi,
  path: string,
  window: Window,
  groups: readonly string[],
  draftOf: (row: Answer) => Draft,
): AsyncGenerator<Collected> {
  const from = window.from < FIRST_DATE ? FIRST_DATE : window.from;
  for (const span of spansOf(from, window.to, MOST.days)) {
    const query = {
      ...between(span),
      time_bucket_width: "1d",
      "group_by[]": groups,
      limit: MOST.rows,
      order_by: "time",
      order: "asc",
    };
    const drafts = await draftsOnPages(withBeta(api), path, query, (page) => page.list("data").map(draftOf));
    yield { days: daysBetween(span.from, span.to), drafts };
  }
}

const withBeta = (api: ProviderApi): ProviderApi => ({
  ...api,
  get: (path, query) => api.get(path, query, { headers: BETA }),
});

/** The costs of Anthropic's analytics API (beta), which holds Console and Enterprise, and shows discounts. */
export const anthropicAnalyticsCost: Feed = {
  id: "anthropic-analytics-cost",
  title: "Anthropic analytics, cost",
  source: "anthropic/analytics-cost",
  series: "anthropic/cost",
  detail: 2,
  fallback: anthropicCostReport,
  collect: (api, window) =>
    spans(
      api,
      "/v1/organizations/analytics/cost",
      window,
      ["model", "workspace_id", "cost_type", "token_type"],
      costDraft,
    ),
};

export const anthropicAnalyticsUsage: Feed = {
  id: "anthropic-analytics-usage",
  title: "Anthropic analytics, usage",
  source: "anthropic/analytics-usage",
  series: "anthropic/usage",
  detail: 2,
  fallback: anthropicUsageReport,
  collect: (api, window) =>
    spans(
      api,
      "/v1/organizations/analytics/usage",
      window,
      ["model", "workspace_id", "api_key_id"],
      usageDraft,
    ),
};
