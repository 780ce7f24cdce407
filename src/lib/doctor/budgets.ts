import { counted } from "../money.js";
import { typedWord } from "../terminal/shell-word.js";
import { ok, warning, wrong } from "./check.js";
import { needsData } from "./needs-data.js";

/** Budgets that cannot be checked, or that nothing can use up any more. */
export const budgets = needsData("budgets", async (data, { now }) => {
  if ((await data.call("list_budgets", {})).length === 0) return null;
  const { askOfBudgets } = await import("../budgets/ask.js");
  const { budgetStates, lacksRate } = await import("../budgets/state.js");
  const asked = await askOfBudgets(data, now);
  if (asked === null) return null;
  const states = budgetStates(asked.answers, asked.day);
  const unrated = states.find(lacksRate);
  if (unrated !== undefined)
    return wrong(
      `the budget ${unrated.name} is in ${unrated.currency}, which lacks a rate for its days, so it is not checked`,
      `aicost rates update, or: aicost rates set ${unrated.currency} NUMBER`,
    );
  const tags = new Set((asked.answers.preferences.metadata.tags ?? []).map(({ tag }) => tag));
  const untagged = states.find((state) => state.tags.length > 0 && !state.tags.some((tag) => tags.has(tag)));
  if (untagged !== undefined) {
    const [tag = ""] = untagged.tags;
    return warning(
      `the budget ${untagged.name} is of the tag ${tag}, which is gone, so nothing counts in it`,
      `aicost tags add ${typedWord(tag)} --project PATTERN, or: aicost budgets remove ${typedWord(untagged.name)}`,
    );
  }
  const over = states.filter(({ exceeded }) => exceeded === true).length;
  return over === 0
    ? ok(counted(states.length, "budget"))
    : ok(`${counted(states.length, "budget")}, ${over} exceeded`, "aicost budgets");
});
