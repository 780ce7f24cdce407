import type { ExportFormat, Row, Skip } from "../../csv/format.js";
import type { Draft } from "../../record/draft.js";
import { plain } from "../../money.js";
import { filled } from "../metadata.js";
import { modelInText } from "../meter-model.js";
import { meterTokens } from "../tokens.js";
import { billColumn, billCurrency, isAi } from "./bill.js";
import { named } from "../named.js";

const IDENTIFYING = ["Project ID", "Service ID", "SKU ID"];

const COST = "Unrounded subtotal";

const read = (row: Row): Draft | Skip => {
  const service = row.text("Service description");
  const sku = row.text("SKU description");
  if (!isAi(`${service ?? ""} ${service === null ? (sku ?? "") : ""}`)) return { skip: "other services" };
  const isMonth = !row.has("Date");
  const timestamp = isMonth ? row.when("Month", { timezone: "UTC" }).timestamp : row.writtenDay("Date");
  row.required(COST);
  const currency = billCurrency(row, COST);
  const list = row.amount("List cost", { currency });
  return {
    timestamp,
    granularity: isMonth ? "month" : "day",
    model: modelInText(sku),
    // After savings, which are columns of their own.
    cost: row.amount(COST, { currency }),
    currency,
    basis: "billed",
    ...meterTokens(sku ?? "", row.amount("Usage amount"), row.text("Usage unit")),
    key: [timestamp, ...IDENTIFYING.map((column) => row.text(column)), service, sku],
    project: named(row.text("Project ID"), row.text("Project name")),
    metadata: filled({
      service,
      sku,
      list_price: list && plain(list),
    }),
  };
};

/** The download of the reports page: a day or a month and a SKU a row. Days are those of the Pacific coast. */
export const googleCloudReports: ExportFormat = {
  id: "google-cloud-reports",
  title: "Google Cloud billing report",
  provider: "google-cloud",
  where: "console.cloud.google.com, Billing, Reports: group by SKU, Download CSV",
  source: "google-cloud/reports",
  requires: [["Date", "Month"], ["Service description", "SKU description"], COST],
  excludes: ["Cost type"],
  knows: [
    ...IDENTIFYING,
    "Project name",
    "Project number",
    "Project hierarchy",
    "Usage amount",
    "Usage unit",
    "List cost",
    "Cost",
    "Negotiated savings",
    "Savings programs",
    "Other savings",
    "Discounts",
    "Promotions and others",
    "Subtotal",
    "Percent change in subtotal compared to previous period",
  ],
  nameOf: billColumn,
  date: "Date",
  order: "MDY",
  series: "google-cloud/cost",
  dimensions: ["Project ID", "SKU ID"],
  band: 1,
  project: "Project ID",
  read,
};
