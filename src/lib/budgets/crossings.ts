import type { Span } from "../dates/ranges.js";
import type { ComingCrossing } from "../subscriptions/upcoming.js";
import type { BudgetState } from "./state.js";

/** The budgets that are likely to be exceeded from a day of a span on. @param span days to come */
export const crossingsIn = (states: readonly BudgetState[], { from, to }: Span): ComingCrossing[] =>
  states.flatMap(({ name, period, amount, currency, crossing }) => {
    if (crossing === null || crossing.by === "records") return [];
    const { day: date, by } = crossing;
    return date >= from && date <= to ? [{ kind: "budget", date, name, period, amount, currency, by }] : [];
  });
