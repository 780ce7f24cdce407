import { decimal } from "../money.js";
import type { Spend } from "../reports/sum.js";
import type { StoredRecord } from "../api.js";
import { NOTHING_STATED, formatUsd } from "./money-text.js";

interface Cost {
  cost_usd: string;
  estimated_usd: string;
  /** Whether any source names an amount: if so, zero is a price. */
  named: boolean;
  included: boolean;
  /** Tokens that come on top, at an unknown price. */
  unpriced_tokens: number;
}

/**
 * A cost for people: `~$0.52` if some of it is estimated, `≥ $5.00` if tokens without a price come on top. An unknown
 * price is never $0: without an amount from any source, it is `included` in a plan, has `no price`, or is a dash.
 */
const costText = ({ cost_usd, estimated_usd, named, included, unpriced_tokens }: Cost): string => {
  if (isZero(cost_usd) && !named) {
    if (included) return "included";
    return unpriced_tokens > 0 ? "no price" : NOTHING_STATED;
  }
  const least = unpriced_tokens > 0 ? "≥ " : "";
  return `${least}${isZero(estimated_usd) ? "" : "~"}${formatUsd(cost_usd)}`;
};

export const spendCost = (spend: Spend): string =>
  costText({
    ...spend,
    named: spend.billed_count > 0 || !isZero(spend.estimated_usd),
    included: !isZero(spend.included_usd),
  });

export const recordCost = (record: StoredRecord): string => {
  const { kind, cost_usd, estimated_cost_usd, tokens_used, metadata } = record;
  const basis = metadata.cost_basis;
  const estimated_usd = basis === "estimated" ? estimated_cost_usd : null;
  return costText({
    cost_usd: estimated_usd ?? cost_usd,
    estimated_usd: estimated_usd ?? "0",
    named: (basis === "billed" && kind !== "top_up") || estimated_usd !== null,
    included: basis === "included",
    unpriced_tokens: basis === "none" ? (tokens_used ?? 0) : 0,
  });
};

const isZero = (amount: string): boolean => decimal(amount).eq(0);
