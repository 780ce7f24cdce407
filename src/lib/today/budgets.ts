import type { Budget, DailySpendQuery } from "../api.js";
import { type BudgetAnswers, budgetQuery } from "../budgets/ask.js";
import { budgetStates } from "../budgets/state.js";
import { daysOfToday, type TodayBudget, type TodaySpends } from "../reports/today.js";

/** The rows that today is told by, and the budgets. @param date today */
export const todayQuery = (
  budgets: readonly Budget[],
  date: string,
): DailySpendQuery & { from_date: string; to_date: string } => {
  const { from, to } = daysOfToday(date);
  if (budgets.length === 0) return { from_date: from, to_date: to, split_by: ["model"] };
  const { from_date, to_date, split_by } = budgetQuery(budgets, date);
  return { from_date: from_date < from ? from_date : from, to_date: to_date > to ? to_date : to, split_by };
};

type Known = Omit<BudgetAnswers, "forecasts" | "charges">;

/** What is spent of each budget, without what is to come; nothing is added without budgets. @param date today */
export const withBudgets = (spends: TodaySpends, known: Known, date: string): TodaySpends => {
  if (known.budgets.length === 0) return spends;
  const budgets = budgetStates({ ...known, forecasts: {}, charges: [] }, date).map(
    ({
      name,
      amount,
      currency,
      from,
      to,
      spent,
      percent,
      exceeded,
      is_estimated,
      is_least,
    }): TodayBudget => ({
      ...{ name, amount, currency, from, to, spent, percent, exceeded, is_estimated, is_least },
    }),
  );
  return { spend: { ...spends.spend, budgets }, shown: { ...spends.shown, budgets } };
};
