import { Flags } from "@oclif/core";
import { AicostCommand } from "../lib/command.js";
import { parseRange, previousSpan, RANGE_FORMS, today, type DateRange } from "../lib/dates.js";
import { usageError } from "../lib/errors.js";
import { compareReports } from "../lib/reports/compare.js";
import { GROUP_KEYS, isTimeKey, type GroupKey } from "../lib/reports/groups.js";
import { spendReport, type SpendFilters, type SpendReport } from "../lib/reports/spend.js";
import { topGroups } from "../lib/reports/top.js";
import { spendChart } from "../lib/render/spend-chart.js";
import { spendCsv } from "../lib/render/spend-csv.js";
import { spendMarkdown } from "../lib/render/spend-markdown.js";
import { spendTable } from "../lib/render/spend-table.js";
import type { Screen } from "../lib/render/table.js";
import type { Store } from "../lib/store/store.js";

export default class Report extends AicostCommand {
  static override summary = "show what was spent";
  static override description = [
    "Money that was billed counts; where a provider has not billed a day, estimates count and are marked with ~. What a plan covers is shown, but costs nothing more.",
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
      description: "For a spreadsheet",
      command: "<%= config.bin %> <%= command.id %> --range all --format csv > spend.csv",
    },
  ];
  static override flags = {
    range: Flags.string({
      char: "r",
      summary: "which days; your preference, or 30d, without it",
      helpValue: "RANGE",
    }),
    by: Flags.string({
      char: "b",
      default: "day",
      helpValue: GROUP_KEYS.join("|"),
      summary: "what to group by; two, with a comma, make a pivot",
    }),
    provider: Flags.string({
      char: "p",
      helpValue: "NAME",
      multiple: true,
      multipleNonGreedy: true,
      summary: "count this provider alone; repeatable",
    }),
    model: Flags.string({
      char: "m",
      helpValue: "PART",
      multiple: true,
      multipleNonGreedy: true,
      summary: "count models whose name has this part, or fits this glob; repeatable",
    }),
    top: Flags.integer({ min: 1, helpValue: "N", summary: "show the N biggest groups, and the rest as one" }),
    compare: Flags.boolean({ summary: "compare with the period before" }),
    chart: Flags.boolean({ summary: "draw a chart too" }),
    format: Flags.option({
      options: ["table", "json", "csv", "markdown"] as const,
      default: "table" as const,
      summary: "how to print it",
    })(),
  };

  async run(): Promise<SpendReport> {
    const { flags } = await this.parse(Report);
    const groupBy = parseGroups(flags.by);
    const store = await this.store();
    const { timezone, default_date_range } = await store.call("get_preferences", {});
    const range = parseRange(flags.range ?? default_date_range, today(timezone));
    const filters = { providers: flags.provider ?? [], models: flags.model ?? [] };

    const build = (of: DateRange) => reportOf(store, of, { timezone, groupBy, filters });
    const current = await build(range);
    const whole = flags.compare ? compareReports(current, await build(before(current.range))) : current;
    const report = flags.top === undefined ? whole : topGroups(whole, flags.top);

    if (flags.format === "json") this.logJson(report);
    else this.log(FORMATS[flags.format](report, this.screen).trimEnd());
    if (flags.chart && (flags.format === "table" || flags.format === "markdown")) {
      // A chart over time shows every period, also those that --top leaves out of the table.
      this.log(`\n${spendChart(groupBy.some(isTimeKey) ? whole : report, this.screen)}`);
    }
    return report;
  }
}

const FORMATS = {
  table: spendTable,
  csv: spendCsv,
  markdown: spendMarkdown,
} satisfies Record<string, (report: SpendReport, screen: Screen) => string>;

const reportOf = async (
  store: Store,
  range: DateRange,
  options: { timezone: string; groupBy: GroupKey[]; filters: SpendFilters },
): Promise<SpendReport> => {
  const days = await store.call("get_daily_spend", {
    from_date: range.from,
    to_date: range.to,
    by_method: options.groupBy.includes("method"),
  });
  return spendReport(days, {
    range,
    ...options,
    ...(days.length === 0 && { recorded: await recorded(store) }),
  });
};

/** The dates that have records at all. */
const recorded = async (store: Store): Promise<DateRange | null> => {
  const days = await store.call("get_daily_spend", { from_date: null, to_date: null, by_method: false });
  const [first, last] = [days[0], days.at(-1)];
  return first && last ? { from: first.date, to: last.date } : null;
};

const before = ({ from, to }: DateRange): DateRange => {
  if (from !== null && to !== null) return previousSpan({ from, to });
  throw usageError(
    "no_period_before",
    "There is no period before all of time.",
    "Compare a range such as --range 30d",
  );
};

const parseGroups = (text: string): GroupKey[] => {
  const groups = text.split(",").map((group) => group.trim().toLowerCase());
  const wrong = groups.find((group) => !(GROUP_KEYS as readonly string[]).includes(group));
  if (wrong !== undefined) {
    throw usageError(
      "bad_group",
      `A report cannot be grouped by “${wrong}”.`,
      `Group by ${GROUP_KEYS.join(", ")}, or by two of them: --by month,provider`,
    );
  }
  const keys = groups as GroupKey[];
  if (keys.length > 2 || new Set(keys).size < keys.length || keys.filter(isTimeKey).length > 1) {
    throw usageError(
      "bad_groups",
      `A report cannot be grouped by ${text}.`,
      "Give one key, or two of which one at most is a time: --by month,provider",
    );
  }
  return keys;
};
