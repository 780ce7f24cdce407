import type { CsvFormat, Row } from "../../csv/format.js";
import type { Draft } from "../../record/draft.js";
import type { Granularity } from "../../record/record.js";
import { filled } from "../metadata.js";
import { sumOfKnown } from "../tokens.js";
import { modelName } from "./model.js";

/** The columns that the export has had in every year: the same bucket has the same key in each. */
const IDENTIFYING = ["model_version", "workspace", "api_key", "usage_type"];

const CACHE_WRITES = [
  "usage_input_tokens_cache_write",
  "usage_input_tokens_cache_write_5m",
  "usage_input_tokens_cache_write_1h",
];

const read = (row: Row): Draft => {
  const granularity = granularityOf(row.required("usage_date_utc"));
  const timestamp = granularity === "day" ? row.day("usage_date_utc") : row.moment("usage_date_utc");
  const cacheRead = row.count("usage_input_tokens_cache_read");
  const cacheWrite = sumOfKnown(...CACHE_WRITES.map((column) => row.count(column)));
  return {
    timestamp,
    granularity,
    model: modelName(row.name("model_version")),
    cost: null,
    basis: "none",
    // The kinds of input are listed apart here.
    input: sumOfKnown(row.count("usage_input_tokens_no_cache"), cacheRead, cacheWrite),
    output: row.count("usage_output_tokens"),
    cacheRead,
    cacheWrite,
    key: [timestamp, granularity, ...IDENTIFYING.map((column) => row.text(column))],
    metadata: filled({
      model_id: row.text("model_version"),
      workspace: row.text("workspace"),
      api_key: row.text("api_key"),
      usage_type: row.text("usage_type"),
      context_window: row.text("context_window"),
      inference_geo: row.text("inference_geo"),
      speed: row.text("speed"),
      web_searches: row.count("web_search_count") || null,
    }),
  };
};

/** A month is downloaded by the day, a day by the hour (`2026-11-05 02:00`), an hour in finer buckets. */
const granularityOf = (bucket: string): Granularity => {
  if (!bucket.includes(":")) return "day";
  return /\d:00(?::00)?$/.test(bucket) ? "hour" : "event";
};

/** The tokens download of the Claude Console. It holds no money and no number of calls. */
export const anthropicUsage: CsvFormat = {
  id: "anthropic-usage",
  title: "Anthropic Console usage export",
  provider: "anthropic",
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
