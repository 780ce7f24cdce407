import { plain, stored, type Decimal } from "../money.js";
import { rateOf, type Rates } from "../rates.js";
import type { CostRecord, Identities } from "../record.js";
import { RowProblem, type CsvFormat, type Draft } from "./format.js";
import type { CellRow } from "./row.js";

interface Context {
  format: CsvFormat;
  row: CellRow;
  rates: Rates;
  identities: Identities;
}

/**
 * The record of a draft: in US dollars, rounded as the database keeps it, with its identity.
 * @throws RowProblem for numbers that the database cannot hold, UserError `currency_rate_missing`
 */
export const recordOf = (draft: Draft, { format, row, rates, identities }: Context): CostRecord => {
  const currency = draft.currency?.toUpperCase() ?? "USD";
  const value = draft.value ?? null;
  const amount = draft.cost ?? value;
  const rate = currency === "USD" || amount === null ? null : rateOf(currency, rates);
  const dollars = (amount: Decimal): string => {
    const cost = stored(rate === null ? amount : amount.times(rate));
    if (cost === null)
      throw new RowProblem(row.columnOf(amount) ?? "", plain(amount), "is too large for one charge");
    return cost;
  };
  return {
    provider: draft.provider ?? format.provider,
    timestamp: draft.timestamp,
    granularity: draft.granularity,
    model_name: draft.model,
    cost_usd: draft.cost === null ? "0" : dollars(draft.cost),
    estimated_cost_usd: value === null ? null : dollars(value),
    tokens_used: tokensUsed(draft),
    input_tokens: draft.input ?? null,
    output_tokens: draft.output ?? null,
    cache_read_tokens: draft.cacheRead ?? null,
    cache_write_tokens: draft.cacheWrite ?? null,
    request_count: draft.requests ?? null,
    collection_method: "csv_import",
    metadata: {
      cost_basis: draft.basis,
      ...(amount && rate && { original: { currency, amount: plain(amount), rate: plain(rate) } }),
      ...draft.metadata,
    },
    // Last, so that a row that is refused takes no ordinal.
    id: identities.next(format.source, draft.key),
  };
};

const tokensUsed = ({ tokens = null, input = null, output = null }: Draft): number | null => {
  if (input === null && output === null) return tokens;
  const used = (input ?? 0) + (output ?? 0);
  if (!Number.isSafeInteger(used))
    throw new RowProblem("", "", "the tokens of the row are too many to count");
  return used;
};
