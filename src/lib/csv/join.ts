import type { Decimal } from "../money.js";
import type { Draft } from "../record/draft.js";

/** One record of two that are parts of it: amounts and counts are added, all else is that of the first one. */
export const joined = (one: Draft, other: Draft): Draft => ({
  ...one,
  cost: sumOf(one.cost, other.cost),
  value: sumOf(one.value, other.value),
  input: countOf(one.input, other.input),
  output: countOf(one.output, other.output),
  cacheRead: countOf(one.cacheRead, other.cacheRead),
  cacheWrite: countOf(one.cacheWrite, other.cacheWrite),
  tokens: countOf(one.tokens, other.tokens),
  requests: countOf(one.requests, other.requests),
  metadata: { ...other.metadata, ...one.metadata },
});

const sumOf = (one: Decimal | null | undefined, other: Decimal | null | undefined): Decimal | null =>
  one && other ? one.plus(other) : (one ?? other ?? null);

const countOf = (one: number | null | undefined, other: number | null | undefined): number | null =>
  typeof one === "number" && typeof other === "number" ? one + other : (one ?? other ?? null);
