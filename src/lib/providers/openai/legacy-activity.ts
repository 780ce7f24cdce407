import type { ExportFormat, Row } from "../../csv/format.js";
import type { Draft } from "../../record/draft.js";
import { filled } from "../metadata.js";
import { named } from "../named.js";

const DIMENSIONS = [
  "organization_id",
  "project_id",
  "user",
  "api_key_id",
  "model",
  "operation",
  "usage_type",
];

const read = (row: Row): Draft => {
  const timestamp = row.epoch("timestamp");
  return {
    timestamp,
    granularity: "event",
    model: row.name("model"),
    cost: null,
    basis: "none",
    input: row.count("n_context_tokens_total"),
    output: row.count("n_generated_tokens_total"),
    // There was no caching before October 2024, and no column for it.
    cacheRead: row.count("n_cached_context_tokens_total") ?? 0,
    cacheWrite: 0,
    requests: row.count("n_requests"),
    key: [timestamp, ...DIMENSIONS.map((column) => row.text(column))],
    project: named(row.text("project_id"), row.text("project_name")),
    apiKey: named(row.text("api_key_id"), row.text("api_key_name")),
    metadata: filled({
      operation: row.text("operation"),
    }),
  };
};

/** The activity download of platform.openai.com until early 2025, in buckets of five minutes. It holds no money. */
export const openaiLegacyActivity: ExportFormat = {
  id: "openai-legacy-activity",
  title: "OpenAI activity export (until 2025)",
  provider: "openai",
  where: "platform.openai.com, Usage: Export (until early 2025)",
  source: "openai/legacy-activity",
  requires: ["timestamp", "n_requests", "n_context_tokens_total", "n_generated_tokens_total"],
  knows: [
    ...DIMENSIONS,
    "n_cached_context_tokens_total",
    "project_name",
    "snapshot_id",
    "email",
    "api_key_name",
    "api_key_redacted",
    "api_key_type",
    "request_type",
    "aggregation_timestamp",
  ],
  date: "timestamp",
  series: "openai/usage",
  dimensions: DIMENSIONS,
  account: "organization_id",
  project: "project_id",
  read,
};
