import { decimal, percentOf, plain, toScale } from "../money.js";
import type { DailySpend } from "../api.js";
import { groupsOf } from "./groups.js";
import type { SpendRow } from "./report.js";
import { meteredIn, meteredOf, type Spend } from "./sum.js";

const MILLION = decimal("1e6");

/** Input and output tokens; null if no source states either. */
export const tokensOf = ({ input_tokens, output_tokens }: Spend): number | null =>
  input_tokens === null && output_tokens === null ? null : (input_tokens ?? 0) + (output_tokens ?? 0);

/** Whether some provider charges for usage here without any source that states its tokens. */
export const lacksTokens = (days: readonly DailySpend[]): boolean =>
  groupsOf(days, ({ provider }) => provider).some((group) => {
    const tokens = group.reduce((total, day) => total + (tokensOf(day) ?? 0), 0);
    return tokens === 0 && !meteredIn(group).eq(0);
  });

/**
 * What usage cost for a million tokens, input and output, in US dollars: without flat fees, and without tokens that have
 * no price. Null if there are no such tokens, if their money is not stated beside them, or if there is money of other
 * tokens that nobody states.
 */
export const usdPerMtok = (spend: Spend & Pick<SpendRow, "lacks_tokens">): string | null => {
  const tokens = (tokensOf(spend) ?? 0) - spend.unpriced_tokens;
  const isStated = spend.billed_count > 0 || spend.estimated_usd !== "0";
  if (tokens <= 0 || !isStated || spend.lacks_tokens) return null;
  return plain(toScale(meteredOf(spend).times(MILLION).div(tokens)));
};

/** Percent of the input tokens that were read from a cache, one decimal; null if a source states only one of the two. */
export const cachedShare = ({ input_tokens, cache_read_tokens }: Spend): string | null =>
  input_tokens === null || cache_read_tokens === null
    ? null
    : percentOf(decimal(String(cache_read_tokens)), decimal(String(input_tokens)));
