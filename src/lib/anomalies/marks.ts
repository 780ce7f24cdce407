import type { Answers } from "../api.js";
import { daysAfter } from "../dates/days.js";
import type { DateRange } from "../dates/ranges.js";
import type { FilledReport } from "../reports/report.js";
import { anomaliesIn, rowsSince } from "./find.js";

type Source = Answers<"get_daily_spend" | "get_coverage">;

/**
 * What such a day usually costs, US dollars, of the days of a report that stand out.
 * @param today it is not over, and never stands out
 */
export const standingOut = async (
  source: Source,
  { range, rows }: Pick<FilledReport, "range" | "rows">,
  today: string,
): Promise<ReadonlyMap<string, string>> => {
  const from = firstOf(range, rows);
  if (from === null) return new Map();
  const yesterday = daysAfter(today, -1);
  const to = range.to !== null && range.to < yesterday ? range.to : yesterday;
  const coverage = await source.call("get_coverage", {});
  const days = await source.call("get_daily_spend", {
    from_date: rowsSince(from),
    to_date: to,
    split_by: [],
  });
  const found = anomaliesIn(days, from, { coverage, names: {}, today });
  return new Map(found.filter(({ day }) => day <= to).map(({ day, usual_usd }) => [day, usual_usd]));
};

const firstOf = ({ from }: DateRange, rows: FilledReport["rows"]): string | null =>
  from ?? rows.flatMap(({ day }) => day ?? []).sort()[0] ?? null;

/** The report with marks on the days that stand out. */
export const marked = (report: FilledReport, usual: ReadonlyMap<string, string>): FilledReport => ({
  ...report,
  rows: report.rows.map((row) => {
    const usual_usd = row.day ? usual.get(row.day) : undefined;
    return usual_usd === undefined || row.cost_usd === null
      ? row
      : { ...row, stands_out: true as const, usual_usd };
  }),
});
