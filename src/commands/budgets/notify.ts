import { Flags } from "@oclif/core";
import { listed } from "../../lib/command/flags.js";
import { NotifyCommand, notifyFlags, type NotifyJson } from "../../lib/command/notify.js";
import { DEFAULT_SHARES } from "../../lib/notices/target.js";

export default class BudgetsNotify extends NotifyCommand {
  static override summary = "send a notice when a budget is used up, by a program or a webhook";
  static override description = [
    "Notices are sent by aicost budgets check and aicost sync: one for each share of a budget and period, even if several machines use the same project. One that could not be sent is tried again.",
    "",
    "Where they go is kept in the config file of this machine, for this profile: never in a database or an archive. So nobody else can make this machine run a program. A program runs without a shell, and a redirect of a webhook is not followed.",
    "",
    "--at without a target changes the shares of the one that is set. Without flags, the command shows what is set.",
  ].join("\n");
  static override examples = [
    "<%= config.bin %> <%= command.id %> --command /usr/local/bin/tell-me --test",
    "<%= config.bin %> <%= command.id %> --webhook https://hooks.slack.com/services/… --at 50,80,100",
    "<%= config.bin %> <%= command.id %> --off",
  ];
  static override flags = {
    ...notifyFlags,
    at: Flags.integer({
      ...listed,
      min: 1,
      max: 1000,
      helpValue: "PERCENT",
      summary: `the shares of a budget to tell of, with commas between [default: ${DEFAULT_SHARES.join(",")}]`,
    }),
  };

  protected readonly topic = "budgets";

  async run(): Promise<NotifyJson> {
    const { flags } = await this.parse(BudgetsNotify);
    const at = [...new Set(flags.at ?? DEFAULT_SHARES)].toSorted((a, b) => a - b);
    return this.setUp(flags, (target) => ({ ...target, at }), flags.at !== undefined);
  }
}
