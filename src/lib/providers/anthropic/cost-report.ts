import type { Draft } from "../../record/draft.js";
import type { Answer } from "../answer.js";
import type { Feed } from "../collector.js";
import { filled } from "../metadata.js";
import { bucketPages } from "../pages.js";
import { daily } from "./window.js";
import { named } from "../named.js";

/** What tells two charges of a workspace in one bucket apart; the grouping by description brings them. */
const DIMENSIONS = [
  "cost_type",
  "description",
  "token_type",
  "service_tier",
  "context_window",
  "inference_geo",
  "speed",
];

const draftOf = (row: Answer, start: string): Draft => {
  const model = row.name("model");
  return {
    timestamp: start,
    granularity: "day",
    model,
    // In cents, with as many decimals as there are.
    cost: row.charge("amount").times("0.01"),
    currency: row.currency("currency"),
    basis: "billed",
    key: [start, model, row.text("workspace_id"), ...DIMENSIONS.map((name) => row.text(name))],
    project: named(row.text("workspace_id")),
    metadata: filled(Object.fromEntries(DIMENSIONS.map((name) => [name, row.text(name)]))),
  };
};

/** The cost report of Anthropic's Admin API: what was charged on each UTC day, Priority Tier left out. */
export const anthropicCostReport: Feed = {
  id: "anthropic-cost-report",
  title: "Anthropic cost report",
  source: "anthropic/cost-report",
  series: "anthropic/cost",
  detail: 1,
  collect: (api, window) =>
    bucketPages(
      api,
      "/v1/organizations/cost_report",
      { ...daily(window), "group_by[]": ["workspace_id", "description"] },
      {
        startOf: (bucket) => bucket.moment("starting_at"),
        draftOf,
      },
    ),
};
