import type { Answers, Api, DailySpend, DailySpendQuery, FineSpend, FineSpendQuery } from "../api.js";
import { eachInParallel } from "../system/parallel.js";
import { gathered } from "./read-model/gathered.js";

type Name = "get_daily_spend" | "get_fine_spend";

export const isSpend = (name: keyof Api): name is Name =>
  name === "get_daily_spend" || name === "get_fine_spend";

interface Limits {
  /** How many records one call may sum. */
  mostWork: number;
  /** How many calls may be under way at once. */
  atOnce: number;
}

/** Asks about spend in as many calls as its size needs, so that a project answers each within its statement timeout. */
export const spendInSpans = async (
  store: Answers<Name | "spend_spans">,
  name: Name,
  query: DailySpendQuery | FineSpendQuery,
  { mostWork, atOnce }: Limits,
): Promise<(DailySpend | FineSpend)[]> => {
  const { from_date, to_date, split_by } = query;
  const is_fine = name === "get_fine_spend";
  const spans = await store.call("spend_spans", {
    from_date,
    to_date,
    split_by,
    is_fine,
    most_work: mostWork,
  });
  if (spans.length <= 1) return store.call(name, query);
  const answers = new Array<(DailySpend | FineSpend)[]>(spans.length);
  await eachInParallel(spans.entries(), atOnce, async ([at, span]) => {
    answers[at] = await store.call(name, { ...query, ...span });
  });
  // Of a month, each span has a part.
  return gathered(answers.flat(), query);
};
