import { type Decimal, decimal, plain, sum, toScale, ZERO } from "../money.js";
import type { FlatPart } from "../reports/sum.js";

/** What usage of one model at one provider cost, in US dollars; `model` is null for money that names none. */
export interface ModelUse {
  provider: string;
  model: string | null;
  cost: Decimal;
  /** Input and output tokens; zero if no source states them. */
  tokens: Decimal;
}

/** One of the two periods that are compared. */
export interface Side {
  models: readonly ModelUse[];
  /** Plans, fees, taxes and refunds. */
  flat: Record<FlatPart, Decimal>;
}

/** How a model changed: used in both periods, or in one of them only. */
export type Presence = "both" | "new" | "gone";

/** Amounts are decimal strings in US dollars, tokens whole numbers. The three effects are null unless it was in both. */
export interface ModelChange {
  provider: string;
  model: string | null;
  presence: Presence;
  cost_usd: string;
  previous_usd: string;
  change_usd: string;
  tokens: number;
  previous_tokens: number;
  volume_usd: string | null;
  price_usd: string | null;
  mix_usd: string | null;
}

export const PARTS = [
  "volume",
  "price",
  "mix",
  "new",
  "gone",
  "without_tokens",
  "subscription",
  "fee",
  "tax",
  "credit",
] as const;
export type PartName = (typeof PARTS)[number];

/** A part of the difference, a decimal string in US dollars. */
export interface Part {
  part: PartName;
  change_usd: string;
}

/**
 * Divides the difference of two periods. Of a model with tokens in both, with the cost c, the tokens q, and Q tokens of all
 * models: volume is what it would be if it had grown as all did, c0·(Q1/Q0 − 1); price is c1 − (c0/q0)·q1; mix is the
 * rest. Volume and price are rounded to ten decimals, so that the parts add up to the difference exactly.
 * @returns the parts in the order of `PARTS`, and the models, the largest change first
 */
export const divided = (now: Side, before: Side): { parts: Part[]; models: ModelChange[] } => {
  const [used, usedBefore] = [usesOf(now), usesOf(before)];
  const growth = growthOf(used, usedBefore);
  const keys = [...new Set([...used.keys(), ...usedBefore.keys()])];
  const models = keys
    .flatMap((key) => changeOf(used.get(key), usedBefore.get(key), growth))
    .toSorted(byChange);
  const of = (presence: Presence): ModelChange[] => models.filter((model) => model.presence === presence);
  const added = (
    field: "volume_usd" | "price_usd" | "mix_usd" | "change_usd",
    some: ModelChange[],
  ): Decimal => sum(some.map((model) => model[field] ?? "0"));
  const changes: Record<PartName, Decimal> = {
    volume: added("volume_usd", models),
    price: added("price_usd", models),
    mix: added("mix_usd", models),
    new: added("change_usd", of("new")),
    gone: added("change_usd", of("gone")),
    without_tokens: withoutTokens(now).minus(withoutTokens(before)),
    subscription: now.flat.subscription_usd.minus(before.flat.subscription_usd),
    fee: now.flat.fee_usd.minus(before.flat.fee_usd),
    tax: now.flat.tax_usd.minus(before.flat.tax_usd),
    credit: now.flat.credit_usd.minus(before.flat.credit_usd),
  };
  return { parts: PARTS.map((part) => ({ part, change_usd: plain(changes[part]) })), models };
};

/** All that a period cost. */
export const costOf = ({ models, flat }: Side): Decimal =>
  [...models.map(({ cost }) => cost), ...Object.values(flat)].reduce((total, cost) => total.plus(cost), ZERO);

/** The models whose tokens are known, by provider and model. */
const usesOf = ({ models }: Side): Map<string, ModelUse> =>
  new Map(models.filter(hasTokens).map((use) => [JSON.stringify([use.provider, use.model]), use]));

const hasTokens = ({ tokens }: ModelUse): boolean => tokens.gt(0);

/** Money that no tokens stand beside. */
const withoutTokens = ({ models }: Side): Decimal =>
  models.filter((use) => !hasTokens(use)).reduce((total, { cost }) => total.plus(cost), ZERO);

/** Tokens that cost something, and those of the other period, for the models that did in either. */
const growthOf = (used: ReadonlyMap<string, ModelUse>, before: ReadonlyMap<string, ModelUse>): Growth => {
  const costs = (key: string): boolean => [used, before].some((uses) => !(uses.get(key)?.cost ?? ZERO).eq(0));
  const tokensIn = (uses: ReadonlyMap<string, ModelUse>): Decimal =>
    [...uses].reduce((total, [key, { tokens }]) => (costs(key) ? total.plus(tokens) : total), ZERO);
  return { tokens: tokensIn(used), before: tokensIn(before) };
};

interface Growth {
  tokens: Decimal;
  before: Decimal;
}

/** Nothing if neither period has money of it. */
const changeOf = (now: ModelUse | undefined, before: ModelUse | undefined, growth: Growth): ModelChange[] => {
  const either = now ?? before;
  const [cost, costBefore] = [now?.cost ?? ZERO, before?.cost ?? ZERO];
  if (either === undefined || (cost.eq(0) && costBefore.eq(0))) return [];
  const change = cost.minus(costBefore);
  return [
    {
      provider: either.provider,
      model: either.model,
      presence: now === undefined ? "gone" : before === undefined ? "new" : "both",
      cost_usd: plain(cost),
      previous_usd: plain(costBefore),
      change_usd: plain(change),
      tokens: wholeTokens(now),
      previous_tokens: wholeTokens(before),
      ...effectsOf(now, before, growth),
    },
  ];
};

const effectsOf = (
  now: ModelUse | undefined,
  before: ModelUse | undefined,
  growth: Growth,
): Pick<ModelChange, "volume_usd" | "price_usd" | "mix_usd"> => {
  if (now === undefined || before === undefined) return { volume_usd: null, price_usd: null, mix_usd: null };
  const volume = toScale(before.cost.times(growth.tokens.minus(growth.before)).div(growth.before));
  const price = toScale(now.cost.minus(before.cost.times(now.tokens).div(before.tokens)));
  const mix = now.cost.minus(before.cost).minus(volume).minus(price);
  return { volume_usd: plain(volume), price_usd: plain(price), mix_usd: plain(mix) };
};

const wholeTokens = (use: ModelUse | undefined): number => Number((use?.tokens ?? ZERO).round(0).toFixed());

/** The largest change first. */
export const byChange = (a: Changed, b: Changed): number => sizeOf(b).cmp(sizeOf(a));

interface Changed {
  change_usd: string;
}

const sizeOf = ({ change_usd }: Changed): Decimal => decimal(change_usd).abs();
