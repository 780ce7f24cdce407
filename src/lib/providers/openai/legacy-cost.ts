import type { ExportFormat, Row } from "../../csv/format.js";
import type { Draft } from "../../record/draft.js";
import { named } from "../named.js";

/** The epoch number says the day as well, and a spreadsheet leaves it as it is. */
const startOf = (row: Row): string => {
  const start = /^\d{10}(?:\.0*)?$/.test(row.text("timestamp") ?? "") ? row.epoch("timestamp") : "";
  return start.endsWith("T00:00:00Z") ? start : row.day("date");
};

const read = (row: Row): Draft => {
  const timestamp = startOf(row);
  row.required("cost_in_major");
  const currency = row.currency("currency");
  return {
    timestamp,
    granularity: "day",
    model: row.name("name"),
    // `cost` is the same amount in cents.
    cost: row.amount("cost_in_major", { currency }),
    currency,
    basis: "billed",
    key: [timestamp, row.text("name"), row.text("project_id"), row.text("organization_id")],
    accountName: row.text("organization_name"),
    project: named(row.text("project_id"), row.text("project_name")),
  };
};

/** The cost download of platform.openai.com in 2024: a day and a family of models a row. */
export const openaiLegacyCost: ExportFormat = {
  id: "openai-legacy-cost",
  title: "OpenAI cost export (2024)",
  provider: "openai",
  where: "platform.openai.com, Usage: Export (2024)",
  source: "openai/legacy-cost",
  requires: ["date", "name", "currency", "cost_in_major"],
  knows: ["timestamp", "cost", "organization_id", "project_id", "project_name", "organization_name"],
  date: "date",
  series: "openai/cost",
  dimensions: ["name", "project_id"],
  account: "organization_id",
  project: "project_id",
  read,
};
