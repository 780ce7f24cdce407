import type { ExportFormat, Row, Skip } from "../../csv/format.js";
import type { Draft } from "../../record/draft.js";
import type { ChargeKind } from "../../record/kinds.js";
import { kindInText } from "../charge-words.js";
import { filled } from "../metadata.js";
import { modelInText } from "../meter-model.js";
import { meterTokens } from "../tokens.js";
import { billColumn, billCurrency, isAi } from "./bill.js";
import { named } from "../named.js";

const IDENTIFYING = ["Project ID", "Service ID", "SKU ID", "Credit type", "Cost type"];

const COST = "Unrounded Cost";

/** A month of one invoice; the days of use may cross its border. */
const monthOf = (row: Row): string => {
  const day = row.dayAbove("Invoice date") ?? row.writtenDay("Usage start date");
  return `${day.slice(0, 7)}-01T00:00:00Z`;
};

const kindOf = (type: string | null, credit: string | null): ChargeKind | undefined => {
  if (credit !== null) return "credit";
  return type === null || /^usage$/i.test(type) ? undefined : kindInText(type);
};

const read = (row: Row): Draft | Skip => {
  const type = row.text("Cost type");
  const service = row.text("Service description");
  if (service === null && type !== null && /^(?:sub)?total$|^rounding error$/i.test(type))
    return { skip: "total line" };
  if (!isAi(service)) return { skip: "other services" };
  row.required(COST);
  const currency = billCurrency(row, COST);
  const sku = row.text("SKU description");
  const credit = row.text("Credit type");
  const kind = kindOf(type, credit);
  const timestamp = monthOf(row);
  return {
    timestamp,
    granularity: "month",
    model: modelInText(sku),
    cost: row.amount(COST, { currency }),
    currency,
    basis: "billed",
    ...(kind && { kind }),
    // A credit repeats the usage that it is for.
    ...(credit === null ? meterTokens(sku ?? "", row.amount("Usage amount"), row.text("Usage unit")) : {}),
    key: [timestamp, ...IDENTIFYING.map((column) => row.text(column)), service, sku],
    project: named(row.text("Project ID"), row.text("Project name")),
    metadata: filled({
      service,
      sku,
      credit_type: credit,
      cost_type: type,
    }),
  };
};

/** What one invoice is made of: a month, project and SKU a row, below some lines about the invoice. */
export const googleCloudCostTable: ExportFormat = {
  id: "google-cloud-cost-table",
  title: "Google Cloud cost table",
  provider: "google-cloud",
  where: "console.cloud.google.com, Billing, Cost table: Download CSV",
  source: "google-cloud/cost-table",
  requires: ["Service description", "SKU description", "Cost type", "Usage start date", COST],
  knows: [
    ...IDENTIFYING,
    "Billing account name",
    "Billing account ID",
    "Project name",
    "Project hierarchy",
    "Project number",
    "Consumption model description",
    "Consumption model ID",
    "Usage end date",
    "Usage amount",
    "Usage unit",
    "Cost",
  ],
  nameOf: billColumn,
  date: "Usage start date",
  order: "MDY",
  series: "google-cloud/cost",
  dimensions: ["Project ID", "SKU ID"],
  account: "Billing account ID",
  project: "Project ID",
  read,
};
