import { RowProblem, type Draft, type Row } from "../../csv/format.js";
import { plain, type Decimal } from "../../money.js";

/** What Cursor writes where a row has no amount. */
const WORDS = ["Included", "Free", "NaN", "-", "--"];

/** The money of an event; `reported` is an amount that was neither charged nor covered by the plan. */
export interface Charge extends Pick<Draft, "cost" | "basis"> {
  value: Decimal | null;
  reported: Decimal | null;
}

/**
 * The kind of an event says whether its amount was charged: in 2025 every row has an amount, included and failed
 * ones as well.
 * @throws RowProblem for an amount of a kind that is not known
 */
export const chargeOf = (row: Row): Charge => {
  const amount = amountIn(row, costColumn(row));
  if (row.has("Cost to you")) return chargedPart(amount, amountIn(row, "Cost to you"));
  const kind = row.text("Kind")?.toLowerCase() ?? "";
  if (/^(?:included|free)/.test(kind))
    return { cost: null, value: amount, basis: "included", reported: null };
  if (amount === null || /^user api key$|not? charge/.test(kind)) {
    return { cost: null, value: null, basis: "none", reported: amount };
  }
  if (/^(?:on-demand|usage-based)/.test(kind))
    return { cost: amount, value: null, basis: "billed", reported: null };
  throw new RowProblem("Kind", row.text("Kind") ?? "", "does not say whether the amount was charged");
};

/** In mid 2025 a column of its own said what was charged, and there were no kinds. */
const chargedPart = (worth: Decimal | null, charged: Decimal | null): Charge =>
  charged === null || charged.eq(0)
    ? { cost: null, value: worth, basis: "included", reported: null }
    : { cost: charged, value: null, basis: "billed", reported: null };

/** The amounts as they enter the key of an event: `$0.03` and `0.03` are the same. */
export const chargeKey = (row: Row): (string | null)[] =>
  [costColumn(row), "Cost to you"].map((column) => {
    const amount = amountIn(row, column);
    return amount ? plain(amount) : (row.text(column)?.toLowerCase() ?? null);
  });

const costColumn = (row: Row): string => (row.has("Cost") ? "Cost" : "Cost ($)");

const amountIn = (row: Row, column: string): Decimal | null => row.amount(column, { words: WORDS });
