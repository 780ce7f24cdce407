import { Flags } from "@oclif/core";
import { AGENTS } from "../lib/agents/index.js";
import { AicostCommand } from "../lib/command/base.js";
import { rangeFlag, listed, whoFlags } from "../lib/command/flags.js";
import { parseRange, today } from "../lib/dates/ranges.js";
import { sessionTable } from "../lib/render/session-table.js";
import { parseWho } from "../lib/reports/filters.js";
import { checkAgent } from "../lib/scan/payments.js";
import { type ListedSession, listedSessions, SESSION_SORTS } from "../lib/scan/sessions.js";

const agents = AGENTS.map(({ id }) => id as string);

export default class Sessions extends AicostCommand {
  static override summary = "list the sessions of your coding agents, the dearest first";
  static override description =
    "It shows what aicost scan has stored. Worth is at list price, whether a plan includes it or an API key pays for it. Of a session that is partly in the range, only that part counts.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> --range 30d",
    {
      description: "The longest ones of a project",
      command: "<%= config.bin %> <%= command.id %> --project '*/shop' --sort length",
    },
  ];
  static override flags = {
    range: rangeFlag,
    agent: Flags.string({
      ...listed,
      helpValue: "NAME",
      summary: "only this agent; several with commas between",
    }),
    project: whoFlags.project,
    sort: Flags.option({
      options: SESSION_SORTS,
      default: "worth" as const,
      summary: "put the highest, or the latest, first",
    })(),
    limit: Flags.integer({
      char: "n",
      default: 20,
      min: 1,
      max: 100_000,
      helpValue: "N",
      summary: "how many to show",
    }),
  };

  async run(): Promise<{ sessions: ListedSession[]; total: number }> {
    const { flags } = await this.parse(Sessions);
    const only = flags.agent?.map((name) => name.trim().toLowerCase());
    only?.forEach((name) => checkAgent(name, agents));
    const { project: projects } = parseWho({ project: flags.project });
    const store = await this.store();
    const { timezone, default_date_range } = await store.call("get_preferences", {});
    const { from, to } = parseRange(flags.range ?? default_date_range, today(timezone));
    const all = await store.call("list_sessions", { from_date: from, to_date: to });
    const fitting = listedSessions(
      all,
      { ...(only && { agents: only }), ...(projects && { projects }) },
      flags.sort,
    );
    const sessions = fitting.slice(0, flags.limit);
    const total = fitting.length;
    this.log(
      total === 0 ? nothingFits(from !== null || to !== null) : sessionTable(sessions, timezone, this.screen),
    );
    if (total > sessions.length) this.note(`${sessions.length} of ${total} sessions; see more with --limit`);
    return { sessions, total };
  }
}

const nothingFits = (limited: boolean): string =>
  `No sessions match. ${limited ? "Try --range all. " : ""}To store what your coding agents used: aicost scan`;
