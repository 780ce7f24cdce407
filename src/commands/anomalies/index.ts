import { anomaliesOf, explained, type ExplainedAnomaly } from "../../lib/anomalies/ask.js";
import { daysAfter } from "../../lib/dates/days.js";
import { RANGE_FORMS, parseRange, type Span, today } from "../../lib/dates/ranges.js";
import { AicostCommand } from "../../lib/command/base.js";
import { rangeFlag } from "../../lib/command/flags.js";
import { anomaliesText } from "../../lib/render/anomaly-text.js";
import { coverageOf } from "../../lib/reports/coverage.js";
import { missingWarnings } from "../../lib/reports/coverage-warnings.js";
import type { SpendSource } from "../../lib/store/store.js";

/** An open range looks back so far. */
const MOST_DAYS = 366;

export default class Anomalies extends AicostCommand {
  static override summary = "list the days, models, projects and keys that cost much more than usual";
  static override description = [
    "Each day is compared with the eight weeks before it, by its weekday and by how much your days differ anyway. The reason is what aicost explain finds for that day. Today is not over, so it is not looked at; nor are days without data, or spend that comes on few days only.",
    "",
    `A range is ${RANGE_FORMS}.`,
  ].join("\n");
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --range 90d",
  ];
  static override flags = {
    range: { ...rangeFlag, summary: "days to look at [default: 30d]" },
  };

  async run(): Promise<AnomaliesJson> {
    const { flags } = await this.parse(Anomalies);
    const source = await this.spend();
    const { timezone, metadata } = await source.call("get_preferences", {});
    const day = today(timezone);
    const asked = parseRange(flags.range ?? "30d", day);
    const range = { from: asked.from ?? daysAfter(day, -MOST_DAYS), to: asked.to ?? day };
    const found = await anomaliesOf(source, range, { today: day });
    const anomalies = await explained(source, found, { timezone, today: day, rules: metadata.tags ?? [] });
    const coverage = await source.call("get_coverage", {});
    const known = coverageOf(coverage, range);
    const warnings = missingWarnings(known, coverage, range, day);
    const isKnown = known.data_to !== null || (await hasRecords(source, range));
    this.log(anomaliesText(anomalies, { range: { ...range, timezone }, warnings, isKnown }, this.screen));
    return { range: { ...range, timezone }, anomalies, warnings };
  }
}

/** Entries by hand cover no days, but they are records. */
const hasRecords = async (source: SpendSource, { from, to }: Span): Promise<boolean> =>
  (await source.call("get_daily_spend", { from_date: from, to_date: to, split_by: [] })).length > 0;

interface AnomaliesJson {
  range: { from: string; to: string; timezone: string };
  /** The newest first. */
  anomalies: ExplainedAnomaly[];
  warnings: string[];
}
