import type { SpendReport } from "../reports/report.js";
import { isTimeKey } from "../reports/groups.js";
import { barChart, NOTHING } from "./bar-chart.js";
import { lineChart } from "./line-chart.js";
import { groupText } from "./spend-columns.js";
import { spendTitle } from "./spend-table.js";
import type { Screen } from "./table.js";

/**
 * A line over days; else bars, one per period or group, which a second key divides. Periods without records are zero; if
 * not every period fits, those before the first and after the last record are left out.
 * @param report not cut to the biggest periods
 */
export const spendChart = (report: SpendReport, screen: Screen): string => {
  const { group_by, range } = report;
  const time = group_by.find(isTimeKey);
  // Time comes first, as in the chart.
  const keys = time === undefined ? group_by : [time, ...group_by.filter((key) => key !== time)];
  const title = spendTitle(report, `Cost by ${keys.map(groupText).join(" and ")}`, screen);
  const isEmpty = time !== undefined && (range.from === null || range.to === null);
  const draw = time === "day" && keys.length === 1 ? lineChart : barChart;
  return `${title}\n\n${isEmpty ? NOTHING : draw(report, screen)}`;
};
