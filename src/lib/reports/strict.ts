import type { DateRange } from "../dates/ranges.js";
import { counted, formatUsd } from "../money.js";
import { missingWarnings } from "./coverage-warnings.js";
import { groupsOf } from "./groups.js";
import { type AskedReport, type SpendAnswers, spendReports } from "./ask.js";
import type { SpendRow } from "./report.js";
import { sumSpend } from "./sum.js";

/**
 * What keeps the number of a report from being certain, a sentence each: what is estimated, has no price, or is missing on
 * the days up to today. Empty if nothing does.
 */
export const uncertainties = async (
  source: SpendAnswers,
  range: DateRange,
  asked: AskedReport,
): Promise<string[]> => {
  const [report] = await spendReports(source, [range], { ...asked, groupBy: ["provider", "model"] });
  if (report === undefined) return [];
  const { today, coverage } = asked;
  return [
    ...groupsOf(report.rows, ({ provider }) => provider ?? "").flatMap(estimates),
    ...report.rows.flatMap(withoutPrice),
    ...(report.coverage && coverage ? missingWarnings(report.coverage, coverage, range, today) : []),
  ];
};

const estimates = (rows: readonly SpendRow[]): string[] => {
  const { estimated_usd } = sumSpend(rows);
  return estimated_usd === "0"
    ? []
    : [`${formatUsd(estimated_usd)} of ${rows[0]?.provider ?? ""} is estimated.`];
};

const withoutPrice = ({ provider, model, unpriced_tokens }: SpendRow): string[] =>
  unpriced_tokens === 0
    ? []
    : [`${counted(unpriced_tokens, "token")} of ${model ?? "no model"} (${provider ?? ""}) have no price.`];
