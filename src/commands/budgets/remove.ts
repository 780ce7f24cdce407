import { Args } from "@oclif/core";
import type { Budget } from "../../lib/api.js";
import { findBudget, setCommand } from "../../lib/budgets/typed.js";
import { AicostCommand } from "../../lib/command/base.js";

export default class BudgetsRemove extends AicostCommand {
  static override summary = "remove a budget";
  static override description = "No record is changed. The answer says how to set the budget again.";
  static override examples = ["<%= config.bin %> <%= command.id %> api"];
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: "its name (list: aicost budgets)" }),
  };

  async run(): Promise<{ removed: Budget; set_again: string }> {
    const { args } = await this.parse(BudgetsRemove);
    const store = await this.store();
    const found = findBudget(await store.call("list_budgets", {}), args.name);
    const removed = await store.call("remove_budget", { budget_name: found.name });
    const set_again = setCommand(removed);
    this.log(`Removed the budget ${removed.name}. Set it again with: ${set_again}`);
    return { removed, set_again };
  }
}
