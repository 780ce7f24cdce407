import type { OwnPrice } from "../api.js";
import { dateOf } from "../dates/days.js";
import { parseDate } from "../dates/ranges.js";
import { UserError } from "../errors.js";
import { parseAmount, plain } from "../money.js";
import { MOST_PRICE } from "../prices/file.js";
import { pricerOf } from "../prices/pricer.js";
import type { PriceRow } from "../record/price.js";
import type { Store } from "../store/store.js";
import { ALL_DAYS, type EstimateResult, pricingHead, writeEstimates } from "./estimates.js";

/** The flags of a price, and the rates that they set. */
export const RATE_FLAGS = {
  input: "input_mtok",
  output: "output_mtok",
  "cache-read": "cache_read_mtok",
  "cache-write": "cache_write_mtok",
  "cache-write-1h": "cache_write_1h_mtok",
  "batch-input": "batch_input_mtok",
  "batch-output": "batch_output_mtok",
  request: "requests_kcount",
  search: "web_searches_kcount",
} as const;

export type RateFlag = keyof typeof RATE_FLAGS;

/** What flags say of the price of a model. @param since UTC date @throws UserError `bad_price`, `price_empty`, `bad_model` */
export const ownPrice = (
  model: string,
  flags: Partial<Record<RateFlag, string | undefined>>,
  provider: string | null,
  since: string | null,
): PriceRow => {
  const name = model.trim();
  if (name === "" || name.length > 200)
    throw new UserError(
      "bad_model",
      `“${name.slice(0, 40)}” is not the name of a model.`,
      "For example: gpt-6.2-sol",
    );
  const rates = Object.entries(RATE_FLAGS).flatMap(([flag, unit]) => {
    const text = flags[flag as RateFlag];
    return text === undefined ? [] : [[unit, rateOf(flag, text)] as const];
  });
  if (rates.length === 0) {
    throw new UserError(
      "price_empty",
      "No price was given.",
      `Give US dollars for a million tokens, for example: aicost prices set ${name} --input 3 --output 15`,
    );
  }
  return { provider, model: name, since, rates: Object.fromEntries(rates) };
};

const rateOf = (flag: string, text: string): string => {
  const amount = parseAmount(text);
  if (amount !== null && amount.gte(0) && amount.lte(MOST_PRICE)) return plain(amount);
  throw new UserError(
    "bad_price",
    `“${text}” is not a price.`,
    `Give US dollars, from 0 to ${plain(MOST_PRICE)}, for example: --${flag} 3`,
  );
};

/** A day as typed; null if none was. @throws UserError `bad_date` */
export const parsePriceDay = (text: string | undefined): string | null => {
  if (text === undefined) return null;
  const date = parseDate(text.trim());
  if (date !== null) return date;
  throw new UserError("bad_date", `“${text}” is not a date.`, "Write it like --since 2026-01-15");
};

/** The first day of a price list: today (UTC), if none was typed. @throws UserError `bad_date` */
export const listDay = (text: string | undefined): string =>
  parsePriceDay(text) ?? dateOf(new Date().toISOString());

/** Sets a price, and prices what had none. @throws UserError as `ownPrice` */
export const setPrice = async (
  store: Store,
  model: string,
  flags: Parameters<typeof ownPrice>[1],
  provider: string | null,
  since: string | null,
): Promise<{ price: OwnPrice; filled: EstimateResult }> => {
  const price = await store.call("set_price", { price: ownPrice(model, flags, provider, since) });
  const pricer = await pricerOf(store);
  const head = pricingHead(`aicost prices set ${price.model}`);
  const filled = await writeEstimates(store, pricer, head, {
    ...ALL_DAYS,
    onlyUnpriced: true,
    dryRun: false,
  });
  return { price, filled };
};

/** Removes the prices of a model that the user set. @throws UserError `price_unknown` */
export const removePrices = async (
  store: Store,
  model: string,
  { provider, since }: { provider: string | undefined; since: string | null },
): Promise<OwnPrice[]> => {
  const { own } = await store.call("get_prices", {});
  const wanted = own.filter(
    (price) =>
      price.model.toLowerCase() === model.trim().toLowerCase() &&
      (provider === undefined || price.provider === provider) &&
      (since === null || price.since === since),
  );
  if (wanted.length === 0) {
    throw new UserError("price_unknown", `You have set no such price of “${model}”.`, unknownHint(own));
  }
  return store.call("remove_prices", { price_ids: wanted.map(({ id }) => id) });
};

const unknownHint = (own: readonly OwnPrice[]): string =>
  own.length === 0
    ? "You have set no prices. Set one: aicost prices set MODEL --input 3 --output 15"
    : `You have set prices of: ${[...new Set(own.map(({ model }) => model))].join(", ")}.`;
