/**
 * US dollars: for a million tokens (`input_mtok`), or for a thousand of what is counted otherwise (`requests_kcount`). A
 * tier holds for all tokens of a request with more input tokens than `above`.
 */
export type Rate = string | { base: string; tiers: readonly { above: number; price: string }[] };

/** Rates by their names: `input_mtok`, `cache_write_1h_mtok`, `batch_input_mtok`, `web_searches_kcount` … */
export type RateTable = Readonly<Record<string, Rate>>;

/** What a model costs from a day on. */
export interface PriceRow {
  /** As price lists call it, for example `x-ai`; null for a price of the user's own that holds at any provider. */
  provider: string | null;
  model: string;
  /** The first UTC date on which it holds; null if it always did. */
  since: string | null;
  rates: RateTable;
}

/** A price list that the user imported. It holds from `since` on. */
export interface PriceList {
  id: string;
  /** Of its file. */
  name: string;
  since: string;
  /** When it was imported, RFC 3339. */
  created_at: string;
  /** Of the bytes of its file, hex. */
  sha256: string;
  rows: readonly PriceRow[];
}

/** What the user knows of prices: own ones, and imported lists, the newest first. */
export interface StoredPrices {
  own: readonly PriceRow[];
  lists: readonly PriceList[];
}

/** What a record says of the source of its estimate if that is a price of the user's own. */
export const OWN_PRICE = "own price";

/** What sums say of estimates that no list of this program has priced. */
export const ITS_SOURCE = "its source";
