import { askOfBudgets } from "../../lib/budgets/ask.js";
import { type BudgetState, budgetStates } from "../../lib/budgets/state.js";
import { AicostCommand } from "../../lib/command/base.js";
import { budgetsText } from "../../lib/render/budget-text.js";

export default class Budgets extends AicostCommand {
  static override summary = "list your budgets: what is spent of each, and when it will be exceeded";
  static override description = [
    "Each budget is of the day, week or month that today is in, in your time zone. Days without data do not count as $0: if the data end before today, a budget says how many days it knows.",
    "",
    "If a forecast of the last seven days is stored (aicost forecast), the table shows what the period is expected to come to, else its pace. Both contain the renewals that are known to come. A budget of one provider needs a forecast of that provider: aicost forecast --by provider",
  ].join("\n");
  static override examples = ["<%= config.bin %> <%= command.id %>"];

  async run(): Promise<{ budgets: BudgetState[]; timezone?: string; date?: string; warnings: string[] }> {
    await this.parse(Budgets);
    const asked = await askOfBudgets(await this.store());
    if (asked === null) {
      this.log("There are no budgets. Set one with: aicost budgets set api 100 --per month");
      return { budgets: [], warnings: [] };
    }
    const { answers, day } = asked;
    const budgets = budgetStates(answers, day);
    const warnings = [...new Set(budgets.flatMap((budget) => budget.warnings))];
    const { timezone } = answers.preferences;
    this.log(budgetsText(budgets, { date: day, timezone, warnings }, this.screen));
    return { budgets, date: day, timezone, warnings };
  }
}
