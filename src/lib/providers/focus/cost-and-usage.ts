import { fold } from "../../csv/fold.js";
import { type ExportFormat, type Row, RowProblem, type Skip } from "../../csv/format.js";
import { plain } from "../../money.js";
import type { Draft } from "../../record/draft.js";
import { chargePeriod } from "../charge-period.js";
import { filled } from "../metadata.js";
import { modelInText } from "../meter-model.js";
import { type MeterTokens, meterTokens } from "../tokens.js";
import { kindOfCharge } from "./charge.js";
import { providerNamed, sellsOnlyAi, seriesOfBill, withoutPath } from "./names.js";
import { named } from "../named.js";

/** Who sells a service: since 1.3 it has the first name. */
const VENDORS = ["ServiceProviderName", "ProviderName", "PublisherName", "InvoiceIssuerName"];

const IDENTIFYING = [
  "SubAccountId",
  "ResourceId",
  "SkuId",
  "SkuPriceId",
  "SkuMeter",
  "ServiceName",
  "RegionId",
  "ChargeCategory",
  "ChargeClass",
  "ChargeDescription",
  "CommitmentDiscountStatus",
];

const vendorColumn = (row: Row): string =>
  VENDORS.find((column) => row.text(column) !== null) ?? "ProviderName";

const providerOf = (column: string, vendor: string): string => {
  const name = providerNamed(vendor);
  if (name === null) throw new RowProblem(column, vendor, "cannot be the name of a provider");
  return name;
};

const CATEGORY = "ai and machine learning";

const isAi = (row: Row): boolean => {
  const category = row.text("ServiceCategory");
  if (category !== null && fold(category) === CATEGORY) return true;
  return sellsOnlyAi(providerNamed(row.text(vendorColumn(row)) ?? "") ?? "");
};

/** Each kind of token has a meter of its own. */
const tokensOf = (row: Row): MeterTokens => {
  const meter = [row.text("SkuMeter"), row.text("ChargeDescription")]
    .filter((text) => text !== null)
    .join(" ");
  const tokens = meterTokens(meter, row.amount("ConsumedQuantity"), row.text("ConsumedUnit"));
  return tokens.input === undefined ? tokens : { cacheWrite: 0, ...tokens };
};

const read = (row: Row): Draft | Skip => {
  if (!isAi(row)) return { skip: "other services" };
  const start = row.dayOrMoment("ChargePeriodStart").timestamp;
  const end = row.text("ChargePeriodEnd") === null ? null : row.dayOrMoment("ChargePeriodEnd").timestamp;
  const column = vendorColumn(row);
  row.required("BilledCost");
  const currency = row.currency("BillingCurrency");
  // What the invoice says. Amortised and list costs are other views of the same money.
  const cost = row.amount("BilledCost", { currency });
  const effective = row.amount("EffectiveCost", { currency });
  const kind = kindOfCharge(row, cost);
  const isUse = fold(row.text("ChargeCategory") ?? "usage") === "usage";
  return {
    ...chargePeriod(start, end),
    provider: providerOf(column, row.required(column)),
    model: modelInText(row.text("ChargeDescription"), row.text("SkuMeter"), row.text("ResourceName")),
    cost,
    currency,
    basis: "billed",
    ...(kind && { kind }),
    ...(isUse ? tokensOf(row) : {}),
    key: [start, end, row.required(column), ...IDENTIFYING.map((column) => row.text(column))],
    accountName: row.text("BillingAccountName"),
    project: named(row.text("SubAccountId"), row.text("SubAccountName")),
    metadata: filled({
      service: row.text("ServiceName"),
      description: row.text("ChargeDescription"),
      sku_meter: row.text("SkuMeter"),
      publisher: row.text("PublisherName"),
      charge_category: row.text("ChargeCategory"),
      correction: row.text("ChargeClass") === null ? null : true,
      effective_cost: effective && !(cost && effective.eq(cost)) ? plain(effective) : null,
    }),
  };
};

/** Columns that a version of the specification added. The newest one that a file has tells its version. */
const ADDED: readonly (readonly [version: string, columns: readonly string[]])[] = [
  ["1.4", ["BillingDocumentId", "InvoiceDetailId", "CommitmentProgramEligibilityDetails"]],
  ["1.3", ["ServiceProviderName", "HostProviderName", "AllocatedMethodId", "ContractApplied"]],
  ["1.2", ["InvoiceId", "PricingCurrency", "BillingAccountType", "SubAccountType"]],
  [
    "1.1",
    [
      "ServiceSubcategory",
      "SkuMeter",
      "SkuPriceDetails",
      "CapacityReservationId",
      "CommitmentDiscountQuantity",
    ],
  ],
];

export const focusVersion = (columns: readonly string[]): string => {
  const has = new Set(columns.map(fold));
  return ADDED.find(([, added]) => added.some((column) => has.has(fold(column))))?.[0] ?? "1.0";
};

/** The open specification that clouds and others write: any provider, one charge a row. */
export const focusCostAndUsage: ExportFormat = {
  id: "focus",
  title: "FOCUS cost and usage",
  provider: "",
  where: "any vendor that exports FOCUS 1.0 to 1.4, such as AWS Data Exports or Azure Cost Management",
  source: "focus",
  requires: ["BilledCost", "BillingCurrency", "ChargePeriodStart", "ServiceName"],
  knows: [
    ...VENDORS,
    ...IDENTIFYING,
    "AllocatedMethodDetails",
    "AllocatedMethodId",
    "AllocatedResourceId",
    "AllocatedResourceName",
    "AllocatedTags",
    "AvailabilityZone",
    "BillingAccountId",
    "BillingAccountName",
    "BillingAccountType",
    "BillingDocumentId",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "CapacityReservationId",
    "CapacityReservationStatus",
    "ChargeFrequency",
    "ChargePeriodEnd",
    "CommitmentDiscountCategory",
    "CommitmentDiscountId",
    "CommitmentDiscountName",
    "CommitmentDiscountQuantity",
    "CommitmentDiscountType",
    "CommitmentDiscountUnit",
    "CommitmentProgramEligibilityDetails",
    "ConsumedQuantity",
    "ConsumedUnit",
    "ContractApplied",
    "ContractedCost",
    "ContractedUnitPrice",
    "EffectiveCost",
    "HostProviderName",
    "InvoiceDetailId",
    "InvoiceId",
    "ListCost",
    "ListUnitPrice",
    "PricingCategory",
    "PricingCurrency",
    "PricingCurrencyContractedUnitPrice",
    "PricingCurrencyEffectiveCost",
    "PricingCurrencyListUnitPrice",
    "PricingQuantity",
    "PricingUnit",
    "RegionName",
    "ResourceName",
    "ResourceType",
    "ServiceCategory",
    "ServiceSubcategory",
    "SkuPriceDetails",
    "SubAccountName",
    "SubAccountType",
    "Tags",
    "x_*",
  ],
  date: "ChargePeriodStart",
  ofColumns: (columns) => ({ title: `FOCUS ${focusVersion(columns)} cost and usage` }),
  series: "focus",
  seriesOf: ({ provider }) => seriesOfBill(provider),
  ownName: withoutPath,
  dimensions: ["ResourceId", "SkuPriceId", "SkuId", "SkuMeter"],
  account: "BillingAccountId",
  project: "SubAccountId",
  read,
};
