import type { ExportFormat, Row, Skip } from "../../csv/format.js";
import type { Draft } from "../../record/draft.js";
import { type Decimal, plain } from "../../money.js";
import type { ChargeKind } from "../../record/kinds.js";
import { kindInText } from "../charge-words.js";
import { filled } from "../metadata.js";
import { named } from "../named.js";
import { sumOfKnown } from "../tokens.js";

/** The same report bills runners, storage and the like. */
const AI = /copilot|spark|models|coding[_ -]?agent/i;

/** The columns that every generation has: the same charge has the same key in each. */
const IDENTIFYING = ["username", "product", "sku", "model", "organization", "cost_center_name"];

const read = (row: Row): Draft | Skip => {
  const sku = row.required("sku");
  if (!AI.test(`${row.text("product") ?? ""} ${sku}`)) return { skip: "other products" };
  const timestamp = row.writtenDay("date");
  row.required("net_amount");
  const net = row.amount("net_amount");
  const gross = row.amount("gross_amount");
  const discount = row.amount("discount_amount");
  const isIncluded = net?.eq(0) === true && gross?.gt(0) === true;
  const cacheRead = row.count("cache_read");
  const cacheWrite = row.count("cache_write");
  const unit = row.text("unit_type");
  const quantity = row.amount("quantity");
  const kind = kindOf({ sku, unit, net });
  return {
    timestamp,
    granularity: "day",
    model: row.name("model"),
    cost: isIncluded ? null : net,
    value: isIncluded ? gross : null,
    basis: isIncluded ? "included" : "billed",
    ...(kind && { kind }),
    // The four kinds of tokens are listed apart.
    input: sumOfKnown(row.count("input"), cacheRead, cacheWrite),
    output: row.count("output"),
    cacheRead,
    cacheWrite,
    key: [timestamp, ...IDENTIFYING.map((column) => row.text(column)), row.text("repository")],
    project: named(row.text("organization")),
    metadata: filled({
      sku,
      product: row.text("product"),
      cost_center: row.text("cost_center_name"),
      quantity: quantity && plain(quantity),
      quantity_unit: unit,
      gross_usd: gross && plain(gross),
      discount_usd: discount && !discount.eq(0) ? plain(discount) : null,
    }),
  };
};

/** What is billed of requests and credits is beyond the quota of a plan; other units are the seats themselves. */
const kindOf = ({ sku, unit, net }: Billed): ChargeKind | undefined => {
  if (net === null || net.lt(0)) return undefined;
  const words = kindInText(`${sku} ${unit ?? ""}`.replaceAll("_", " "));
  if (words === "subscription" || SEAT.test(sku)) return "subscription";
  return net.eq(0) ? undefined : "extra_usage";
};

interface Billed {
  sku: string;
  unit: string | null;
  net: Decimal | null;
}

const SEAT = /^copilot_(?:for_business|enterprise|business|standalone|pro)/i;

/**
 * The usage reports of GitHub's billing since July 2025: premium requests until May 2026, AI credits since. Columns came
 * and went, and their order changed; the columns with `aic_` show the same usage at other prices.
 */
export const copilotUsageReport: ExportFormat = {
  id: "copilot-usage-report",
  title: "GitHub Copilot usage report",
  provider: "github-copilot",
  where: "github.com, Settings, Billing and licensing: Usage, Get usage report",
  source: "github-copilot/usage-report",
  requires: ["date", "sku", "quantity", "unit_type", "gross_amount", "net_amount"],
  knows: [
    ...IDENTIFYING,
    "applied_cost_per_quantity",
    "discount_amount",
    "repository",
    "input",
    "output",
    "cache_read",
    "cache_write",
    "exceeds_quota",
    "total_monthly_quota",
    "aic_quantity",
    "aic_gross_amount",
    "workflow_path",
  ],
  date: "date",
  order: "MDY",
  series: "github-copilot/usage",
  dimensions: ["username", "model", "organization", "cost_center_name", "repository"],
  band: 1,
  read,
};
