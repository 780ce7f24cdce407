import { Flags } from "@oclif/core";
import { AGENTS, UNREADABLE } from "../lib/agents/index.js";
import { AicostCommand } from "../lib/command/base.js";
import { dryRunFlag, listed, yesFlag } from "../lib/command/flags.js";
import { typedDay, today } from "../lib/dates/ranges.js";
import { UserError } from "../lib/errors.js";
import { paymentLines, scanReceipt } from "../lib/render/scan-receipt.js";

import { lockedScan } from "../lib/scan/locked-scan.js";
import { loadMemory } from "../lib/scan/memory.js";
import { checkAgent, saidPayments, type SettledPayment } from "../lib/scan/payments.js";
import { PROJECT_NAMES } from "../lib/scan/project-name.js";
import { type AgentScan, scanWarnings } from "../lib/scan/result.js";
import { interruptible } from "../lib/terminal/interrupt.js";

const agents = AGENTS.map(({ id }) => id as string);
const unreadable = UNREADABLE.map(({ id }) => id as string);

export default class Scan extends AicostCommand {
  static override summary = "store what your coding agents used, from their logs on this machine";
  static override description =
    "It reads the logs of Claude Code, Codex and others, and stores of each call its time, model, tokens, session and project folder; never a word of a conversation. What a plan includes is shown with its worth at list price, and does not count as spend. The next scan reads only what is new; what an agent deletes stays stored. A scan is an import: aicost imports shows it, aicost imports undo takes it back.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    {
      description: "Say that a plan pays for Claude Code",
      command: "<%= config.bin %> <%= command.id %> --plan claude-code=max",
    },
    {
      description: "Say that an API key pays for it since a day",
      command: "<%= config.bin %> <%= command.id %> --api claude-code --since 2026-11-01",
    },
  ];
  static override flags = {
    agent: Flags.string({
      ...listed,
      helpValue: "NAME",
      summary: "only this agent; several with commas between",
    }),
    plan: Flags.string({
      ...listed,
      helpValue: "AGENT=PLAN",
      summary: "a plan pays for this agent's calls, if its logs do not say so; several with commas between",
    }),
    api: Flags.string({
      ...listed,
      helpValue: "AGENT",
      summary:
        "an API key pays for this agent's calls, if its logs do not say so; several with commas between",
    }),
    since: Flags.string({ helpValue: "DATE", summary: "first day on which --plan or --api holds" }),
    "project-names": Flags.option({
      options: PROJECT_NAMES,
      summary: "what is stored of a project folder [default: short, its last two parts]",
    })(),
    "dry-run": dryRunFlag,
    yes: yesFlag,
  };

  async run(): Promise<{
    agents: AgentScan[];
    payments: SettledPayment[];
    dry_run: boolean;
    warnings: string[];
  }> {
    const { flags } = await this.parse(Scan);
    const only = flags.agent?.map((name) => name.trim().toLowerCase());
    only?.forEach((name) => checkAgent(name, [...agents, ...unreadable]));
    const said = await this.#said(flags);
    if (!flags["dry-run"] && !(await this.#agreed(flags.yes))) return this.#nothing();
    const { scans, payments } = await interruptible(
      (signal) =>
        lockedScan(this.scanTools(signal), {
          ...(only && { only }),
          said,
          projectNames: flags["project-names"],
          dryRun: flags["dry-run"],
        }),
      "Run it again: the next scan completes it.",
    );
    const unread = UNREADABLE.filter(({ id }) => only?.includes(id));
    const shown = scans.filter(({ agent, found }) => found || only?.includes(agent));
    for (const line of paymentLines(payments)) this.log(line);
    if (shown.length + unread.length === 0) this.log("No logs of coding agents were found on this machine.");
    else this.log(scanReceipt(shown, unread, flags["dry-run"], this.screen));
    return { agents: scans, payments, dry_run: flags["dry-run"], warnings: scanWarnings(scans) };
  }

  async #said(flags: SaidFlags): Promise<ReturnType<typeof saidPayments>> {
    if (flags.since !== undefined && flags.plan === undefined && flags.api === undefined)
      throw new UserError("usage", "--since goes with --plan or --api.", "Add one, or leave --since out.");
    if (flags.plan === undefined && flags.api === undefined) return [];
    return saidPayments(flags, await this.#firstDay(flags.since), agents);
  }

  async #firstDay(since: string | undefined): Promise<string | null> {
    if (since === undefined) return null;
    const { timezone } = await this.known("get_preferences", {});
    const day = typedDay(since, today(timezone));
    if (day !== null) return day;
    throw new UserError("bad_date", `“${since}” is not a date.`, "Write it as in --since 2026-11-01");
  }

  /** Before the first scan of a profile; later ones do as the first. */
  async #agreed(yes: boolean): Promise<boolean> {
    if (loadMemory(this.config.dataDir, this.profile.name) !== null) return true;
    const where =
      this.profile.kind === "hosted"
        ? `your Supabase project ${this.profile.url}`
        : "the database on this machine";
    const text = `This reads the logs of your coding agents and stores in ${where}, for each call: its time, model, tokens, session, agent version and the last two parts of its project folder (or what --project-names says). No text of any conversation is stored, and no log is changed.`;
    if (!yes) this.tell(text);
    return this.confirm("Store what your coding agents used?", yes);
  }

  #nothing() {
    this.log("Nothing was stored.");
    return { agents: [], payments: [], dry_run: false, warnings: [] };
  }
}

interface SaidFlags {
  plan?: string[] | undefined;
  api?: string[] | undefined;
  since?: string | undefined;
}
