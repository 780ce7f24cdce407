import { dateOf } from "../dates/days.js";
import type { FoundRates, KnownPrice } from "../prices/chain.js";
import { loadPricer } from "../prices/pricer.js";
import type { RateTable } from "../record/price.js";
import type { Store } from "../store/store.js";

/** A model that was used, and what it costs today. */
export interface ModelInUse {
  provider: string;
  /** As its source writes it. */
  model: string;
  /** In the range. */
  tokens: number;
  /** Null if no list has a price for it. */
  rates: RateTable | null;
  source: string | null;
  /** The first day on which the price holds, if its list has one. */
  since: string | null;
}

export interface PricesInUse {
  /** UTC date. */
  date: string;
  /** Those with the most tokens first. */
  prices: ModelInUse[];
}

/** The models with tokens in a range of dates, and what they cost today. @param from null is open, as is `to` */
export const pricesInUse = async (
  store: Store,
  from: string | null,
  to: string | null,
): Promise<PricesInUse> => {
  const split = { split_by: ["model"], by_month: true } as const;
  const spend = await store.call("get_daily_spend", { from_date: from, to_date: to, ...split });
  const { chain } = await loadPricer(await store.call("get_prices", {}));
  const date = dateOf(new Date().toISOString());
  const models = new Map<string, ModelInUse>();
  for (const { provider, model, input_tokens, output_tokens } of spend) {
    const tokens = (input_tokens ?? 0) + (output_tokens ?? 0);
    if (model === null || tokens === 0) continue;
    const key = `${provider}\t${model}`;
    const before = models.get(key) ?? {
      ...priceOf(chain.on(provider, model, date)),
      provider,
      model,
      tokens: 0,
    };
    models.set(key, { ...before, tokens: before.tokens + tokens });
  }
  return { date, prices: [...models.values()].sort((one, other) => other.tokens - one.tokens) };
};

const priceOf = (found: FoundRates | null): Pick<ModelInUse, "rates" | "source" | "since"> => ({
  rates: found?.rates ?? null,
  source: found?.source ?? null,
  since: found?.since ?? null,
});

/** All that is known of the price of a model. */
export interface ModelPrices extends Pick<ModelInUse, "model" | "rates" | "source" | "since"> {
  /** Null for its vendor. */
  provider: string | null;
  /** UTC date of today's price. */
  date: string;
  /** The prices of all lists: those that are asked first come first. */
  history: KnownPrice[];
}

export const modelPrices = async (
  store: Store,
  model: string,
  provider: string | null,
): Promise<ModelPrices> => {
  const { chain } = await loadPricer(await store.call("get_prices", {}));
  const date = dateOf(new Date().toISOString());
  // A provider without prices of its own stands for the vendor of the model.
  const seller = provider ?? "";
  return {
    ...priceOf(chain.on(seller, model, date)),
    ...{ provider, model, date, history: chain.history(seller, model) },
  };
};
