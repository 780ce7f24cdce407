import { AicostCommand } from "../lib/command/base.js";
import type { TodaySpend } from "../lib/reports/today.js";
import { formatFlag } from "../lib/command/flags.js";
import { promptAnswer } from "../lib/today/prompt-line.js";
import { startRefresh } from "../lib/today/refresh.js";

export default class Prompt extends AicostCommand {
  static override summary = "print what is known of today's spend, at once, for a shell prompt or status bar";
  static override description = [
    "One line, or nothing where nothing is known. It opens no database, waits for nobody, asks no project, and does not fail: what may be old says of when it is, and is learned anew in the background, at most once a minute.",
    "",
    "A format may hold the placeholders of aicost today.",
  ].join("\n");
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    {
      description: "For bash, in ~/.bashrc",
      command: "PS1='$(<%= config.bin %> <%= command.id %> --format \"{today} \")\\$ '",
    },
  ];
  static override flags = { format: formatFlag };

  async run(): Promise<{ prompt: string | null } & Partial<TodaySpend>> {
    const { flags } = await this.parse(Prompt);
    const { line, spend, refresh } = promptAnswer(this.config, flags);
    if (line !== null) this.log(line);
    if (refresh !== null) await startRefresh(refresh);
    return { prompt: line, ...spend };
  }
}
