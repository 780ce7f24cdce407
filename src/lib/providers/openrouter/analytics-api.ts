import type { Draft } from "../../record/draft.js";
import { UserError } from "../../errors.js";
import { type Decimal, plain } from "../../money.js";
import { type Answer, AnswerProblem } from "../answer.js";
import { type ProviderApi, Refusal } from "../api.js";
import type { Collected, Feed } from "../collector.js";
import { dateOf, daysAfter, daysBetween, spansOf } from "../../dates/days.js";
import { filled } from "../metadata.js";
import { openrouterActivityApi } from "./activity-api.js";

/** Days that the API goes back, days of one request (some measures have no more), and rows of one answer. */
const MOST = { back: 365, days: 31, rows: 10_000 };

const METRICS = [
  "credits_usage",
  "byok_usage",
  "request_count",
  "tokens_prompt",
  "tokens_completion",
  "cached_tokens",
];

const draftOf = (row: Answer): Draft => {
  const timestamp = row.day("date__day");
  const byok = row.amount("byok_usage");
  return {
    timestamp,
    granularity: "day",
    model: row.name("model"),
    cost: row.charge("credits_usage"),
    basis: "billed",
    input: row.count("tokens_prompt"),
    output: row.count("tokens_completion"),
    cacheRead: row.count("cached_tokens"),
    requests: row.count("request_count"),
    key: [timestamp, row.text("model")],
    metadata: filled({ byok_usage_usd: byok && !byok.eq(0) ? plain(byok) : null }),
  };
};

/** A span in one piece, or in smaller ones if an answer does not hold it. @param today it may not be held yet */
async function* piecesOf(api: ProviderApi, span: Span, today: string): AsyncGenerator<Collected> {
  const answer = (await api.post("/analytics/query", queryOf(span))).object("data");
  const days = daysBetween(span.from, span.to);
  if (answer.object("metadata").flag("truncated")) {
    if (days.length === 1) throw truncated(span.from);
    for (const half of spansOf(span.from, span.to, Math.ceil(days.length / 2))) {
      yield* piecesOf(api, half, today);
    }
    return;
  }
  const drafts = answer.list("data").map(draftOf);
  const given = new Set(drafts.map(({ timestamp }) => dateOf(timestamp)));
  const held = days.filter((day) => day < today || given.has(day));
  yield { days: held, drafts: drafts.filter(({ timestamp }) => held.includes(dateOf(timestamp))) };
}

interface Span {
  from: string;
  to: string;
}

const queryOf = ({ from, to }: Span) => ({
  metrics: METRICS,
  dimensions: ["model"],
  granularity: "day",
  // With seconds: OpenRouter refuses moments without them.
  time_range: { start: `${from}T00:00:00Z`, end: `${daysAfter(to, 1)}T00:00:00Z` },
  limit: MOST.rows,
});

const truncated = (day: string) =>
  new UserError(
    "answer_truncated",
    `OpenRouter cut its answer for ${day} short: that day has more than ${MOST.rows} rows.`,
    "Import the activity export of OpenRouter for that day: https://openrouter.ai/activity",
  );

/** What is left of the credit of the account; null if OpenRouter does not say, which hides nothing of its spend. */
const balanceOf = async (api: ProviderApi): Promise<Decimal | null> => {
  try {
    const credits = (await api.get("/credits")).object("data");
    return credits.charge("total_credits").minus(credits.charge("total_usage"));
  } catch (error) {
    if (error instanceof Refusal || error instanceof AnswerProblem) return null;
    throw error;
  }
};

export const openrouterAnalyticsApi: Feed = {
  id: "openrouter-analytics-api",
  title: "OpenRouter analytics API",
  source: "openrouter/analytics-api",
  series: "openrouter/activity",
  detail: 2,
  fallback: openrouterActivityApi,
  async *collect(api, { from, to, now }) {
    const today = dateOf(now.toISOString());
    const first = daysAfter(today, 1 - MOST.back);
    for (const span of spansOf(from < first ? first : from, to, MOST.days)) {
      yield* piecesOf(api, span, today);
    }
    const balance = await balanceOf(api);
    if (balance !== null)
      yield { days: [], drafts: [], memory: { at: now.toISOString(), USD: plain(balance) } };
  },
};
