import { RowProblem, type Row } from "../../csv/format.js";
import type { Draft } from "../../record/draft.js";
import type { ChargeKind } from "../../record/kinds.js";
import { ZERO, type Decimal } from "../../money.js";

/** What Cursor writes if a row has no amount. */
const WORDS = ["Included", "Free", "NaN", "-", "--"];

export interface Charge extends Pick<Draft, "cost" | "basis" | "kind"> {
  value: Decimal | null;
  /** An amount that was neither charged nor covered by the plan. */
  reported: Decimal | null;
  /** The owner of the API key pays its provider. */
  paidElsewhere?: true;
}

/**
 * The kind of an event says whether its amount was charged: in 2025 every row has an amount, included and failed
 * ones as well. That nothing was charged is known of failed calls and of those with a key of the user's.
 */
export const chargeOf = (row: Row): Charge => {
  const amount = amountIn(row, costColumn(row));
  if (row.has("Cost to you")) return chargedPart(amount, amountIn(row, "Cost to you"));
  const kind = row.text("Kind")?.toLowerCase() ?? "";
  if (/^(?:included|free)/.test(kind))
    return { cost: null, value: amount, basis: "included", reported: null };
  if (kind === "user api key") return { ...uncharged(amount), paidElsewhere: true };
  if (/not? charge/.test(kind) || (amount === null && /^(?:errored|aborted)/.test(kind)))
    return uncharged(amount);
  if (amount === null) return { cost: null, value: null, basis: "none", reported: null };
  if (/^(?:on-demand|usage-based)/.test(kind))
    return { cost: amount, value: null, basis: "billed", kind: extra(amount), reported: null };
  throw new RowProblem("Kind", row.text("Kind") ?? "", "does not say whether the amount was charged");
};

/** In mid 2025 a column of its own said what was charged, and there were no kinds. */
const chargedPart = (worth: Decimal | null, charged: Decimal | null): Charge =>
  charged === null || charged.eq(0)
    ? { cost: null, value: worth, basis: "included", reported: null }
    : { cost: charged, value: null, basis: "billed", kind: extra(charged), reported: null };

/** Every plan includes some usage: what is charged is beyond it. */
const extra = (amount: Decimal): ChargeKind => (amount.lt(0) ? "credit" : "extra_usage");

const uncharged = (reported: Decimal | null): Charge => ({
  cost: ZERO,
  value: null,
  basis: "billed",
  reported,
});

const costColumn = (row: Row): string => (row.has("Cost") ? "Cost" : "Cost ($)");

const amountIn = (row: Row, column: string): Decimal | null => row.amount(column, { words: WORDS });
