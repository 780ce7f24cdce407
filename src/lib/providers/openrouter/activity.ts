import type { ExportFormat, Row } from "../../csv/format.js";
import type { Draft } from "../../record/draft.js";
import { plain } from "../../money.js";
import { filled } from "../metadata.js";
import { named } from "../named.js";

const read = (row: Row): Draft => {
  row.required("cost_total");
  const byok = row.amount("byok_usage_inference");
  return {
    timestamp: row.moment("created_at"),
    granularity: "event",
    model: row.name("model_permaslug"),
    // The other cost columns are parts of it, but for `byok_usage_inference`, which the owner of the key pays elsewhere.
    cost: row.amount("cost_total"),
    basis: "billed",
    // A call with a key of the user's is paid to its provider: what OpenRouter charges for it is a fee.
    ...(byok?.gt(0) && { kind: "fee" as const }),
    input: row.count("tokens_prompt"),
    output: row.count("tokens_completion"),
    cacheRead: row.count("tokens_cached"),
    requests: 1,
    key: [row.required("generation_id")],
    apiKey: named(null, row.text("api_key_name")),
    metadata: filled({
      generation_id: row.text("generation_id"),
      upstream: row.text("provider_name"),
      variant: row.text("variant"),
      app: row.text("app_name"),
      byok_usage_usd: byok && !byok.eq(0) ? plain(byok) : null,
      reasoning_tokens: row.count("tokens_reasoning") || null,
      cancelled: row.flag("cancelled") === "True" ? true : null,
    }),
  };
};

/** The activity download of OpenRouter: one call a row, with its id, at UTC. */
export const openrouterActivity: ExportFormat = {
  id: "openrouter-activity",
  title: "OpenRouter activity export",
  provider: "openrouter",
  where: "openrouter.ai, Activity: Export",
  source: "openrouter/activity",
  requires: ["generation_id", "created_at", "cost_total"],
  knows: [
    "cost_web_search",
    "cost_cache",
    "cost_file_processing",
    "byok_usage_inference",
    "tokens_prompt",
    "tokens_completion",
    "tokens_reasoning",
    "tokens_cached",
    "model_permaslug",
    "provider_name",
    "variant",
    "cancelled",
    "streamed",
    "user",
    "finish_reason_raw",
    "finish_reason_normalized",
    "generation_time_ms",
    "time_to_first_token_ms",
    "app_name",
    "api_key_name",
    "api_key_disabled",
  ],
  date: "created_at",
  series: "openrouter/activity",
  events: true,
  dimensions: [],
  band: 1,
  read,
};
