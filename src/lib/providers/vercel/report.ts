import type { Draft } from "../../record/draft.js";
import { plain } from "../../money.js";
import type { Answer } from "../answer.js";
import type { ProviderApi } from "../api.js";
import type { Feed, Window } from "../collector.js";
import { dateOf, daysBetween } from "../../dates/days.js";
import { filled } from "../metadata.js";
import { changed } from "../pages.js";
import { sumOfKnown } from "../tokens.js";

const PATH = "/v1/report";

/** Both ends of a span are part of it. A request groups by only one thing, and costs half a cent. */
const rowsBy = async (
  api: ProviderApi,
  group: "day" | "model",
  { from, to }: Pick<Window, "from" | "to">,
): Promise<Answer[]> => {
  const query = { start_date: from, end_date: to, group_by: group };
  return (await api.get(PATH, query)).list("results");
};

const MEASURES = ["total_cost", "market_cost", "input_tokens", "output_tokens", "request_count"];

const saysSomething = (row: Answer): boolean => MEASURES.some((name) => row.amount(name)?.eq(0) === false);

/**
 * Vercel does not document whether cached input is a part of `input_tokens`. It is in its samples and in the usage of
 * its AI SDK (`inputTokens.total`); its `/v1/generation` was seen to list it apart since June 2026
 * (Kilo-Org/cloud#3690). So it is taken as a part, unless it is more than the whole. UNVERIFIED for the report.
 */
const tokensOf = (row: Answer): Pick<Draft, "input" | "output" | "cacheRead" | "cacheWrite"> => {
  const input = row.count("input_tokens");
  const cacheRead = row.count("cached_input_tokens");
  const cacheWrite = row.count("cache_creation_input_tokens");
  const cached = sumOfKnown(cacheRead, cacheWrite);
  const isApart = (cached ?? 0) > (input ?? 0);
  return {
    input: isApart ? sumOfKnown(input, cached) : input,
    // Reasoning is a part of it.
    output: row.count("output_tokens"),
    cacheRead,
    cacheWrite,
  };
};

const draftOf = (row: Answer, day: string): Draft => {
  const model = row.name("model");
  const cost = row.charge("total_cost");
  const market = row.amount("market_cost");
  return {
    timestamp: `${day}T00:00:00Z`,
    granularity: "day",
    model,
    // What Vercel charges: nothing for calls with the user's own key of the model's provider.
    cost,
    basis: "billed",
    ...tokensOf(row),
    requests: row.count("request_count"),
    key: [day, model],
    metadata: filled({
      market_cost_usd: market && !market.eq(cost) ? plain(market) : null,
      reasoning_tokens: row.count("reasoning_tokens") || null,
    }),
  };
};

/** The custom report of Vercel's AI Gateway: what was charged on each UTC day, by model, for the whole account. */
export const vercelReport: Feed = {
  id: "vercel-report",
  title: "Vercel AI Gateway report",
  source: "vercel/report",
  series: "vercel/report",
  detail: 1,
  async *collect(api, { from, to }) {
    const rows = await rowsBy(api, "day", { from, to });
    const busy = new Set(rows.filter(saysSomething).map((row) => dateOf(row.day("day"))));
    const days = daysBetween(from, to);
    const quiet = days.filter((day) => !busy.has(day));
    if (quiet.length > 0) yield { days: quiet, drafts: [] };
    for (const day of days.filter((day) => busy.has(day))) {
      const models = await rowsBy(api, "model", { from: day, to: day });
      if (models.length === 0) throw changed(PATH, `${day} had spend, and then no model that spent it`);
      yield { days: [day], drafts: models.map((row) => draftOf(row, day)) };
    }
  },
};
