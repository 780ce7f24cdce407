import type { SpendReport } from "../reports/report.js";
import { isTimeKey } from "../reports/groups.js";
import { meteredOf } from "../reports/sum.js";
import { barChart, NOTHING } from "./bar-chart.js";
import { lineChart } from "./line-chart.js";
import { formatMoney } from "./money-text.js";
import { groupText } from "./spend-columns.js";
import { flatText } from "./spend-parts.js";
import { spendTitle } from "./spend-table.js";
import type { Screen } from "./table.js";
import { wrap } from "./text.js";

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
  const what = report.cash === true ? "What left the account" : "Cost";
  const title = spendTitle(report, `${what} by ${keys.map(groupText).join(" and ")}`, screen);
  const unseen = unseenIn(report);
  if (unseen !== null) return `${title}\n\n${wrap(unseen, screen.width).join("\n")}`;
  const isEmpty = time !== undefined && (range.from === null || range.to === null);
  const draw = time === "day" && keys.length === 1 ? lineChart : barChart;
  return `${title}\n\n${isEmpty ? NOTHING : draw(report, screen)}`;
};

/** A sentence if all there is was paid at once, or is credit bought ahead: neither is spent over time, or a cost. */
const unseenIn = ({ group_by, rows, totals, cash = false }: SpendReport): string | null => {
  if (cash) return null;
  const topups = totals.topup_usd === "0" ? "" : `${formatMoney(totals.topup_usd, totals.currency)} top-ups`;
  const isOverTime = group_by.some(isTimeKey) && !group_by.includes("kind");
  const parts = [isOverTime ? flatText(totals) : "", topups].filter((text) => text !== "");
  const isDrawn = rows.some((row) => (isOverTime ? !meteredOf(row).eq(0) : row.cost_usd !== "0"));
  if (isDrawn || parts.length === 0) return null;
  return isOverTime
    ? `There is nothing to draw over time: only ${parts.join(", ")}.`
    : `There is nothing to draw: only ${parts.join(", ")}, which are not a cost.`;
};
