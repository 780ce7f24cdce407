import { decimal } from "../money.js";
import type { Rate, RateTable } from "../record/price.js";
import { type Fine, fine, plus, storedFine, tenthsOf, times } from "./fine.js";
import { own } from "../system/own.js";
import type { UsedUnits } from "./usage.js";

/** What a usage comes to, US dollars, and what of it is not as the price list has it. */
export interface Cost {
  usd: string;
  note: string | null;
}

/** Rates are of a million tokens; a thousand searches and requests cost theirs. */
const MILLION = 6;
const THOUSANDS_IN_MILLION = 1000;

/** Tenths of the usual price that a batch costs, if its rates are not in the list. https://docs.claude.com/en/docs/build-with-claude/batch-processing,
 * https://platform.openai.com/docs/guides/batch, https://ai.google.dev/gemini-api/docs/batch-api, https://docs.x.ai/docs */
const BATCH: Readonly<Record<string, bigint>> = { anthropic: 5n, openai: 5n, google: 5n, "x-ai": 8n };

/**
 * Adds up what a usage costs. Input that is read from or written to a cache costs as other input if the list has no rate for
 * it. @param seller whose rates these are @returns null if the list lacks a rate for what was used
 */
export const costOf = (usage: UsedUnits, rates: RateTable, seller: string | null): Cost | null => {
  const size = sizeOf(usage);
  const table = tableOf(rates);
  const rate = (name: string): Fine | null => {
    const found = table.get(name);
    return found === undefined ? null : rateFor(found, size);
  };
  const tokens = tokensCost(usage, rate);
  if (tokens === null) return null;
  const { batched, note } = batch(usage, tokens, rate, seller);
  const searches = rate("web_searches_kcount");
  const requests = rate("requests_kcount");
  const fees = plus(times(searches ?? 0, usage.webSearches), times(requests ?? 0, usage.requests ?? 0));
  const usd = storedFine(plus(batched, times(fees, THOUSANDS_IN_MILLION)));
  if (usd === null) return null;
  const notes = note === null ? [] : [note];
  if (usage.special !== null) notes.push(`${usage.special} at the standard price`);
  if (requests !== null && usage.requests === null) notes.push("without request fees");
  if (searches === null && usage.webSearches > 0) notes.push("without search fees");
  return { usd, note: notes.length === 0 ? null : notes.join(", ") };
};

/** A rate as it is reckoned with, for one unit of a million. */
type FineRate = Fine | { base: Fine; tiers: readonly { above: number; price: Fine }[] };

/** The rate of a tier for one request of that many input tokens. */
const rateFor = (rate: FineRate, size: number): Fine =>
  typeof rate === "object" ? (rate.tiers.findLast(({ above }) => size > above)?.price ?? rate.base) : rate;

type Table = ReadonlyMap<string, FineRate>;

const tables = new WeakMap<RateTable, Table>();

/** The same rates come again and again. */
const tableOf = (rates: RateTable): Table => {
  let table = tables.get(rates);
  if (table === undefined) {
    table = new Map(Object.entries(rates).map(([name, rate]) => [name, fineRate(rate)]));
    tables.set(rates, table);
  }
  return table;
};

const fineRate = (rate: Rate): FineRate => {
  if (typeof rate === "string") return parsed(rate);
  const tiers = rate.tiers.map(({ above, price }) => ({ above, price: parsed(price) }));
  return { base: parsed(rate.base), tiers };
};

const parsed = (text: string): Fine => fine(decimal(text), MILLION);

/** The input tokens of one request. A sum of several ones does not tell them. */
const sizeOf = ({ isOneRequest, input, longerThan }: UsedUnits): number =>
  // A list that writes 271999 means 272,000 too.
  Math.max(isOneRequest ? input : 0, longerThan === null ? 0 : longerThan + 1);

type RateNamed = (name: string) => Fine | null;

/** What the tokens cost outside of a batch; null if a rate is missing. @param prefix of other rates of the list */
const tokensCost = (usage: UsedUnits, rate: RateNamed, prefix = ""): Fine | null => {
  const { cacheRead, cacheWrite, cacheWrite1h } = usage;
  const uncached = usage.input - cacheRead - cacheWrite - cacheWrite1h;
  const input = rate(`${prefix}input_mtok`);
  const write = rate(`${prefix}cache_write_mtok`) ?? input;
  const parts: [number, Fine | null][] = [
    [uncached, input],
    [usage.output, rate(`${prefix}output_mtok`)],
    [cacheRead, rate(`${prefix}cache_read_mtok`) ?? input],
    [cacheWrite, write],
    [cacheWrite1h, rate(`${prefix}cache_write_1h_mtok`) ?? write],
  ];
  let total: Fine = 0;
  for (const [tokens, each] of parts) {
    if (tokens === 0) continue;
    if (each === null) return null;
    total = plus(total, times(each, tokens));
  }
  return total;
};

/** The tokens of a batch: at rates of its own, else at a part of the others. */
const batch = (
  usage: UsedUnits,
  tokens: Fine,
  rate: RateNamed,
  seller: string | null,
): { batched: Fine; note: string | null } => {
  if (!usage.isBatch) return { batched: tokens, note: null };
  const factor = seller === null ? undefined : own(BATCH, seller);
  const reduced = (amount: Fine): Fine => tenthsOf(amount, factor ?? 10n);
  const part = (name: string): Fine | null => {
    const usual = rate(name.slice("batch_".length));
    return rate(name) ?? (usual === null ? null : reduced(usual));
  };
  const hasOwn = rate("batch_input_mtok") !== null;
  const batched = hasOwn ? tokensCost(usage, part, "batch_") : reduced(tokens);
  return {
    batched: batched ?? tokens,
    note: hasOwn || factor !== undefined ? null : "batch at the standard price",
  };
};
