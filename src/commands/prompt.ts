import { AicostCommand } from "../lib/command/base.js";
import type { TodaySpend } from "../lib/reports/today.js";
import { formatFlag } from "../lib/command/flags.js";
import { promptAnswer } from "../lib/today/prompt-line.js";
import { startRefresh } from "../lib/today/refresh.js";

export default class Prompt extends AicostCommand {
  static override summary = "print today's spend instantly, for a shell prompt or status bar";
  static override description = [
    "It prints one line, or nothing if nothing is known yet. It opens no database, makes no request, never waits and never fails. If newer spend may exist, the line shows how old its figures are, and aicost refreshes them in the background, at most once a minute.",
    "",
    "--format takes the same placeholders as aicost today.",
  ].join("\n");
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    {
      description: "For bash, in ~/.bashrc",
      command: "PS1='$(<%= config.bin %> <%= command.id %> --format \"{today} \")\\$ '",
    },
  ];
  static override flags = { format: formatFlag };

  async run(): Promise<{ prompt: string | null; warnings: string[] } & Partial<TodaySpend>> {
    const { flags } = await this.parse(Prompt);
    const { line, spend, refresh } = promptAnswer(this.config, flags);
    if (line !== null) this.log(line);
    if (refresh !== null) await startRefresh(refresh);
    return { prompt: line, warnings: [], ...spend };
  }
}
