import { isRefusal, type ProviderApi, refusalTo } from "../api.js";
import type { Collector, KeyCheck } from "../collector.js";
import { cannotCollect } from "../key-kinds.js";
import { anthropicAnalyticsCost, anthropicAnalyticsUsage } from "./analytics.js";
import { anthropicClaudeCode } from "./claude-code.js";
import { anthropicCostReport } from "./cost-report.js";
import { anthropicUsageReport } from "./usage-report.js";

/** The version whose answers are read here. For a given one Anthropic only adds fields and values. */
const VERSION = "2023-06-01";

const KEY_HELP =
  "Use an Admin API key (sk-ant-admin…) of your organisation: https://platform.claude.com/settings/admin-keys. Individual accounts have none.";

const check = async (api: ProviderApi): Promise<KeyCheck> => {
  try {
    const organisation = await api.get("/v1/organizations/me");
    return { account: organisation.required("id"), accountName: organisation.text("name") };
  } catch (error) {
    if (!isRefusal(error, 401, 403, 404)) throw error;
    const costs = api.get("/v1/organizations/cost_report", { starting_at: today(), limit: 1 });
    if ((await refusalTo(costs, 401, 403, 404)) === null) return { account: null, accountName: null };
    if ((await refusalTo(api.get("/v1/models", { limit: 1 }), 401, 403, 404)) !== null) throw error;
    throw cannotCollect("an ordinary API key of Anthropic", "Anthropic", KEY_HELP);
  }
};

const today = (): string => `${new Date().toISOString().slice(0, 10)}T00:00:00Z`;

export const anthropicCollector: Collector = {
  provider: "anthropic",
  title: "Anthropic",
  baseUrl: "https://api.anthropic.com",
  authorize: (key) =>
    key.startsWith("sk-ant-oat")
      ? { authorization: `Bearer ${key}`, "anthropic-version": VERSION }
      : { "x-api-key": key, "anthropic-version": VERSION },
  keys: [
    { prefix: "sk-ant-admin", title: "an Anthropic Admin API key", collects: "yes" },
    { prefix: "sk-ant-oat", title: "an OAuth token of Anthropic", collects: "perhaps" },
    { prefix: "sk-ant-ort", title: "an OAuth refresh token of Anthropic", collects: "no" },
    { prefix: "sk-ant-", title: "an Anthropic API key", collects: "perhaps" },
  ],
  keyHelp: KEY_HELP,
  check,
  feeds: ({ options: { anthropicApi, claudeCode } }) => [
    ...(anthropicApi === "analytics"
      ? [anthropicAnalyticsCost, anthropicAnalyticsUsage]
      : [anthropicCostReport, anthropicUsageReport]),
    ...(claudeCode ? [anthropicClaudeCode] : []),
  ],
};
