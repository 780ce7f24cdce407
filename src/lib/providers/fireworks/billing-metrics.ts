import type { ExportFormat, Row } from "../../csv/format.js";
import type { Draft } from "../../record/draft.js";
import { plain } from "../../money.js";
import { filled } from "../metadata.js";

const read = (row: Row): Draft => {
  const timestamp = row.moment("start_time");
  const model = row.name("base_model_name");
  const type = row.required("usage_type");
  const isCall = /inference/i.test(type);
  const input = row.count("prompt_tokens");
  const output = row.count("completion_tokens");
  const seconds = row.amount("accelerator_seconds");
  return {
    timestamp,
    granularity: "event",
    model,
    cost: null,
    basis: "none",
    // A deployment is paid by the second, whatever is called in it.
    ...(isCall ? { input, output, requests: 1 } : {}),
    key: [timestamp, type, model, String(input ?? 0), String(output ?? 0), seconds && plain(seconds)],
    metadata: filled({
      usage_type: type,
      model_bucket: row.text("model_bucket"),
      accelerator: row.text("accelerator_type"),
      accelerator_seconds: seconds && plain(seconds),
    }),
  };
};

/** A call a row, without an id and without money. */
export const fireworksBillingMetrics: ExportFormat = {
  id: "fireworks-billing-metrics",
  title: "Fireworks billing metrics",
  provider: "fireworks",
  where: "firectl billing export-metrics",
  source: "fireworks/billing-metrics",
  requires: ["start_time", "usage_type", "accelerator_seconds", "base_model_name"],
  knows: [
    "email",
    "end_time",
    "accelerator_type",
    "model_bucket",
    "parameter_count",
    "prompt_tokens",
    "completion_tokens",
  ],
  date: "start_time",
  series: "fireworks/usage",
  events: true,
  dimensions: [],
  read,
};
