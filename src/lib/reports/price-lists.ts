import type { DailySpend, PriceListNames } from "../api.js";
import { byName } from "./groups.js";
import type { PriceListsUsed } from "./report.js";

type Lists = Pick<DailySpend, "estimated_by" | "included_by">;

/** The price lists of several sums together. */
export const listsOf = (parts: readonly Lists[]): Lists => ({
  estimated_by: merged(parts.map(({ estimated_by }) => estimated_by)),
  included_by: merged(parts.map(({ included_by }) => included_by)),
});

const merged = (sets: readonly (PriceListNames | null)[]): PriceListNames | null => {
  const named = sets.filter((set) => set !== null);
  const [first = null] = named;
  // Most often, one list has priced all of it.
  return named.length < 2 ? first : (Object.assign({}, ...named) as PriceListNames);
};

/** What the estimates of a report rest on. */
export const priceListsUsed = (days: readonly Lists[]): { price_lists?: PriceListsUsed } => {
  const { estimated_by, included_by } = listsOf(days);
  if (estimated_by === null && included_by === null) return {};
  return { price_lists: { estimated: namesIn(estimated_by), included: namesIn(included_by) } };
};

/** A price may rest on two lists: `genai-prices 0.1.8 + overlay of 2026-11-28 (a41c9f)`. */
const namesIn = (set: PriceListNames | null): string[] =>
  [...new Set(Object.keys(set ?? {}).flatMap((name) => name.split(/ \+ (?=overlay of )/)))].sort(byName);
