import type { Answers, TagRule } from "../api.js";
import { daysAfter } from "../dates/days.js";
import type { Span } from "../dates/ranges.js";
import { explain, type Explanation } from "../explain/explain.js";
import { periodsOf } from "../explain/periods.js";
import { reasonFor, reasonForModel } from "../explain/reason.js";
import type { SpendAnswers } from "../reports/ask.js";
import type { SpendFilters } from "../reports/filters.js";
import { anomaliesIn, type Anomaly, rowsSince } from "./find.js";

/** What answers: a store, or a read model. */
export type AnomalySource = Answers<Parameters<SpendAnswers["call"]>[0] | "get_preferences">;

/** An anomaly, and why. */
export interface ExplainedAnomaly extends Anomaly {
  /** A sentence; null if nothing known explains it. */
  reason: string | null;
}

interface Asked {
  timezone: string;
  today: string;
  rules: readonly TagRule[];
}

/** What stands out in a range: days that are over and that all providers tell of. */
export const anomaliesOf = async (
  source: AnomalySource,
  { from, to }: Span,
  { today }: Pick<Asked, "today">,
): Promise<Anomaly[]> => {
  const yesterday = daysAfter(today, -1);
  const last = to < yesterday ? to : yesterday;
  const [coverage, rows, names] = await Promise.all([
    source.call("get_coverage", {}),
    source.call("get_daily_spend", {
      from_date: rowsSince(from),
      to_date: last,
      split_by: ["model", "account", "project", "api_key"],
    }),
    source.call("list_names", {}),
  ]);
  return anomaliesIn(rows, from, { coverage, names, today }).filter(({ day }) => day <= last);
};

/** With the reason of each, by what `aicost explain` says of its day. */
export const explained = async (
  source: AnomalySource,
  anomalies: readonly Anomaly[],
  { timezone, today, rules }: Asked,
): Promise<ExplainedAnomaly[]> => {
  const coverage = await source.call("get_coverage", {});
  const explanations = new Map<string, Promise<Explanation>>();
  const explanationOf = (day: string, filters: SpendFilters): Promise<Explanation> => {
    const key = JSON.stringify([day, filters]);
    const made =
      explanations.get(key) ??
      explain(source, periodsOf({ day }, today), { timezone, filters, rules, coverage, today });
    explanations.set(key, made);
    return made;
  };
  const all: ExplainedAnomaly[] = [];
  for (const each of anomalies) {
    const { day, kind, provider, name, id } = each;
    const isWho = kind === "project" || kind === "api_key";
    const explanation = await explanationOf(day, isWho && id !== null ? { who: { [kind]: [id] } } : {});
    const reason =
      kind === "model" ? reasonForModel(explanation, provider ?? "", name ?? "") : reasonFor(explanation);
    all.push({ ...each, reason });
  }
  return all;
};
