import type { ExportFormat, Row } from "../../csv/format.js";
import type { Draft } from "../../record/draft.js";
import type { Granularity } from "../../record/record.js";
import { filled } from "../metadata.js";
import { sumOfKnown } from "../tokens.js";
import { named } from "../named.js";

/** The columns that the export has had in every year: the same bucket has the same key in each. */
const IDENTIFYING = ["model_version", "workspace", "api_key", "usage_type"];

const CACHE_WRITES = [
  "usage_input_tokens_cache_write",
  "usage_input_tokens_cache_write_5m",
  "usage_input_tokens_cache_write_1h",
];

const read = (row: Row): Draft => {
  const { timestamp, hasTime, isWholeHour } = row.dayOrMoment("usage_date_utc");
  // A month is downloaded by the day, a day by the hour (`2026-11-05 02:00`), an hour in finer buckets.
  const granularity: Granularity = !hasTime ? "day" : isWholeHour ? "hour" : "event";
  const cacheRead = row.count("usage_input_tokens_cache_read");
  const cacheWrite = sumOfKnown(...CACHE_WRITES.map((column) => row.count(column)));
  return {
    timestamp,
    granularity,
    model: row.name("model_version"),
    cost: null,
    basis: "none",
    // The kinds of input are listed apart here.
    input: sumOfKnown(row.count("usage_input_tokens_no_cache"), cacheRead, cacheWrite),
    output: row.count("usage_output_tokens"),
    cacheRead,
    cacheWrite,
    key: [timestamp, granularity, ...IDENTIFYING.map((column) => row.text(column))],
    project: named(null, row.text("workspace")),
    apiKey: named(null, row.text("api_key")),
    metadata: filled({
      usage_type: row.text("usage_type"),
      context_window: row.text("context_window"),
      inference_geo: row.text("inference_geo"),
      speed: row.text("speed"),
      cache_write_1h_tokens: row.count("usage_input_tokens_cache_write_1h") || null,
      web_searches: row.count("web_search_count") || null,
    }),
  };
};

/** The tokens download of the Claude Console. It holds no money and no number of calls. */
export const anthropicUsage: ExportFormat = {
  id: "anthropic-usage",
  title: "Anthropic Console usage export",
  provider: "anthropic",
  where: "platform.claude.com, Usage: Export",
  source: "anthropic/usage",
  requires: ["usage_date_utc", "model_version", "usage_input_tokens_no_cache", "usage_output_tokens"],
  knows: [
    ...IDENTIFYING,
    ...CACHE_WRITES,
    "usage_input_tokens_cache_read",
    "context_window",
    "web_search_count",
    "inference_geo",
    "speed",
  ],
  date: "usage_date_utc",
  series: "anthropic/usage",
  dimensions: [],
  read,
};
