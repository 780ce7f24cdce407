import { plainSum } from "../money.js";
import type { CallCounts } from "../record/calls.js";
import type { Estimate, Pricer } from "./pricer.js";

/** What calls of one quarter of an hour have in common. */
export interface CalledModel {
  /** `providers.name` */
  provider: string;
  /** As its log names it; null if it names none. */
  model: string | null;
  /** Milliseconds since 1970: when that quarter began. Prices of peak hours change with none inside. */
  start: number;
}

/** What one call comes to at list price; null if no list has a price for it. */
export type CallPrice = (call: CallCounts) => Estimate | null;

/** Prices calls one by one: tiers are those of one request. */
export const callPrice = (pricer: Pick<Pricer, "at">, { provider, model, start }: CalledModel): CallPrice => {
  const moment = new Date(start).toISOString();
  const price = model === null ? null : pricer.at({ provider, model, day: moment.slice(0, 10), moment });
  if (price === null) return () => null;
  return ({ input, output, cacheRead, cacheWrite, cacheWrite1h, searches }) =>
    // Written out: a spread takes several times as long as all the rest.
    price({
      input,
      output,
      cacheRead,
      cacheWrite: cacheWrite - cacheWrite1h,
      cacheWrite1h,
      requests: 1,
      webSearches: searches,
      isBatch: false,
      isOneRequest: true,
      longerThan: null,
      special: null,
    });
};

/** Adds up estimates of calls of one quarter of an hour. @returns null without any, or if one of them has none */
export const sumOfEstimates = (estimates: readonly (Estimate | null)[]): Estimate | null => {
  const notes = new Set<string>();
  const amounts: string[] = [];
  for (const estimate of estimates) {
    if (estimate === null) return null;
    amounts.push(estimate.usd);
    if (estimate.note !== null) notes.add(estimate.note);
  }
  const source = estimates[0]?.source;
  if (source === undefined) return null;
  return { usd: plainSum(amounts), source, note: notes.size === 0 ? null : [...notes].sort().join(", ") };
};
