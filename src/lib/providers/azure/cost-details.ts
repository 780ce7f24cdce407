import type { ExportFormat, Row, Skip } from "../../csv/format.js";
import type { Draft } from "../../record/draft.js";
import type { ChargeKind } from "../../record/kinds.js";
import { kindInText } from "../charge-words.js";
import { filled } from "../metadata.js";
import { modelInText } from "../meter-model.js";
import { meterTokens } from "../tokens.js";
import { named } from "../named.js";

/** The category of a meter says what it is of: other columns are those of the whole resource. */
const AI_CATEGORY =
  /^(?:foundry|azure ai\b|azure openai|cognitive services|ai services|applied ai|azure applied ai|machine learning|azure machine learning|azure bot|openai)/i;
const AI_METER = /openai|claude|anthropic|deepseek models|\bllama\b|\bmistral\b|\bgrok\b|foundry/i;

const DATE = ["Date", "UsageDate"];
const COST = ["CostInBillingCurrency", "Cost"];
const CURRENCY = ["BillingCurrencyCode", "BillingCurrency", "Currency"];

const IDENTIFYING = ["SubscriptionId", "ResourceId", "ResourceGroup", "MeterId", "MeterName", "ChargeType"];

const first = (row: Row, columns: readonly string[]): string =>
  columns.find((column) => row.has(column)) ?? columns[0] ?? "";

const kindOf = (row: Row): ChargeKind | undefined => {
  const type = row.text("ChargeType");
  if (type === null || /^usage$/i.test(type)) return undefined;
  if (/^purchase$/i.test(type)) return kindInText(row.text("ProductName")) ?? "subscription";
  return kindInText(type);
};

const read = (row: Row): Draft | Skip => {
  const category = row.text("MeterCategory");
  const meter = row.text("MeterName");
  const isAi =
    category !== null &&
    (AI_CATEGORY.test(category) || AI_METER.test(`${category} ${row.text("MeterSubCategory") ?? ""}`));
  if (!isAi) return { skip: "other services" };
  const cost = first(row, COST);
  row.required(cost);
  const currency = row.currency(first(row, CURRENCY));
  const timestamp = row.writtenDay(first(row, DATE));
  const kind = kindOf(row);
  return {
    timestamp,
    granularity: "day",
    model: modelInText(meter, row.text("ProductName")),
    cost: row.amount(cost, { currency }),
    currency,
    basis: "billed",
    ...(kind && { kind }),
    // A refund takes its tokens back.
    ...meterTokens(meter ?? "", row.amount("Quantity"), row.text("UnitOfMeasure")),
    key: [timestamp, ...IDENTIFYING.map((column) => row.text(column))],
    accountName: row.text("BillingAccountName"),
    project: named(row.text("SubscriptionId"), row.text("SubscriptionName")),
    metadata: filled({
      meter,
      meter_category: category,
      meter_subcategory: row.text("MeterSubCategory"),
      resource_group: row.text("ResourceGroup"),
      charge_type: row.text("ChargeType"),
    }),
  };
};

/** Cost details of either kind of agreement (actual cost): a day and a meter of a resource a row. */
export const azureCostDetails: ExportFormat = {
  id: "azure-cost-details",
  title: "Azure cost details",
  provider: "azure",
  where: "Azure portal, Cost Management, Exports: cost and usage details (actual)",
  source: "azure/cost-details",
  requires: [DATE, "MeterCategory", "MeterName", COST],
  knows: [
    ...CURRENCY,
    ...IDENTIFYING,
    "InvoiceSectionName",
    "AccountName",
    "AccountOwnerId",
    "SubscriptionName",
    "ResourceLocation",
    "Location",
    "ProductName",
    "Product",
    "MeterSubCategory",
    "MeterRegion",
    "UnitOfMeasure",
    "Quantity",
    "EffectivePrice",
    "CostCenter",
    "ConsumedService",
    "Tags",
    "OfferId",
    "AdditionalInfo",
    "ServiceInfo1",
    "ServiceInfo2",
    "ResourceName",
    "ReservationId",
    "ReservationName",
    "UnitPrice",
    "ProductOrderId",
    "ProductOrderName",
    "ProductId",
    "Term",
    "PublisherType",
    "PublisherName",
    "PublisherId",
    "Frequency",
    "PricingModel",
    "AvailabilityZone",
    "BillingAccountId",
    "BillingAccountName",
    "BillingPeriodStartDate",
    "BillingPeriodEndDate",
    "BillingProfileId",
    "BillingProfileName",
    "InvoiceId",
    "InvoiceSectionId",
    "PreviousInvoiceId",
    "IsAzureCreditEligible",
    "PartNumber",
    "PayGPrice",
    "PlanName",
    "ServiceFamily",
    "ServicePeriodStartDate",
    "ServicePeriodEndDate",
    "ResellerName",
    "ResellerMpnId",
    "BenefitId",
    "BenefitName",
    "Provider",
    "CostAllocationRuleName",
    "CostInUsd",
    "CostUSD",
    "PaygCostInBillingCurrency",
    "PaygCostInUsd",
    "CostInPricingCurrency",
    "PricingCurrency",
    "PricingCurrencyCode",
    "ExchangeRate",
    "ExchangeRateDate",
    "ExchangeRatePricingToBilling",
  ],
  date: "Date",
  order: "MDY",
  ownOrder: true,
  series: "azure/cost",
  dimensions: ["ResourceId", "MeterId"],
  account: "BillingAccountId",
  project: "SubscriptionId",
  read,
};
