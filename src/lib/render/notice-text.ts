import type { ReachedShare } from "../budgets/notices.js";
import { budgetSentences, spentText, percentText } from "./budget-text.js";
import { formatMoney } from "./money-text.js";

/** `Budget api: 82% used, $82.00 of $100.00 from 2026-11-01 to 2026-11-30.`, and when it is exceeded. */
export const budgetNotice = ({ state }: ReachedShare): string => {
  const { name, amount, currency, from, to } = state;
  const used = `${percentText(state)} used, ${spentText(state)} of ${formatMoney(amount, currency)}`;
  // The name stands at the beginning.
  const more = budgetSentences(state).map((text) => ` It${text.slice(name.length)}`);
  return `Budget ${name}: ${used} from ${from} to ${to}.${more.join("")}`;
};

/** For programs. */
export const budgetFacts = ({ state, share }: ReachedShare): object => {
  const { name, amount, currency, from, to, spent, percent, exceeded, crossing, data_to } = state;
  return {
    about: "budget",
    share,
    name,
    amount,
    currency,
    from,
    to,
    spent,
    percent,
    exceeded,
    crossing,
    data_to,
  };
};
