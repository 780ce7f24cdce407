import type { PriceRow, Rate, RateTable } from "../record/price.js";
import { isObject } from "../system/json.js";
import { priceText } from "./price-text.js";

/** Providers with their models, as `prices/new_data/v2/data.json` of github.com/pydantic/genai-prices has them. */
type Genai = readonly { id: string; models: readonly GenaiModel[] }[];

interface GenaiModel {
  id: string;
  match?: unknown;
  prices: unknown;
}

export const isGenai = (content: unknown): content is Genai =>
  Array.isArray(content) &&
  content.length > 0 &&
  content.every(
    (provider) =>
      isObject(provider) &&
      typeof provider["id"] === "string" &&
      Array.isArray(provider["models"]) &&
      provider["models"].every((model) => isObject(model) && typeof model["id"] === "string"),
  );

export const genaiRows = (providers: Genai): PriceRow[] =>
  providers.flatMap(({ id, models }) =>
    models.flatMap((model) =>
      [...new Set([model.id, ...namesIn(model.match)])].flatMap((name) =>
        datedRates(model.prices).map(({ since, rates }) => ({ provider: id, model: name, since, rates })),
      ),
    ),
  );

/** The whole names by which a model is found; a beginning of names is none. */
const namesIn = (match: unknown): string[] => {
  if (!isObject(match)) return [];
  if (typeof match["equals"] === "string") return [match["equals"]];
  return Array.isArray(match["or"]) ? match["or"].flatMap(namesIn) : [];
};

/** Prices of some hours of the day are left out. */
const datedRates = (prices: unknown): { since: string | null; rates: RateTable }[] => {
  if (!Array.isArray(prices)) return isObject(prices) ? [{ since: null, rates: tableOf(prices) }] : [];
  return prices.flatMap((entry) => {
    if (!isObject(entry) || !isObject(entry["prices"])) return [];
    const { constraint } = entry;
    const start = isObject(constraint) ? constraint["start_date"] : undefined;
    if (constraint !== undefined && constraint !== null && typeof start !== "string") return [];
    return [{ since: typeof start === "string" ? start : null, rates: tableOf(entry["prices"]) }];
  });
};

const tableOf = (prices: Record<string, unknown>): RateTable => {
  const table: Record<string, Rate> = {};
  for (const [unit, price] of Object.entries(prices)) {
    if (price === null) continue;
    const tiers = isObject(price) ? price["tiers"] : undefined;
    table[unit] =
      isObject(price) && Array.isArray(tiers)
        ? {
            base: priceText(price["base"]),
            tiers: tiers.filter(isObject).map((tier) => ({
              above: Number(tier["start"]),
              price: priceText(tier["price"]),
            })),
          }
        : priceText(price);
  }
  return table;
};
