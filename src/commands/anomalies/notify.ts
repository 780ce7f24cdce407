import { Flags } from "@oclif/core";
import { sendNotices } from "../../lib/command/notices.js";
import { NotifyCommand, notifyFlags, type NotifyJson } from "../../lib/command/notify.js";
import { printError } from "../../lib/command/print-error.js";
import { counted } from "../../lib/money.js";

export default class AnomaliesNotify extends NotifyCommand {
  static override summary = "send a notice when spend stands out, by a program or a webhook";
  static override description = [
    "Notices are sent by aicost sync, and by this command with --send: one for each day, model, project or key of the last seven days that stands out, even if several machines use the same project. One that could not be sent is tried again.",
    "",
    "Where they go is kept in the config file of this machine, for this profile, as with aicost budgets notify. Without flags, the command shows what is set.",
  ].join("\n");
  static override examples = [
    "<%= config.bin %> <%= command.id %> --command /usr/local/bin/tell-me --test",
    "<%= config.bin %> <%= command.id %> --webhook https://hooks.slack.com/services/…",
    { description: "From a schedule of your own", command: "<%= config.bin %> <%= command.id %> --send" },
  ];
  static override flags = {
    ...notifyFlags,
    send: Flags.boolean({ summary: "send what is due now", exclusive: ["off", "test"] }),
  };

  protected readonly topic = "anomalies";

  async run(): Promise<NotifyJson & { notices?: object[]; warnings: string[] }> {
    const { flags } = await this.parse(AnomaliesNotify);
    const answer = await this.setUp(flags, (target) => target);
    if (!flags.send) return { ...answer, warnings: [] };
    const delivery = await sendNotices(["anomalies"], {
      configDir: this.config.configDir,
      profile: this.profile.name,
      inStore: (work) => this.inStore(work),
    });
    if (delivery?.failure) printError(delivery.failure, false);
    const sent = delivery?.sent ?? [];
    if (answer.notify !== null && !delivery?.failure)
      this.log(sent.length === 0 ? "No notice is due." : `Sent ${counted(sent.length, "notice")}.`);
    return {
      ...answer,
      notices: sent.map(({ facts }) => facts),
      warnings: delivery?.failure ? [delivery.failure.message] : [],
    };
  }
}
