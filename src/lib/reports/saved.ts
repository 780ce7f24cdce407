import type { DailySpend } from "../api.js";
import { decimal, type Decimal, grouped, plain } from "../money.js";
import type { PriceChain } from "../prices/chain.js";
import type { Rate, RateTable } from "../record/price.js";
import { own } from "../system/own.js";
import { byName, groupsOf } from "./groups.js";
import type { Saved } from "./sum.js";

const A_MILLIONTH = decimal("1e-6");

/**
 * Adds what caching saved: the tokens read from a cache, at the price of input less the price of reading them, both as the
 * price lists have them for that day. Sums of a day do not tell long requests and batches apart: usual prices hold.
 * @param days split by model, a day each
 */
export const withSaved = (days: readonly DailySpend[], chain: PriceChain): (DailySpend & Saved)[] =>
  days.map((day) => ({ ...day, saved_usd: savedOn(day, chain) }));

const savedOn = (day: DailySpend, chain: PriceChain): string | null => {
  const { provider, model, date, cache_read_tokens: tokens } = day;
  if (tokens === null || tokens === 0) return tokens === 0 ? "0" : null;
  const rates = model === null ? undefined : chain.on(provider, model, date)?.rates;
  const input = rates && rateOf(rates, "input_mtok");
  if (rates === undefined || input === undefined) return null;
  const read = rateOf(rates, "cache_read_mtok") ?? input;
  return plain(input.minus(read).times(tokens).times(A_MILLIONTH));
};

const rateOf = (rates: RateTable, name: string): Decimal | undefined => {
  const rate: Rate | undefined = own(rates, name);
  return rate === undefined ? undefined : decimal(typeof rate === "string" ? rate : rate.base);
};

/** Which cached tokens are not part of what was saved, a sentence for each provider. */
export const unsavedWarnings = (days: readonly (DailySpend & Partial<Saved>)[]): string[] =>
  groupsOf(
    days.filter(({ saved_usd, cache_read_tokens }) => saved_usd === null && (cache_read_tokens ?? 0) > 0),
    ({ provider }) => provider,
  )
    .toSorted(([a], [b]) => byName(a.provider, b.provider))
    .map((group) => {
      const tokens = group.reduce((total, day) => total + (day.cache_read_tokens ?? 0), 0);
      return `${grouped(String(tokens))} tokens of ${group[0].provider} were read from a cache at an unknown price: what that saved is not known.`;
    });
