import { Flags } from "@oclif/core";
import { askOfBudgets } from "../../lib/budgets/ask.js";
import { checkedBudgets } from "../../lib/budgets/check.js";
import { type BudgetState, budgetStates } from "../../lib/budgets/state.js";
import { AicostCommand } from "../../lib/command/base.js";
import { sendNotices } from "../../lib/command/notices.js";
import { printError } from "../../lib/command/print-error.js";
import { EXIT } from "../../lib/error-codes.js";
import { counted } from "../../lib/money.js";
import type { Delivery } from "../../lib/notices/deliver.js";
import { checkText } from "../../lib/render/budget-text.js";

export default class BudgetsCheck extends AicostCommand {
  static override summary = "exit with 6 if a budget is exceeded";
  static override description =
    "For scripts and schedules. A budget without data is named in the answer and in the warnings of --json; it is not counted as exceeded.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    {
      description: "If 80% of a budget is spent",
      command: "<%= config.bin %> <%= command.id %> --at 80",
    },
  ];
  static override flags = {
    at: Flags.integer({
      min: 1,
      max: 1000,
      helpValue: "PERCENT",
      summary: "already if this share of a budget is spent",
    }),
  };

  async run(): Promise<CheckJson> {
    const { flags } = await this.parse(BudgetsCheck);
    const asked = await this.inStore(askOfBudgets);
    const budgets = asked === null ? [] : budgetStates(asked.answers, asked.day);
    const checked = checkedBudgets(budgets, flags.at);
    this.log(checkText(checked, { at: flags.at, count: budgets.length }, this.screen));
    const notices = await this.#sendNotices();
    if (checked.over.length > 0) process.exitCode = EXIT.unmet;
    return {
      met: checked.over.length === 0,
      over: checked.over,
      unknown: checked.unknown.map(({ name }) => name),
      ...(notices && { notices: notices.sent.map(({ facts }) => facts) }),
      warnings: [
        ...new Set(budgets.flatMap(({ warnings }) => warnings)),
        ...(notices?.failure ? [notices.failure.message] : []),
      ],
    };
  }

  /** If this machine is to. One that cannot be sent fails the command, unless a budget is exceeded, too. */
  async #sendNotices(): Promise<Delivery | null> {
    const { configDir } = this.config;
    const delivery = await sendNotices(["budgets"], {
      configDir,
      profile: this.profile.name,
      inStore: (work) => this.inStore(work),
    });
    if (delivery?.failure) printError(delivery.failure, false);
    else if (delivery !== null && delivery.sent.length > 0)
      this.note(`Sent ${counted(delivery.sent.length, "notice")}.`);
    return delivery;
  }
}

interface CheckJson {
  /** Whether no budget is over. */
  met: boolean;
  over: BudgetState[];
  /** Names of budgets without data. */
  unknown: string[];
  /** What was told now; absent if this machine sends no notices. */
  notices?: object[];
  warnings: string[];
}
