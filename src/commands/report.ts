import { Flags } from "@oclif/core";
import { AicostCommand } from "../lib/command/base.js";
import {
  kindsFlag,
  modelsFlag,
  providersFlag,
  rangeFlag,
  sessionFlag,
  whoFlags,
} from "../lib/command/flags.js";
import { RANGE_FORMS } from "../lib/dates/ranges.js";
import { EXIT } from "../lib/error-codes.js";
import { UserError } from "../lib/errors.js";
import { kindNamed } from "../lib/record/kinds.js";
import { parseFilters, parseWho, type SpendFilters } from "../lib/reports/filters.js";
import type { CashView } from "../lib/credits/cash.js";
import { makeReport } from "../lib/reports/make.js";
import type { FilledReport } from "../lib/reports/report.js";
import { COLUMN_NAMES } from "../lib/reports/columns.js";
import { SORT_KEYS } from "../lib/reports/order.js";
import { type SpendSource, spendSources } from "../lib/reports/sources.js";
import { uncertainties } from "../lib/reports/strict.js";
import { orderedReport, type View, viewOf } from "../lib/reports/view.js";
import { GROUP_NAMES, isTimeKey, parseGroups } from "../lib/reports/groups.js";
import { sourceTable } from "../lib/render/source-table.js";
import { spendChart } from "../lib/render/spend-chart.js";
import { spendCsv } from "../lib/render/spend-csv.js";
import { spendMarkdown } from "../lib/render/spend-markdown.js";
import { strictLines } from "../lib/render/strict-lines.js";
import { spendTable } from "../lib/render/spend-table.js";

export default class Report extends AicostCommand {
  static override summary = "show what you spent";
  static override description = [
    "Billed amounts count. On days that a provider has not billed, estimates count and are marked with ~. Usage that a plan covers is shown, but adds no cost. So is credit that you bought ahead: its use counts when it is used.",
    "",
    `A range is ${RANGE_FORMS}: calendar days in your time zone, ends included.`,
  ].join("\n");
  static override examples = [
    { description: "The last 30 days, by day", command: "<%= config.bin %> <%= command.id %>" },
    {
      description: "This month by model",
      command: "<%= config.bin %> <%= command.id %> --range mtd --by model",
    },
    {
      description: "Months by provider, as a pivot",
      command: "<%= config.bin %> <%= command.id %> --range 1y --by month,provider",
    },
    {
      description: "Last month, compared with the one before",
      command: "<%= config.bin %> <%= command.id %> --range last-month --by provider --compare",
    },
    {
      description: "Plans, extra usage and API apart",
      command: "<%= config.bin %> <%= command.id %> --range last-month --by kind",
    },
    {
      description: "What left your account in each month",
      command: "<%= config.bin %> <%= command.id %> --range 1y --by month --cash",
    },
    {
      description: "For a spreadsheet",
      command: "<%= config.bin %> <%= command.id %> --range all --format csv > spend.csv",
    },
  ];
  static override flags = {
    range: rangeFlag,
    by: Flags.string({
      char: "b",
      default: "day",
      helpValue: "KEY",
      summary: `group by ${GROUP_NAMES.join(", ")}; two keys with a comma between make a pivot`,
    }),
    provider: providersFlag,
    model: modelsFlag,
    kind: kindsFlag,
    ...whoFlags,
    session: sessionFlag,
    "no-subscriptions": Flags.boolean({ summary: "leave out flat fees of plans", exclusive: ["kind"] }),
    top: Flags.integer({ min: 1, helpValue: "N", summary: "show the N biggest groups, and sum the rest" }),
    cash: Flags.boolean({
      summary: "show what left your account: with top-ups, and without the usage that they pay for",
      exclusive: ["sources"],
    }),
    compare: Flags.boolean({ summary: "compare with the previous period" }),
    columns: Flags.string({
      helpValue: "NAMES",
      summary: "show these columns, in this order",
      description: `Any of ${COLUMN_NAMES.join(", ")}, separated by commas. A table by two keys shows one. JSON always has all; it has tokens, usd_per_mtok, cached_share and saved_usd if you name their columns.`,
    }),
    sort: Flags.option({
      options: SORT_KEYS,
      summary: "put the biggest first, or names in order [default: periods in order, others by cost]",
    })(),
    reverse: Flags.boolean({ summary: "turn the order round" }),
    strict: Flags.boolean({
      summary: "exit with 6 if anything is estimated, has no price or is missing, and say what",
    }),
    sources: Flags.boolean({
      summary: "also name the sources of each day, and which of them count (table and JSON only)",
    }),
    fill: Flags.boolean({ summary: "show a row for each day, week or month, also without data" }),
    chart: Flags.boolean({ summary: "also draw a chart (table and markdown only)" }),
    format: Flags.option({
      options: ["table", "json", "csv", "markdown"] as const,
      default: "table" as const,
      summary: "output format",
    })(),
  };

  async run(): Promise<FilledReport & Extras> {
    const { flags } = await this.parse(Report);
    const { format } = flags;
    if (flags.chart) checkFormat("chart", format);
    if (flags.sources) checkFormat("sources", format);
    const groupBy = parseGroups(flags.by);
    const isTable = format === "table" && !this.jsonEnabled();
    const view = viewOf({ ...flags, isTable }, groupBy);
    const filters: SpendFilters = {
      ...parseFilters({ providers: flags.provider ?? [], models: flags.model ?? [] }),
      who: parseWho(flags),
      kinds: (flags.kind ?? []).flatMap((name) => kindNamed(name) ?? []),
      noSubscriptions: flags["no-subscriptions"],
    };
    const cash = flags.cash ? await this.#cash(view) : undefined;
    const source = await this.spend();
    const made = await makeReport(source, () => this.store(), {
      ...flags,
      ...{ groupBy, filters, view },
      asCash: cash?.asCash,
    });
    const { whole, top, range, asked } = made;
    // What left the account says nothing of use that stands out.
    const usual = cash ? null : await this.#standingOut(made.answer, filters, asked.today);
    const marked = (report: FilledReport): FilledReport => ({
      ...(usual === null ? report : usual.mark(report)),
      ...(cash && { warnings: [...report.warnings, ...cash.warnings] }),
    });
    const shown = marked(made.shown);
    const answer = {
      ...marked(made.answer),
      ...(flags.sources && { sources: await spendSources(await this.store(), whole.range, filters) }),
      ...(flags.strict && { uncertain: await uncertainties(source, range, asked) }),
    };

    // What logs ends the last line itself, and under --json the framework prints what is returned.
    if (format === "csv") this.logData(spendCsv(shown, view.columns).replace(/\n$/, ""));
    else if (format === "markdown") this.logData(spendMarkdown(shown, view.columns));
    else if (isTable) this.log(spendTable(shown, this.screen, view.columns));
    else if (!this.jsonEnabled()) this.logJson(answer);
    // A chart over time shows every period, even those that --top leaves out of the table.
    const charted = () => (groupBy.some(isTimeKey) ? whole : orderedReport(top, view));
    if (flags.chart) this.log(`\n${spendChart(charted(), this.screen)}`);
    if (answer.sources && format === "table") this.log(`\n${sourceTable(answer.sources, this.screen)}`);
    if (answer.uncertain) this.#require(answer.uncertain);
    return answer;
  }

  /** A report starts sooner without it. @throws UserError `cash_columns` */
  async #cash(view: View): Promise<CashView> {
    const column = view.columns?.find((name) => name === "per-mtok" || name === "saved");
    if (column !== undefined)
      throw new UserError(
        "cash_columns",
        `--columns ${column} is about usage, not about what left the account.`,
        "Leave out the column, or --cash.",
      );
    const { cashOf } = await import("../lib/credits/cash.js");
    return cashOf(await (await this.store()).call("get_credits", {}));
  }

  /** What marks the days that stand out, in a report of all spend by day; else null. */
  async #standingOut(
    report: FilledReport,
    { providers, models, kinds, who = {}, noSubscriptions }: SpendFilters,
    today: string | undefined,
  ): Promise<{ mark: (report: FilledReport) => FilledReport } | null> {
    const isNarrow = [providers, models, kinds, Object.keys(who)].some((names) => names && names.length > 0);
    if (report.group_by.join() !== "day" || isNarrow || noSubscriptions || today === undefined) return null;
    const { marked, standingOut } = await import("../lib/anomalies/marks.js");
    const usual = await standingOut(await this.spend(), report, today);
    return usual.size === 0 ? null : { mark: (each) => marked(each, usual) };
  }

  /** Fails, with the answer, if there is anything. */
  #require(uncertain: readonly string[]): void {
    if (uncertain.length === 0) return;
    process.exitCode = EXIT.unmet;
    this.show(strictLines(uncertain, this.screen));
  }
}

/** What flags add to a report. */
interface Extras {
  sources?: SpendSource[];
  uncertain?: string[];
}

/** The formats that can show what some flags add. */
const SHOWN_IN = {
  chart: { code: "chart_format", formats: ["table", "markdown"] },
  sources: { code: "sources_format", formats: ["table", "json"] },
} as const;

/** @throws UserError `chart_format`, `sources_format` */
const checkFormat = (flag: keyof typeof SHOWN_IN, format: string): void => {
  const { code, formats } = SHOWN_IN[flag];
  if (formats.some((known) => known === format)) return;
  throw new UserError(
    code,
    `--${flag} does not work with --format ${format}.`,
    `Use --${flag} with --format ${formats.join(" or ")}.`,
  );
};
