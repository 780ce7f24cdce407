import { Flags } from "@oclif/core";
import { AicostCommand } from "../lib/command/base.js";
import type { TodaySpend } from "../lib/reports/today.js";
import { formatFlag } from "../lib/command/flags.js";
import type { AgentSession } from "../lib/render/session-text.js";
import { SESSION_PLACEHOLDER_NAMES } from "../lib/render/today-line.js";
import { readSession } from "../lib/today/agent-session.js";
import { checkPromptFormat, promptAnswer } from "../lib/today/prompt-line.js";
import { STATUS_LINE_AGENTS } from "../lib/today/status-line-agents.js";
import { startRefresh } from "../lib/today/refresh.js";

export default class Prompt extends AicostCommand {
  static override summary = "print today's spend instantly, for a shell prompt or status bar";
  static override description = [
    "It prints one line, or nothing if nothing is known yet. It opens no database, makes no request, never waits and never fails. If newer spend may exist, the line shows how old its figures are, and aicost refreshes them in the background, at most once a minute.",
    "",
    "--agent is for the status line of a coding agent, which hands its session to standard input: its own estimate of what the session costs stands behind the rest, as ~.",
    "",
    "--format takes the same placeholders as aicost today and, with --agent, those of the session.",
  ].join("\n");
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    {
      description: "For bash, in ~/.bashrc",
      command: "PS1='$(<%= config.bin %> <%= command.id %> --format \"{today} \")\\$ '",
    },
    {
      description: "For Claude Code, as the command of its statusLine",
      command: "<%= config.bin %> <%= command.id %> --agent claude-code",
    },
  ];
  static override flags = {
    agent: Flags.option({
      options: STATUS_LINE_AGENTS,
      summary: "read on standard input what this coding agent says of its session",
    })(),
    format: {
      ...formatFlag,
      summary: `${formatFlag.summary}; of the session of an agent: ${SESSION_PLACEHOLDER_NAMES.join(", ")}`,
    },
  };

  async run(): Promise<PromptJson> {
    const { flags } = await this.parse(Prompt);
    const { format, profile, agent } = flags;
    if (format !== undefined && (process.stdout.isTTY || this.jsonEnabled())) checkPromptFormat(format);
    const session = agent === undefined ? undefined : await readSession();
    const { line, spend, refresh } = promptAnswer(this.config, { format, profile, session });
    if (line !== null) this.log(line);
    if (refresh !== null) await startRefresh(refresh);
    return { prompt: line, warnings: [], ...spend, ...(session && { session }) };
  }
}

interface PromptJson extends Partial<TodaySpend> {
  prompt: string | null;
  warnings: string[];
  /** With --agent. */
  session?: AgentSession;
}
