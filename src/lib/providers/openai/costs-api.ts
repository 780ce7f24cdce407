import type { Draft } from "../../record/draft.js";
import type { Answer } from "../answer.js";
import type { Feed } from "../collector.js";
import { filled } from "../metadata.js";
import { bucketPages } from "../pages.js";
import { modelOfLineItem } from "./line-item.js";
import { quantityOf } from "./quantity.js";
import { daily } from "./window.js";
import { named } from "../named.js";

/** Days a page, as many as there may be. */
const PAGE = 180;

/** What tells two charges of one bucket apart. What is not grouped by is null. */
const IDENTIFYING = ["line_item", "user_id", "api_key_id", "project_id", "organization_id", "api_source"];

const draftOf = (row: Answer, start: string): Draft | null => {
  const amount = row.object("amount");
  const cost = amount.amount("value");
  if (cost === null && !row.has("quantity")) return null;
  return {
    timestamp: start,
    granularity: "day",
    model: modelOfLineItem(row.name("line_item")),
    cost,
    currency: amount.currency("currency"),
    basis: cost === null ? "none" : "billed",
    key: [start, ...IDENTIFYING.map((name) => row.text(name))],
    project: named(row.text("project_id"), row.text("project_name")),
    apiKey: named(row.text("api_key_id")),
    metadata: filled({
      line_item: row.text("line_item"),
      ...quantityOf(row.amount("quantity"), row.text("quantity_unit")),
      organization_id: row.text("organization_id"),
    }),
  };
};

export const openaiCostsApi: Feed = {
  id: "openai-costs-api",
  title: "OpenAI costs API",
  source: "openai/costs-api",
  series: "openai/cost",
  // The cost export by line item, key and project has one more.
  detail: 44,
  collect: (api, window) =>
    bucketPages(
      api,
      "/v1/organization/costs",
      { ...daily(window, PAGE), "group_by[]": ["line_item", "project_id", "api_key_id"] },
      {
        startOf: (bucket) => bucket.epoch("start_time"),
        draftOf,
      },
    ),
};
