import { daysIn } from "../dates/days.js";
import type { PreviousSpan } from "../dates/previous-span.js";
import type { Span } from "../dates/ranges.js";
import { decimal, plain } from "../money.js";
import { type AskedReport, type SpendAnswers, spendReports } from "../reports/ask.js";
import { changeBetween, comparison } from "../reports/compare.js";
import { coverageOf } from "../reports/coverage.js";
import { askedProviders } from "../reports/filters.js";
import type { Change, Comparison, GroupKey, SpendReport } from "../reports/report.js";
import { meteredOf } from "../reports/sum.js";
import { byChange, costOf, divided, type ModelChange, type Part } from "./parts.js";
import type { Periods } from "./periods.js";
import { averageDay, share, sideOf } from "./sides.js";

/** What spend of a project or a key was, and what it became; `name` is null for what names none. */
export interface NamedChange extends Change {
  name: string | null;
  cost_usd: string;
}

/** The JSON contract of `aicost explain --json`, but for the sentences. Money is decimal strings in US dollars. */
export interface Explanation {
  range: { from: string; to: string; timezone: string };
  against: { from: string; to: string } & Pick<PreviousSpan, "unfinished" | "data_to">;
  /** The days with data that the average day is of; null if two periods are compared. */
  average_of_days: number | null;
  /** cost_usd is null if nothing is recorded for the range. */
  totals: { cost_usd: string | null } & Comparison;
  /**
   * They add up to the change of the totals. If nothing is recorded for one of the periods, parts, models, projects and keys
   * are empty.
   */
  parts: Part[];
  /** Models with known tokens, the largest change first. */
  models: ModelChange[];
  projects: NamedChange[];
  keys: NamedChange[];
  warnings: string[];
}

type Asked = Omit<AskedReport, "groupBy" | "hours">;

/** Why spend changed from one period to the other. */
export const explain = async (
  source: SpendAnswers,
  { span, against, isUsual }: Periods,
  asked: Asked,
): Promise<Explanation> => {
  const both = async (...groupBy: GroupKey[]): Promise<Pair> => {
    const [now, before] = await spendReports(source, [span, against], { ...asked, groupBy });
    if (now === undefined || before === undefined) throw new Error("a report is missing");
    return { now, before };
  };
  const daysWithData = async (): Promise<number> => {
    const [report] = await spendReports(source, [against], { ...asked, groupBy: ["day"] });
    return report?.average?.days ?? emptyDays(against, asked);
  };
  const days = isUsual ? await daysWithData() : null;
  const models = await both("provider", "model");
  const now = sideOf(models.now);
  const before = days === null ? sideOf(models.before) : averageDay(sideOf(models.before), Math.max(days, 1));
  const cost = models.now.is_unknown ? null : plain(costOf(now));
  const wasKnown = days === null ? !models.before.is_unknown : days > 0;
  const change = comparison(cost, wasKnown ? plain(costOf(before)) : null);
  const isComparable = change.change_usd !== null;
  return {
    range: { ...span, timezone: asked.timezone },
    against,
    average_of_days: days,
    totals: { cost_usd: cost, ...change },
    ...(isComparable ? divided(now, before) : { parts: [], models: [] }),
    projects: isComparable ? changesBy("project", await both("project"), days) : [],
    keys: isComparable ? changesBy("api_key", await both("api_key"), days) : [],
    warnings: warningsOf(models),
  };
};

/** Days with data on which nothing was used. */
const emptyDays = (span: Span, { coverage, filters }: Asked): number =>
  coverage === undefined ? 0 : daysIn(coverageOf(coverage, span, askedProviders(filters)).covered);

interface Pair {
  now: SpendReport;
  before: SpendReport;
}

/** The largest change first; nothing if nobody names a project or key. */
const changesBy = (key: "project" | "api_key", { now, before }: Pair, days: number | null): NamedChange[] => {
  const costs = new Map(now.rows.map((row) => [row[key] ?? null, row.cost_usd]));
  const previous = new Map(
    before.rows.map((row) => [
      row[key] ?? null,
      days === null ? row.cost_usd : plain(share(meteredOf(row), Math.max(days, 1))),
    ]),
  );
  const names = [...new Set([...costs.keys(), ...previous.keys()])];
  if (names.every((name) => name === null)) return [];
  return names
    .map((name) => {
      const cost_usd = costs.get(name) ?? "0";
      return { name, cost_usd, ...changeBetween(cost_usd, previous.get(name) ?? "0") };
    })
    .filter(({ cost_usd, previous_usd }) => ![cost_usd, previous_usd].every((usd) => decimal(usd).eq(0)))
    .toSorted(byChange);
};

/** Of both periods, days without data among them; those of the earlier one say so. */
const warningsOf = ({ now, before }: Pair): string[] => [
  ...now.warnings,
  ...before.warnings.map((warning) => `In the time before: ${warning}`),
];
