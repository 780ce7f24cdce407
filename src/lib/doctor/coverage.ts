import { whereToExport } from "../providers/index.js";
import { today } from "../dates/ranges.js";
import { daysAfter, daysIn } from "../dates/days.js";
import { counted } from "../money.js";
import { coverageReport, type CoverageRow } from "../reports/coverage-report.js";
import { type Finding, ok, warning } from "./check.js";
import { needsData } from "./needs-data.js";

/** Data that end longer ago than this are old: an export of the month before is there by then. */
const OLD_DAYS = 35;

/** Sources with gaps, and those whose data ended some time ago. */
export const coverage = needsData("coverage", async (data, { now }) => {
  const { timezone } = await data.call("get_preferences", {});
  const date = today(timezone, now);
  const report = coverageReport([], await data.call("get_coverage", {}), {
    range: { from: null, to: null },
    timezone,
    today: date,
    whereOf: whereToExport,
  });
  const lacking = report.providers.flatMap((row) => lackOf(row, date) ?? []);
  const [first] = lacking;
  if (first !== undefined) {
    const more = lacking.length === 1 ? "" : `; ${counted(lacking.length - 1, "other source")} too`;
    return warning(`${first}${more}`, "aicost coverage");
  }
  return okFinding(report.providers);
});

/** A source that needs nothing has no hint: its data are complete, or ended so long ago that it is no longer used. */
const lackOf = ({ provider, gaps, data_to, hint }: CoverageRow, date: string): string | null => {
  if (hint === null) return null;
  const days = daysIn(gaps);
  const [gap] = gaps;
  if (gap !== undefined) return `no data of ${provider} on ${counted(days, "day")} from ${gap.from} on`;
  return data_to < daysAfter(date, -OLD_DAYS) ? `the data of ${provider} end on ${data_to}` : null;
};

const okFinding = (rows: readonly CoverageRow[]): Finding => {
  if (rows.length === 0) return ok("nothing is imported yet", "aicost import FILE");
  const newest =
    rows
      .map(({ data_to }) => data_to)
      .sort()
      .at(-1) ?? "";
  return ok(`no gaps, data to ${newest}`);
};
