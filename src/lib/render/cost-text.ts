import { decimal } from "../money.js";
import type { SpendRow } from "../reports/report.js";
import type { Spend } from "../reports/sum.js";
import type { StoredRecord } from "../api.js";
import { NOTHING_STATED, formatMoney } from "./money-text.js";

interface Cost {
  currency?: string;
  cost_usd: string;
  estimated_usd: string;
  /** Whether any source names an amount: if so, zero is a price. */
  named: boolean;
  included: boolean;
  /** Tokens that come on top, at an unknown price. */
  unpriced_tokens: number;
  /** Whether a bill of the same days has the money. */
  inBill: boolean;
}

/**
 * A cost for people: `~$0.52` if some of it is estimated, `≥ $5.00` if tokens without a price come on top. An unknown
 * price is never $0: without an amount from any source, it is `included` in a plan, `in the bill` of the same days, has
 * `no price`, or is a dash.
 */
const costText = ({
  currency,
  cost_usd,
  estimated_usd,
  named,
  included,
  unpriced_tokens,
  inBill,
}: Cost): string => {
  if (isZero(cost_usd) && !named) {
    if (included) return "included";
    if (inBill) return "in the bill";
    return unpriced_tokens > 0 ? "no price" : NOTHING_STATED;
  }
  const least = unpriced_tokens > 0 ? "≥ " : "";
  return `${least}${isZero(estimated_usd) ? "" : "~"}${formatMoney(cost_usd, currency)}`;
};

/** Empty if nothing is recorded. */
export const spendCost = (spend: Spend & Pick<SpendRow, "in_bill">): string => {
  if (spend.record_count === 0) return "";
  return costText({
    ...spend,
    inBill: spend.in_bill === true,
    named: spend.billed_count > 0 || !isZero(spend.estimated_usd),
    included: !isZero(spend.included_usd),
  });
};

/** @param inBill whether a bill of the same day has the money of what has no price */
export const recordCost = (record: StoredRecord, inBill = false): string => {
  const { kind, cost_usd, estimated_cost_usd, tokens_used, metadata } = record;
  const basis = metadata.cost_basis;
  const estimated_usd = basis === "estimated" ? estimated_cost_usd : null;
  return costText({
    cost_usd: estimated_usd ?? cost_usd,
    estimated_usd: estimated_usd ?? "0",
    named: (basis === "billed" && kind !== "top_up") || estimated_usd !== null,
    included: basis === "included",
    unpriced_tokens: basis === "none" ? (tokens_used ?? 0) : 0,
    inBill,
  });
};

const isZero = (amount: string): boolean => decimal(amount).eq(0);
