import type { Coverage, DailySpend, Names } from "../api.js";
import { daysAfter } from "../dates/days.js";
import { historyOf } from "../forecast/history.js";
import type { Series } from "../forecast/series.js";
import { decimal, plain, rounded } from "../money.js";
import { modelOf } from "../reports/matching.js";
import { meteredOf } from "../reports/sum.js";
import { labelsOf } from "../reports/who.js";
import { DEFAULT_LIMITS, type Limits, type Outlier, outliersIn } from "./detect.js";

/** What can stand out on a day: all spend, or that of a model, a project or an API key. */
export type AnomalyKind = "day" | "model" | "project" | "api_key";

/** Something that cost much more than is usual. Money is decimal strings in US dollars. */
export interface Anomaly {
  day: string;
  kind: AnomalyKind;
  /** Null of a whole day. */
  provider: string | null;
  /** What people call the model, project or key; null of a whole day. */
  name: string | null;
  /** As sources call it, for filters. */
  id: string | null;
  cost_usd: string;
  /** What is usual for that weekday. */
  usual_usd: string;
  more_usd: string;
  /** By how many robust deviations it is above that. */
  score: string;
}

/** So many days before the first one are needed: see `outliersIn`. */
export const LEAD_DAYS = 140;

/** A part of spend stands out only if it moves the whole: by this share of a usual day. */
const LEAST_PART = 0.1;

/** There are many parts, and each may be unlucky. */
const PART_LIMITS: Limits = { score: 6, times: 2 };

interface Known {
  coverage: Coverage;
  names: Names;
  /** Today: it is not over, and never stands out. */
  today: string;
}

/**
 * What stands out from a day on, the newest first, and on one day what costs most. A day that stands out is one anomaly: its
 * reason names its models, projects and keys.
 * @param rows split by model, account, project and key, in order of their dates, from `LEAD_DAYS` before that day on
 */
export const anomaliesIn = (
  rows: readonly DailySpend[],
  since: string,
  { coverage, names, today }: Known,
): Anomaly[] => {
  const { series: known } = historyOf(rows, { coverage, today });
  const { series, partly } = withPartly(known, rows, today);
  const days = outliersIn(series, since, DEFAULT_LIMITS, partly);
  const standsOut = new Set(days.map(({ day }) => day));
  const usualOfDay = typicalOf(known);
  const labels = labelsOf(rows, names);
  const parts = partsOf(rows, labels).flatMap(({ rows: own, ...part }) => {
    const costs = costsOf(own);
    const line: Series = { days: series.days, costs: series.days.map((day) => costs.get(day) ?? 0) };
    return outliersIn(line, since, PART_LIMITS, partly)
      .filter(({ day, cost, usual }) => !standsOut.has(day) && cost - usual >= LEAST_PART * usualOfDay)
      .map((found) => anomaly(found, part));
  });
  const whole = { kind: "day", provider: null, name: null, id: null } as const;
  return [...days.map((found) => anomaly(found, whole)), ...parts].toSorted((a, b) =>
    a.day < b.day ? 1 : a.day > b.day ? -1 : decimal(b.more_usd).cmp(a.more_usd),
  );
};

/** With the later days that only some providers tell of: such a day cost at least so much. */
const withPartly = (
  known: Series,
  rows: readonly DailySpend[],
  today: string,
): { series: Series; partly: ReadonlySet<string> } => {
  const { days: whole } = known;
  const told = new Map(whole.map((day, at) => [day, known.costs[at] ?? 0]));
  const first = whole[0] ?? today;
  const partly = costsOf(rows.filter(({ date }) => date > first && date < today && !told.has(date)));
  const days = [...whole, ...partly.keys()].toSorted();
  return {
    series: { days, costs: days.map((day) => told.get(day) ?? partly.get(day) ?? 0) },
    partly: new Set(partly.keys()),
  };
};

type Part = Pick<Anomaly, "kind" | "provider" | "name" | "id">;

/** The models, projects and keys that rows name. */
const partsOf = (
  rows: readonly DailySpend[],
  labels: ReturnType<typeof labelsOf>,
): (Part & { rows: DailySpend[] })[] => {
  const parts = new Map<string, Part & { rows: DailySpend[] }>();
  const add = (row: DailySpend, part: Part): void => {
    const key = JSON.stringify([part.kind, part.provider, part.name]);
    const found = parts.get(key) ?? { ...part, rows: [] };
    found.rows.push(row);
    parts.set(key, found);
  };
  for (const row of rows) {
    const { provider, project, api_key } = row;
    const model = modelOf(row);
    if (model !== null) add(row, { kind: "model", provider, name: model, id: model });
    if (project !== null)
      add(row, { kind: "project", provider: null, name: labels(row, "project"), id: project });
    if (api_key !== null)
      add(row, { kind: "api_key", provider: null, name: labels(row, "api_key"), id: api_key });
  }
  return [...parts.values()];
};

const costsOf = (rows: readonly DailySpend[]): Map<string, number> => {
  const costs = new Map<string, number>();
  for (const row of rows) costs.set(row.date, (costs.get(row.date) ?? 0) + Number(meteredOf(row)));
  return costs;
};

/** The mean of the last four weeks. */
const typicalOf = ({ costs }: Series): number => {
  const last = costs.slice(-28);
  return last.length === 0 ? 0 : last.reduce((sum, cost) => sum + cost, 0) / last.length;
};

const anomaly = ({ day, cost, usual, score }: Outlier, part: Part): Anomaly => ({
  day,
  ...part,
  cost_usd: usd(cost),
  usual_usd: usd(usual, GUESS_DECIMALS),
  more_usd: usd(cost - usual, GUESS_DECIMALS),
  score: score.toFixed(1),
});

/** More of what is only usual mean nothing. */
const GUESS_DECIMALS = 4;

/** A series is of floating-point numbers. */
const usd = (amount: number, decimals = 10): string => plain(rounded(decimal(amount.toFixed(12)), decimals));

/** The first day whose rows are needed. */
export const rowsSince = (since: string): string => daysAfter(since, -LEAD_DAYS);
