import { hasReached } from "./check.js";
import type { BudgetState } from "./state.js";

/** A share of a budget that is reached, and the smaller ones that are too. */
export interface ReachedShare {
  state: BudgetState;
  /** Percent. */
  share: number;
  key: string;
  covers: string[];
}

/** The largest share that each budget has reached. @param shares in percent */
export const reachedShares = (states: readonly BudgetState[], shares: readonly number[]): ReachedShare[] =>
  states.flatMap((state) => {
    const [share, ...smaller] = shares
      .filter((each) => hasReached(state, each) === true)
      .toSorted((a, b) => b - a);
    if (share === undefined) return [];
    return [{ state, share, key: keyOf(state, share), covers: smaller.map((each) => keyOf(state, each)) }];
  });

/** A budget of another amount or period is another one. */
const keyOf = ({ name, from, to, amount, currency }: BudgetState, share: number): string =>
  `budget/${name}/${from}..${to}/${amount} ${currency}/${share}`;
