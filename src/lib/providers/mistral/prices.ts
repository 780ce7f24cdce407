import type { Decimal } from "../../money.js";
import type { Answer } from "../answer.js";

/** What one unit of an entry costs; null if the answer does not say, or contradicts itself. */
export type PriceOf = (entry: Answer) => Decimal | null;

/** What must be the same in an entry and in its price. */
const SAME = ["billing_metric", "billing_group"];

/**
 * What only some prices name, and what an entry means that does not name it: many prices of a metric and group differ in
 * these. UNVERIFIED: `global` and `standard`, which CodexBar takes, too.
 */
const NARROWER: readonly { name: string; usual: string | null }[] = [
  { name: "event_type", usual: null },
  { name: "api_zone", usual: "global" },
  { name: "service_tier", usual: "standard" },
];

const fits = (price: Answer, entry: Answer): boolean =>
  SAME.every((name) => price.text(name) === entry.text(name)) &&
  NARROWER.every(({ name, usual }) => {
    const only = price.text(name);
    const own = entry.text(name) ?? usual;
    return only === null || own === null || only === own;
  });

/** The prices of a usage answer, in its currency for one token, page or second. */
export const pricesIn = (answer: Answer): PriceOf => {
  const prices = answer.has("prices") ? answer.list("prices") : [];
  return (entry) => {
    const [first, ...others] = prices
      .filter((price) => fits(price, entry))
      .map((price) => price.charge("price"));
    return first && others.every((other) => other.eq(first)) ? first : null;
  };
};
