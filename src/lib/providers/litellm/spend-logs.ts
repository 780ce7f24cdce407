import type { ExportFormat, Row } from "../../csv/format.js";
import type { Draft } from "../../record/draft.js";
import { filled } from "../metadata.js";
import { jsonIn, numberAt, textAt } from "../json-cell.js";
import { named } from "../named.js";

const read = (row: Row): Draft => {
  row.required("spend");
  const metadata = jsonIn(row, "metadata");
  const found = (...names: string[]): number | null =>
    numberAt(metadata, ["usage_object", ...names]) ??
    numberAt(metadata, ["additional_usage_values", ...names]);
  return {
    timestamp: row.moment("startTime"),
    granularity: "event",
    model: row.name("model"),
    // What the proxy reckons: it is what its teams are charged.
    cost: row.amount("spend"),
    basis: "billed",
    input: row.count("prompt_tokens"),
    output: row.count("completion_tokens"),
    cacheRead: found("cache_read_input_tokens") ?? found("prompt_tokens_details", "cached_tokens"),
    cacheWrite: found("cache_creation_input_tokens"),
    requests: 1,
    key: [row.required("request_id")],
    project: named(row.text("team_id"), textAt(metadata, ["user_api_key_team_alias"])),
    apiKey: named(row.text("api_key"), textAt(metadata, ["user_api_key_alias"])),
    metadata: filled({
      request_id: row.text("request_id"),
      call_type: row.text("call_type"),
      upstream: row.text("custom_llm_provider"),
      cache_hit: row.flag("cache_hit") === "True" ? true : null,
      failed: row.text("status")?.toLowerCase() === "failure" ? true : null,
    }),
  };
};

/** The table of the proxy with a row a call, as `\copy` or an administration tool writes it. */
export const litellmSpendLogs: ExportFormat = {
  id: "litellm-spend-logs",
  title: "LiteLLM spend logs",
  provider: "litellm",
  where: 'the database of the proxy: \\copy "LiteLLM_SpendLogs" to spend.csv csv header',
  source: "litellm/spend-logs",
  requires: ["request_id", "call_type", "spend", "startTime"],
  knows: [
    "api_key",
    "total_tokens",
    "prompt_tokens",
    "completion_tokens",
    "endTime",
    "request_duration_ms",
    "completionStartTime",
    "model",
    "model_id",
    "model_group",
    "custom_llm_provider",
    "api_base",
    "user",
    "metadata",
    "cache_hit",
    "cache_key",
    "request_tags",
    "team_id",
    "organization_id",
    "end_user",
    "requester_ip_address",
    "messages",
    "response",
    "session_id",
    "status",
    "mcp_namespaced_tool_name",
    "agent_id",
    "proxy_server_request",
  ],
  date: "startTime",
  series: "litellm/spend",
  events: true,
  dimensions: [],
  band: 1,
  read,
};
