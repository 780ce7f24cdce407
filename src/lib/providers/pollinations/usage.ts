import type { ExportFormat, Row } from "../../csv/format.js";
import type { Draft } from "../../record/draft.js";
import { filled } from "../metadata.js";
import { sumOfKnown } from "../tokens.js";
import { named } from "../named.js";

/** In the exports of every generation. */
const COUNTS = [
  "input_text_tokens",
  "input_cached_tokens",
  "input_audio_tokens",
  "input_image_tokens",
  "output_text_tokens",
  "output_reasoning_tokens",
  "output_audio_tokens",
  "output_image_tokens",
];

const read = (row: Row): Draft => {
  const timestamp = row.moment("timestamp");
  const counts = COUNTS.map((column) => row.count(column));
  row.required("cost_usd");
  return {
    timestamp,
    granularity: "event",
    model: row.name("model"),
    cost: row.amount("cost_usd"),
    basis: "billed",
    // The gateway counts each token in one column, but no column has all input, or all output.
    tokens: sumOfKnown(...counts),
    cacheRead: row.count("input_cached_tokens"),
    requests: 1,
    key: [
      timestamp,
      row.text("type"),
      row.text("model"),
      row.text("api_key"),
      ...counts.map((count) => String(count ?? 0)),
    ],
    apiKey: named(row.text("api_key")),
    metadata: filled({
      type: row.text("type"),
      paid_from: row.text("meter_source"),
      ...Object.fromEntries(COUNTS.map((column, index) => [column, counts[index] || null])),
    }),
  };
};

/** A call a row, without an id; older exports lack the columns of seconds. */
export const pollinationsUsage: ExportFormat = {
  id: "pollinations-usage",
  title: "Pollinations usage export",
  provider: "pollinations",
  where: "enter.pollinations.ai, Usage: Download CSV",
  source: "pollinations/usage",
  requires: ["timestamp", "type", "model", "meter_source", "input_text_tokens", "cost_usd"],
  knows: [
    ...COUNTS,
    "api_key",
    "api_key_type",
    "input_audio_seconds",
    "output_audio_seconds",
    "output_video_seconds",
    "response_time_ms",
  ],
  date: "timestamp",
  series: "pollinations/usage",
  events: true,
  dimensions: [],
  read,
};
