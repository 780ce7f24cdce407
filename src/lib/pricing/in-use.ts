import { dateOf } from "../dates/days.js";
import type { FoundRates, KnownPrice } from "../prices/chain.js";
import { pricerOf } from "../prices/pricer.js";
import type { DailySpend } from "../api.js";
import type { RateTable } from "../record/price.js";
import { groupsOf } from "../reports/groups.js";
import { tokensOf } from "../reports/ratios.js";
import { sumSpend } from "../reports/sum.js";
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
  const { chain } = await pricerOf(store);
  const date = dateOf(new Date().toISOString());
  const prices = groupsOf(spend.filter(isUse), ({ provider, model }) => `${provider}\t${model}`).map(
    (group): ModelInUse => {
      const [{ provider, model }] = group;
      const tokens = tokensOf(sumSpend(group)) ?? 0;
      return { ...priceOf(chain.on(provider, model, date)), provider, model, tokens };
    },
  );
  return { date, prices: prices.sort((one, other) => other.tokens - one.tokens) };
};

const isUse = (spend: DailySpend): spend is DailySpend & { model: string } =>
  spend.model !== null && (tokensOf(spend) ?? 0) > 0;

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
  const { chain } = await pricerOf(store);
  const date = dateOf(new Date().toISOString());
  // A provider without prices of its own stands for the vendor of the model.
  const seller = provider ?? "";
  return {
    ...priceOf(chain.on(seller, model, date)),
    provider,
    model,
    date,
    history: chain.history(seller, model),
  };
};
