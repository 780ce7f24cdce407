import type { ExportFormat, Row, Skip } from "../../csv/format.js";
import type { Draft } from "../../record/draft.js";
import type { ChargeKind } from "../../record/kinds.js";
import { chargePeriod } from "../charge-period.js";
import { kindInText } from "../charge-words.js";
import { filled } from "../metadata.js";
import { modelInText } from "../meter-model.js";
import { meterTokens } from "../tokens.js";
import { countsTokens, isAi } from "./services.js";
import { named } from "../named.js";

const IDENTIFYING = [
  "line_item_usage_account_id",
  "line_item_line_item_type",
  "line_item_product_code",
  "line_item_usage_type",
  "line_item_operation",
  "line_item_line_item_description",
  "line_item_resource_id",
];

/** The columns that are read. */
const COLUMNS = [
  ...IDENTIFYING,
  "line_item_usage_start_date",
  "line_item_usage_end_date",
  "line_item_usage_amount",
  "line_item_currency_code",
  "line_item_unblended_cost",
  "pricing_unit",
  "product_servicename",
  "product_product_name",
  "bill_payer_account_id",
];

const BY_LETTERS: ReadonlyMap<string, string> = new Map(
  COLUMNS.map((column) => [column.replaceAll("_", ""), column]),
);

/** By the type of the line, such as `Credit`, `RIFee` or `SavingsPlanRecurringFee`. */
const kindOf = (type: string | null): ChargeKind | undefined => {
  if (type === null || /usage$/i.test(type)) return undefined;
  if (/^(?:credit|refund)$|discount|negation/i.test(type)) return "credit";
  if (/^(?:ri|savingsplan\w*)fee$/i.test(type)) return "subscription";
  return kindInText(type);
};

const read = (row: Row): Draft | Skip => {
  const service = row.text("line_item_product_code");
  const usageType = row.text("line_item_usage_type");
  const about = row.text("line_item_line_item_description");
  const product = row.text("product_servicename") ?? row.text("product_product_name");
  const meter = `${usageType ?? ""} ${about ?? ""}`;
  const isOne = isAi(`${service ?? ""} ${product ?? ""} ${meter}`) || countsTokens(usageType);
  if (!isOne) return { skip: "other services" };
  row.required("line_item_unblended_cost");
  const start = row.moment("line_item_usage_start_date");
  const period = chargePeriod(start, row.moment("line_item_usage_end_date"));
  const currency = row.currency("line_item_currency_code");
  const type = row.text("line_item_line_item_type");
  const kind = kindOf(type);
  const isUse = type === null || /usage$/i.test(type);
  return {
    ...period,
    model: modelInText(product, about, usageType),
    cost: row.amount("line_item_unblended_cost", { currency }),
    currency,
    basis: "billed",
    ...(kind && { kind }),
    ...(isUse
      ? meterTokens(usageType ?? "", row.amount("line_item_usage_amount"), row.text("pricing_unit"))
      : {}),
    // The id of a line is another one in the next delivery.
    key: [start, ...IDENTIFYING.map((column) => row.text(column))],
    project: named(row.text("line_item_usage_account_id")),
    metadata: filled({
      service: product ?? service,
      usage_type: usageType,
      operation: row.text("line_item_operation"),
      line_item_type: type,
    }),
  };
};

/** `lineItem/UsageType` is `line_item_usage_type`. */
const snakeCase = (column: string): string => {
  const known = BY_LETTERS.get(column.replace(/[/_]/g, "").toLowerCase());
  return (
    known ??
    column
      .replace("/", "_")
      .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
      .toLowerCase()
  );
};

/** Cost and usage reports: a usage type and hour or day a row, with the columns of either spelling. */
export const awsCostAndUsage: ExportFormat = {
  id: "aws-cost-and-usage",
  title: "AWS cost and usage report (CUR 2.0)",
  provider: "aws",
  where: "AWS console, Billing, Data Exports: the CSV files in your bucket",
  source: "aws/cost-and-usage",
  requires: [
    "line_item_usage_start_date",
    "line_item_usage_end_date",
    "line_item_product_code",
    "line_item_usage_type",
    "line_item_unblended_cost",
  ],
  knows: [
    ...COLUMNS,
    "identity_*",
    "bill_*",
    "line_item_*",
    "product",
    "product_*",
    "pricing_*",
    "reservation_*",
    "savings_plan_*",
    "discount",
    "discount_*",
    "cost_category",
    "cost_category_*",
    "resource_tags",
    "resource_tags_*",
    "tags",
    "split_line_item_*",
  ],
  nameOf: snakeCase,
  date: "line_item_usage_start_date",
  series: "aws/cost",
  dimensions: ["line_item_resource_id", "line_item_operation", "line_item_usage_type"],
  band: 1,
  account: "bill_payer_account_id",
  project: "line_item_usage_account_id",
  read,
};
