import type { CsvFormat, Row, Skip } from "../../csv/format.js";
import type { Draft } from "../../record/draft.js";
import { filled } from "../metadata.js";
import { modelOfLineItem } from "./line-item.js";
import { quantityOf } from "./quantity.js";

/** What tells two charges of one bucket apart. Older files lack some of these columns: there they count as empty. */
const IDENTIFYING = ["line_item", "user_id", "api_key_id", "project_id", "organization_id", "api_source"];

const read = (row: Row): Draft | Skip => {
  const start = row.epoch("start_time");
  const cost = row.amount("amount_value");
  if (cost === null) {
    const empty = ["quantity", ...IDENTIFYING].every((column) => row.text(column) === null);
    if (empty) return { skip: "empty bucket" };
    row.required("amount_value");
  }
  return {
    timestamp: start,
    granularity: "day",
    model: modelOfLineItem(row.name("line_item")),
    cost,
    currency: row.currency("amount_currency"),
    basis: "billed",
    key: [start, row.epoch("end_time"), ...IDENTIFYING.map((column) => row.text(column))],
    metadata: filled({
      line_item: row.text("line_item"),
      ...quantityOf(row.amount("quantity"), row.text("quantity_unit")),
      project_id: row.text("project_id"),
      project: row.text("project_name"),
      api_key_id: row.text("api_key_id"),
    }),
  };
};

/** The cost download of the dashboard: 10 columns in 2025, 16 and 17 in 2026; by line item or one row a day. */
export const openaiCost: CsvFormat = {
  id: "openai-cost",
  title: "OpenAI cost export",
  provider: "openai",
  source: "openai/cost",
  requires: ["start_time", "end_time", "amount_value", "amount_currency"],
  knows: [
    "start_time_iso",
    "end_time_iso",
    "quantity",
    "quantity_unit",
    ...IDENTIFYING,
    "project_name",
    "organization_name",
    "user_email",
  ],
  date: "start_time",
  series: "openai/cost",
  dimensions: ["line_item", "user_id", "api_key_id", "project_id", "api_source"],
  band: 1,
  scope: "organization_id",
  read,
};
