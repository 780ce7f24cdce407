import { Flags } from "@oclif/core";
import { AicostCommand } from "../lib/command/base.js";
import { kindsFlag, modelsFlag, providersFlag, rangeFlag, whoFlags } from "../lib/command/flags.js";
import { previousSpan } from "../lib/dates/previous-span.js";
import { parseRange, RANGE_FORMS, today } from "../lib/dates/ranges.js";
import { EXIT } from "../lib/error-codes.js";
import { UserError } from "../lib/errors.js";
import { reportsIn } from "../lib/reports/ask.js";
import { coverageOf } from "../lib/reports/coverage.js";
import { compareReports } from "../lib/reports/compare.js";
import { kindNamed } from "../lib/record/kinds.js";
import { checkProviders, parseFilters, parseWho, type SpendFilters } from "../lib/reports/filters.js";
import { withCosts } from "../lib/reports/currency.js";
import type { FilledReport, SpendReport } from "../lib/reports/report.js";
import { COLUMN_NAMES } from "../lib/reports/columns.js";
import { SORT_KEYS } from "../lib/reports/order.js";
import { type SpendSource, spendSources } from "../lib/reports/sources.js";
import { uncertainties } from "../lib/reports/strict.js";
import { orderedReport, shownReport, viewOf } from "../lib/reports/view.js";
import { GROUP_NAMES, isTimeKey, parseGroups } from "../lib/reports/groups.js";
import { topGroups } from "../lib/reports/top.js";
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
      description: "For a spreadsheet",
      command: "<%= config.bin %> <%= command.id %> --range all --format csv > spend.csv",
    },
  ];
  static override flags = {
    range: rangeFlag,
    by: Flags.string({
      char: "b",
      default: "day",
      helpValue: GROUP_NAMES.join("|"),
      summary: "group by this; two keys, separated by a comma, make a pivot",
    }),
    provider: providersFlag,
    model: modelsFlag,
    kind: kindsFlag,
    ...whoFlags,
    "no-subscriptions": Flags.boolean({ summary: "leave out flat fees of plans", exclusive: ["kind"] }),
    top: Flags.integer({ min: 1, helpValue: "N", summary: "show the N biggest groups, and sum the rest" }),
    compare: Flags.boolean({ summary: "compare with the previous period" }),
    columns: Flags.string({
      helpValue: "NAMES",
      summary: "show these columns, in this order",
      description: `Any of ${COLUMN_NAMES.join(", ")}, separated by commas. A table by two keys shows one. JSON always has all; it has tokens, usd_per_mtok and cached_share if you name their columns.`,
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

  async run(): Promise<FilledReport & { sources?: SpendSource[]; uncertain?: string[] }> {
    const { flags } = await this.parse(Report);
    if (flags.chart) checkChart(flags.format);
    if (flags.sources) checkSources(flags.format);
    const groupBy = parseGroups(flags.by);
    const isTable = flags.format === "table" && !this.jsonEnabled();
    const view = viewOf({ ...flags, isTable }, groupBy);
    const filters: SpendFilters = {
      ...parseFilters({ providers: flags.provider ?? [], models: flags.model ?? [] }),
      who: parseWho(flags),
      kinds: (flags.kind ?? []).flatMap((name) => kindNamed(name) ?? []),
      noSubscriptions: flags["no-subscriptions"],
    };
    const store = await this.spend();
    const [{ timezone, default_date_range, currency, metadata }, coverage] = await Promise.all([
      store.call("get_preferences", {}),
      store.call("get_coverage", {}),
    ]);
    const day = today(timezone);
    const range = parseRange(flags.range ?? default_date_range, day);
    const { data_to } = coverageOf(coverage, range, flags.provider && filters.providers);
    const before = flags.compare ? previousSpan(range, day, data_to) : null;
    if (flags.provider !== undefined) checkProviders(filters, await store.call("list_providers", {}));

    const ranges = before === null ? [range] : [range, before];
    const asked = {
      timezone,
      groupBy,
      filters,
      rules: metadata.tags ?? [],
      coverage,
      today: day,
      hours: groupBy.includes("hour") ? await this.store() : undefined,
    };
    const { reports, shown } = await reportsIn(currency, store, ranges, asked);
    const made = (parts: readonly SpendReport[]) => {
      const whole = parts.reduce((now, earlier) => compareReports(now, earlier, before ?? {}));
      const top = flags.top === undefined ? whole : topGroups(whole, flags.top);
      return { whole, top, report: shownReport(top, view) };
    };
    const { whole, top, report } = made(shown);
    const answer = {
      ...(shown === reports ? report : withCosts(made(reports).report, currency)),
      ...(flags.sources && { sources: await spendSources(await this.store(), whole.range, filters) }),
      ...(flags.strict && { uncertain: await uncertainties(store, range, asked) }),
    };

    // What logs ends the last line itself, and under --json the framework prints what is returned.
    if (flags.format === "csv") this.logData(spendCsv(report, view.columns).replace(/\n$/, ""));
    else if (flags.format === "markdown") this.log(spendMarkdown(report, view.columns));
    else if (flags.format === "table") this.log(spendTable(report, this.screen, view.columns));
    else if (!this.jsonEnabled()) this.logJson(answer);
    // A chart over time shows every period, even those that --top leaves out of the table.
    const charted = groupBy.some(isTimeKey) ? whole : orderedReport(top, view);
    if (flags.chart) this.log(`\n${spendChart(charted, this.screen)}`);
    if (answer.sources && flags.format === "table") this.log(`\n${sourceTable(answer.sources, this.screen)}`);
    if (answer.uncertain) this.#require(answer.uncertain);
    return answer;
  }

  /** Fails, with the answer, if there is anything. */
  #require(uncertain: readonly string[]): void {
    if (uncertain.length === 0) return;
    process.exitCode = EXIT.unmet;
    this.show(strictLines(uncertain, this.screen));
  }
}

const checkSources = (format: string): void => {
  if (format === "table" || format === "json") return;
  throw new UserError(
    "sources_format",
    `--sources does not work with --format ${format}.`,
    "Use --sources with a table or --json.",
  );
};

const checkChart = (format: string): void => {
  if (format === "table" || format === "markdown") return;
  throw new UserError(
    "chart_format",
    `--chart does not work with --format ${format}.`,
    "Use --chart with --format table or markdown.",
  );
};
