import type { CsvFormat, Row } from "../../csv/format.js";
import type { Draft } from "../../record/draft.js";
import { filled } from "../metadata.js";

const read = (row: Row): Draft => {
  const timestamp = row.day("date");
  row.required("cost_in_major");
  return {
    timestamp,
    granularity: "day",
    model: row.name("name"),
    // `cost` is the same amount in cents.
    cost: row.amount("cost_in_major"),
    currency: row.currency("currency"),
    basis: "billed",
    key: [timestamp, row.text("name"), row.text("project_id"), row.text("organization_id")],
    metadata: filled({ project_id: row.text("project_id"), project: row.text("project_name") }),
  };
};

/** The cost download of platform.openai.com in 2024: a day and a family of models a row. */
export const openaiLegacyCost: CsvFormat = {
  id: "openai-legacy-cost",
  title: "OpenAI cost export (2024)",
  provider: "openai",
  source: "openai/legacy-cost",
  requires: ["date", "name", "currency", "cost_in_major"],
  knows: ["timestamp", "cost", "organization_id", "project_id", "project_name", "organization_name"],
  date: "date",
  series: "openai/cost",
  dimensions: ["name", "project_id"],
  scope: "organization_id",
  read,
};
