import { decimal } from "../money.js";
import type { BudgetState } from "./state.js";

/** Budgets by what a check asks of them. */
export interface CheckedBudgets {
  /** Those that are exceeded or, with a share, have reached it. */
  over: BudgetState[];
  /** Those without data. */
  unknown: BudgetState[];
}

/** Whether so many percent are spent. Null if nothing is known. */
export const hasReached = ({ spent, amount }: BudgetState, percent: number): boolean | null =>
  spent === null ? null : decimal(spent).times(100).gte(decimal(amount).times(percent));

/** @param at percent; if it is not given, budgets are only over if more than their amount is spent */
export const checkedBudgets = (states: readonly BudgetState[], at?: number): CheckedBudgets => {
  const isOver = (state: BudgetState): boolean | null =>
    at === undefined ? state.exceeded : hasReached(state, at);
  return {
    over: states.filter((state) => isOver(state) === true),
    unknown: states.filter((state) => isOver(state) === null),
  };
};
