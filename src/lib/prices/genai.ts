import { calcPrice, type ModelInfo, type ModelPrice } from "@pydantic/genai-prices";
import type { Rate, RateTable } from "../record/price.js";
import { type Asked, undated } from "./names.js";

export const GENAI_PRICES = "genai-prices 0.1.8";

/**
 * The rates of a model on a day, as the package `@pydantic/genai-prices` has them. It finds models by the beginnings of their
 * names: what it finds is only taken if it is the model that was asked for.
 * @param day UTC date @returns null if the package does not have that model
 */
export const packageRates = ({ seller, names }: Asked, day: string): RateTable | null => {
  if (seller === null) return null;
  // At noon, no model has a price of some hours: see peak.ts.
  const timestamp = new Date(`${day}T12:00:00Z`);
  for (const name of names) {
    // Without any usage, because it prints a line for each kind that it does not know.
    const found = calcPrice({}, name, { providerId: seller, timestamp });
    if (found !== null && isMeant(found.model, name)) return tableOf(found.model_price);
  }
  return null;
};

/** Whether a model is the one with that name, or its list names it. */
const isMeant = ({ id, match }: ModelInfo, name: string): boolean =>
  undated(id) === undated(name) || namedIn(match).includes(name);

/** The whole names in the conditions by which a model is found. */
export const namedIn = (match: ModelInfo["match"]): string[] => {
  if ("equals" in match) return [match.equals.toLowerCase()];
  return "or" in match ? match.or.flatMap(namedIn) : [];
};

/** The prices of a model that the package has, each with the first day on which it holds; null for one that always did. */
export const packageHistory = ({ seller, names }: Asked): { since: string | null; rates: RateTable }[] => {
  if (seller === null) return [];
  for (const name of names) {
    const found = calcPrice({}, name, { providerId: seller });
    if (found === null || !isMeant(found.model, name)) continue;
    const { prices } = found.model;
    if (!Array.isArray(prices)) return [{ since: null, rates: tableOf(found.model_price) }];
    return prices.flatMap(({ constraint, prices: each }) => {
      if (constraint !== undefined && constraint.type !== "start_date") return [];
      return [{ since: constraint?.start_date ?? null, rates: tableOf(each) }];
    });
  }
  return [];
};

const tableOf = (prices: ModelPrice): RateTable => {
  const table: Record<string, Rate> = {};
  for (const [name, price] of Object.entries(prices)) {
    if (price === undefined) continue;
    table[name] =
      typeof price === "number"
        ? String(price)
        : {
            base: String(price.base),
            tiers: price.tiers.map((tier) => ({ above: tier.start, price: String(tier.price) })),
          };
  }
  return table;
};
