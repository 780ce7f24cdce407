import { type ExportFormat, type Row, type Skip, RowProblem } from "../../csv/format.js";
import { dateOf } from "../../dates/days.js";
import type { Draft } from "../../record/draft.js";
import type { Granularity } from "../../record/record.js";
import { filled } from "../metadata.js";
import { named } from "../named.js";

const DIMENSIONS = ["project_id", "user_id", "api_key_id", "model", "batch", "service_tier"];

const read = (row: Row): Draft | Skip => {
  const start = row.epoch("start_time");
  const end = row.epoch("end_time");
  const requests = row.count("num_model_requests");
  const input = row.count("input_tokens");
  if (requests === null && input === null) return { skip: "empty bucket", day: dateOf(start) };
  const seconds = (Date.parse(end) - Date.parse(start)) / 1000;
  return {
    timestamp: start,
    granularity: granularityOf(seconds, row),
    model: row.name("model"),
    cost: null,
    basis: "none",
    input,
    output: row.count("output_tokens"),
    cacheRead: row.count("input_cached_tokens"),
    cacheWrite: row.count("input_cache_write_tokens"),
    requests,
    key: [
      start,
      end,
      ...DIMENSIONS.map((column) => (column === "batch" ? row.flag(column) : row.text(column))),
    ],
    project: named(row.text("project_id")),
    apiKey: named(row.text("api_key_id")),
    metadata: filled({
      batch: row.flag("batch") === "True" ? true : null,
      service_tier: row.text("service_tier"),
      bucket_seconds: seconds < 3600 ? seconds : null,
    }),
  };
};

const granularityOf = (seconds: number, row: Row): Granularity => {
  if (seconds === 86_400) return "day";
  if (seconds === 3600) return "hour";
  if (seconds > 0 && seconds < 3600) return "event";
  throw new RowProblem(
    "end_time",
    row.required("end_time"),
    "is not a minute, an hour or a day after start_time",
  );
};

/** The completions usage download of the dashboard: 24 columns in 2025, 26 in 2026. It holds no money. */
export const openaiUsage: ExportFormat = {
  id: "openai-usage",
  title: "OpenAI completions usage export",
  provider: "openai",
  where: "platform.openai.com, Usage, Activity: Export",
  source: "openai/usage",
  requires: ["start_time", "end_time", "num_model_requests", "input_tokens", "output_tokens"],
  knows: [
    "start_time_iso",
    "end_time_iso",
    ...DIMENSIONS,
    "compute_units",
    "input_cached_tokens",
    "input_cache_write_tokens",
    "input_uncached_tokens",
    "input_text_tokens",
    "output_text_tokens",
    "input_cached_text_tokens",
    "input_audio_tokens",
    "input_cached_audio_tokens",
    "output_audio_tokens",
    "input_image_tokens",
    "input_cached_image_tokens",
    "output_image_tokens",
  ],
  date: "start_time",
  series: "openai/usage",
  dimensions: DIMENSIONS,
  band: 1,
  project: "project_id",
  read,
};
