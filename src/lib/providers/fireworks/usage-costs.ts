import type { ExportFormat, Row } from "../../csv/format.js";
import type { Draft } from "../../record/draft.js";
import { filled } from "../metadata.js";

const NO_MODEL = ["unattributed", "unknown_model"];

const read = (row: Row): Draft => {
  const timestamp = row.day("date");
  const dimension = row.required("group_by_dimension");
  const group = row.name("group_by_value");
  row.required("subtotal_usd");
  const currency = row.currency("currency");
  const isModel = dimension === "model" && group !== null && !NO_MODEL.includes(group);
  return {
    timestamp,
    granularity: "day",
    model: isModel ? group : null,
    cost: row.amount("subtotal_usd", { currency }),
    currency,
    basis: "billed",
    key: [timestamp, dimension, group],
    // Users are people, and keys are secrets' names.
    metadata: filled({ group_by: dimension, group: dimension === "model_tier" ? group : null }),
  };
};

/** A day and a model, tier, user or key a row: files by two of them show the same money. */
export const fireworksUsageCosts: ExportFormat = {
  id: "fireworks-usage-costs",
  title: "Fireworks usage costs",
  provider: "fireworks",
  where: "firectl billing export-usage-costs",
  source: "fireworks/usage-costs",
  requires: ["date", "group_by_dimension", "group_by_value", "subtotal_usd"],
  knows: ["account_id", "currency"],
  date: "date",
  series: "fireworks/cost",
  dimensions: ["group_by_value"],
  account: "account_id",
  read,
};
