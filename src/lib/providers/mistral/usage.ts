import type { Draft } from "../../record/draft.js";
import { type Decimal, plain, ZERO } from "../../money.js";
import { type Answer, AnswerProblem } from "../answer.js";
import type { Collected, Feed } from "../collector.js";
import { dateOf, daysBetween } from "../../dates/days.js";
import { filled } from "../metadata.js";
import { askUsage, findWay, type Way } from "./admin-api.js";
import { type Month, monthOf, monthsBetween, queryOf } from "./month.js";
import { isObject, type Place, placesIn } from "./places.js";
import { type PriceOf, pricesIn } from "./prices.js";

const DIMENSIONS = [
  "usage_type",
  "event_type",
  "billing_metric",
  "billing_group",
  "api_zone",
  "service_tier",
];

type Money = Pick<Draft, "cost" | "value" | "basis">;

/**
 * `value` is what was used, `value_paid` what of it is charged; a plan covers the rest. Without the latter it is not
 * known whether anything is. Null for an entry that says nothing.
 */
const moneyOf = (used: Decimal, paid: Decimal | null, price: Decimal | null): Money | null => {
  if (used.eq(0) && (paid ?? ZERO).eq(0)) return null;
  const worth = price && used.times(price);
  if (paid === null) return { cost: null, value: worth, basis: worth ? "estimated" : "none" };
  if (paid.eq(0)) return { cost: null, value: worth, basis: "included" };
  return { cost: price && paid.times(price), basis: price ? "billed" : "none" };
};

type Tokens = Pick<Draft, "input" | "output" | "cacheRead">;

/** Null if the unit is another one: pages, seconds, calls. */
const tokensOf = ({ lane, entry, category }: Place, used: Decimal): Tokens | null => {
  const type = entry.text("event_type") ?? category;
  if (!/tokens?$|^(?:chat|completion)$|\.completion$/.test(type)) return null;
  // Corrections may be negative.
  if (used.lt(0)) return {};
  const count = entry.count(entry.has("value") ? "value" : "value_paid");
  if (lane === "output") return { output: count };
  return { input: count, ...(lane === "cached" && { cacheRead: count }) };
};

const startOf = (entry: Answer, { from, to }: Month): Pick<Draft, "timestamp" | "granularity"> => {
  if (!entry.has("timestamp")) return { timestamp: `${from}T00:00:00Z`, granularity: "month" };
  const start = entry.day("timestamp");
  if (dateOf(start) >= from && dateOf(start) <= to) return { timestamp: start, granularity: "day" };
  throw new AnswerProblem(`${entry.path}.timestamp`, start, "is not in the month that was asked for");
};

const draftOf = (place: Place, month: Month, priceOf: PriceOf): Draft | null => {
  const { category, name, lane, entry } = place;
  const paid = entry.amount("value_paid");
  const used = entry.amount("value") ?? paid ?? entry.charge("value");
  const price = priceOf(entry);
  const money = moneyOf(used, paid, price);
  if (money === null) return null;
  const tokens = tokensOf(place, used);
  const start = startOf(entry, month);
  const dimensions = DIMENSIONS.map((dimension) => entry.text(dimension));
  return {
    ...start,
    model: category.endsWith("connectors") ? null : (name.split("::").at(-1) ?? name),
    ...money,
    ...tokens,
    key: [start.timestamp, category, name, lane, ...dimensions],
    metadata: filled({
      category,
      model_id: name,
      ...Object.fromEntries(DIMENSIONS.map((dimension, at) => [dimension, dimensions[at] ?? null])),
      units: tokens ? null : plain(used),
      included_units: paid && !paid.eq(0) && !paid.eq(used) ? plain(used.minus(paid)) : null,
      unit_price: price && plain(price),
    }),
  };
};

const unpricedNote = (drafts: readonly Draft[], { from }: Month): string | null => {
  const count = drafts.filter(({ basis }) => basis === "none").length;
  if (count === 0) return null;
  const charges = count === 1 ? "a charge" : `${count} charges`;
  return `Mistral names no price, or two, for ${charges} of ${from.slice(0, 7)}: booked without an amount.`;
};

/** It was seen as the number 0.0. What it counts is not documented, so it is not booked. */
const vibeNote = (answer: Answer, { from }: Month): string | null => {
  const usage = isObject(answer, "vibe_usage") ? null : answer.amount("vibe_usage");
  if (usage === null || usage.eq(0)) return null;
  return `The vibe usage of ${from.slice(0, 7)} is ${plain(usage)}; Mistral does not say of what, so it is not booked.`;
};

const pieceOf = (answer: Answer, month: Month): Collected => {
  const start = answer.has("start_date") ? answer.day("start_date") : month.from;
  if (dateOf(start) !== month.from) {
    throw new AnswerProblem("start_date", start, "is not the month that was asked for");
  }
  const priceOf = pricesIn(answer);
  const drafts = placesIn(answer)
    .map((place) => draftOf(place, month, priceOf))
    .filter((draft) => draft !== null);
  // An organisation that never paid has none.
  if (drafts.length > 0) answer.required("currency");
  const currency = answer.currency("currency");
  const notes = [unpricedNote(drafts, month), vibeNote(answer, month)].filter((note) => note !== null);
  return {
    days: daysBetween(month.from, month.to),
    drafts: drafts.map((draft) => ({ ...draft, currency })),
    ...(notes.length > 0 && { note: notes.join(" ") }),
  };
};

/** By UTC day, at Mistral's own prices; of a window it gives all months, whole. @param way null to find it out */
export const mistralUsage = (way: Way | null): Feed => ({
  id: "mistral-usage",
  title: "Mistral usage",
  source: "mistral/usage",
  series: "mistral/usage",
  detail: 1,
  async *collect(api, { from, to }) {
    const known = way ?? (await findWay(api, queryOf(monthOf(to))));
    for (const month of monthsBetween(from, to)) {
      yield pieceOf(await askUsage(api, known, queryOf(month)), month);
    }
  },
});
