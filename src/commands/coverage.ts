import { AicostCommand } from "../lib/command/base.js";
import { providersFlag, rangeFlag } from "../lib/command/flags.js";
import { parseRange, RANGE_FORMS, today } from "../lib/dates/ranges.js";
import { whereToExport } from "../lib/providers/index.js";
import { coverageText } from "../lib/render/coverage-text.js";
import { coverageReport, type CoverageReport } from "../lib/reports/coverage-report.js";
import { checkProviders, parseFilters } from "../lib/reports/filters.js";

export default class Coverage extends AicostCommand {
  static override summary = "show which days have data, and what to type for those that have none";
  static override description = [
    "A file tells of the days from its first to its last one, or as far as it says itself; a month's bill tells of its month; aicost sync of the days that it asked for. Of other days nothing is known, which is not $0: averages, the pace and charts leave them out. What you enter by hand, and imports that are not complete, tell of no day.",
    "",
    `A range is ${RANGE_FORMS}: calendar days in your time zone, ends included.`,
  ].join("\n");
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    {
      description: "One provider, this year",
      command: "<%= config.bin %> <%= command.id %> --provider openai --range ytd",
    },
  ];
  static override flags = {
    range: { ...rangeFlag, summary: "days to show [default: all, from the first with data to today]" },
    provider: providersFlag,
  };

  async run(): Promise<CoverageReport> {
    const { flags } = await this.parse(Coverage);
    const { providers } = parseFilters({ providers: flags.provider ?? [], models: [] });
    const store = await this.spend();
    const [{ timezone }, coverage] = await Promise.all([
      store.call("get_preferences", {}),
      store.call("get_coverage", {}),
    ]);
    if (flags.provider !== undefined) checkProviders({ providers }, await store.call("list_providers", {}));
    const day = today(timezone);
    const range = parseRange(flags.range ?? "all", day);
    const days = await store.call("get_daily_spend", {
      from_date: range.from,
      to_date: range.to,
      split_by: [],
    });
    const report = coverageReport(days, coverage, {
      range: { from: range.from, to: range.to },
      timezone,
      today: day,
      providers: flags.provider && providers,
      whereOf: whereToExport,
    });
    this.log(coverageText(report, this.screen));
    return report;
  }
}
