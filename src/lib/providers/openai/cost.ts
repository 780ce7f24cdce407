import type { ExportFormat, Row, Skip } from "../../csv/format.js";
import { dateOf } from "../../dates/days.js";
import type { Draft } from "../../record/draft.js";
import { filled } from "../metadata.js";
import { modelOfLineItem } from "./line-item.js";
import { quantityOf } from "./quantity.js";
import { named } from "../named.js";

/** What tells two charges of one bucket apart. Older files lack some of these columns: there they count as empty. */
const IDENTIFYING = ["line_item", "user_id", "api_key_id", "project_id", "organization_id", "api_source"];

/** Seats of ChatGPT are billed beside the API. */
const isSeat = (row: Row): boolean =>
  /\bchatgpt\b.*\b(?:seats?|business|team|enterprise|plan)\b|\bseats?\b|subscription/i.test(
    row.text("line_item") ?? "",
  );

const read = (row: Row): Draft | Skip => {
  const start = row.epoch("start_time");
  const currency = row.currency("amount_currency");
  const cost = row.amount("amount_value", { currency });
  if (cost === null) {
    const empty = ["quantity", ...IDENTIFYING].every((column) => row.text(column) === null);
    if (empty) return { skip: "empty bucket", day: dateOf(start) };
    row.required("amount_value");
  }
  return {
    timestamp: start,
    granularity: "day",
    model: modelOfLineItem(row.name("line_item")),
    cost,
    currency,
    basis: "billed",
    ...(isSeat(row) && !cost?.lt(0) && { kind: "subscription" as const }),
    key: [start, row.epoch("end_time"), ...IDENTIFYING.map((column) => row.text(column))],
    accountName: row.text("organization_name"),
    project: named(row.text("project_id"), row.text("project_name")),
    apiKey: named(row.text("api_key_id")),
    metadata: filled({
      line_item: row.text("line_item"),
      ...quantityOf(row.amount("quantity"), row.text("quantity_unit")),
    }),
  };
};

/** The cost download of the dashboard: 10 columns in 2025, 16 and 17 in 2026; by line item or one row a day. */
export const openaiCost: ExportFormat = {
  id: "openai-cost",
  title: "OpenAI cost export",
  provider: "openai",
  where: "platform.openai.com, Usage, Spend: Export",
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
  account: "organization_id",
  project: "project_id",
  read,
};
