import { Args, Flags } from "@oclif/core";
import { type Budget, BUDGET_PERIODS } from "../../lib/api.js";
import { BUDGET_KINDS, newBudget, setCommand } from "../../lib/budgets/typed.js";
import { AicostCommand } from "../../lib/command/base.js";
import { listed, modelsFlag, providersFlag, whoFlags } from "../../lib/command/flags.js";
import { setText } from "../../lib/render/budget-text.js";

export default class BudgetsSet extends AicostCommand {
  static override summary = "set what you want to spend at most per day, week or month";
  static override description =
    "The amount is in the currency of your preferences. Without filters it is for all spend: usage, plans, fees and taxes. A budget of the same name is replaced.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> api 100",
    {
      description: "A billing cycle that begins on the 17th",
      command: "<%= config.bin %> <%= command.id %> claude 60 --reset-day 17 --provider anthropic",
    },
    {
      description: "Usage of one project in a week",
      command:
        "<%= config.bin %> <%= command.id %> shop 25 --per week --project shop --kind usage,extra-usage",
    },
  ];
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: "what to call it" }),
    amount: Args.string({
      required: true,
      ignoreStdin: true,
      description: "what may be spent, in the currency of your preferences",
    }),
  };
  static override flags = {
    per: Flags.option({
      options: BUDGET_PERIODS,
      default: "month" as const,
      summary: "what it is for; a week begins on Monday",
    })(),
    "reset-day": Flags.integer({
      min: 1,
      max: 31,
      helpValue: "DAY",
      summary: "the day of the month on which it begins again; in a shorter month the last day",
    }),
    provider: providersFlag,
    model: modelsFlag,
    project: whoFlags.project,
    tag: Flags.string({
      ...listed,
      helpValue: "TAG",
      summary: "only spend with this tag; several with commas between",
    }),
    kind: Flags.option({
      ...listed,
      options: BUDGET_KINDS,
      summary: "only charges of this kind; several with commas between",
    })(),
  };

  async run(): Promise<{ budget: Budget; before: Budget | null }> {
    const { args, flags } = await this.parse(BudgetsSet);
    const store = await this.store();
    const { currency, metadata } = await store.call("get_preferences", {});
    const providers = await store.call("list_providers", {});
    const known = { currency, providers, rules: metadata.tags ?? [] };
    const budget = newBudget(args.name, args.amount, flags, known);
    const answer = await store.call("set_budget", { budget });
    this.log(setText(answer.budget, answer.before));
    this.note(
      answer.before === null
        ? `\nTake it back with: aicost budgets remove ${answer.budget.name}`
        : `\nPut the old one back with: ${setCommand(answer.before)}`,
    );
    return answer;
  }
}
