import { fixture, type Replay, type Reply, seenRefusal } from "../replay.js";

/** Keys of the replayed OpenRouter: one that sees the account, and one that sees itself. */
export const OPENROUTER_KEYS = {
  management: `sk-or-v1-${"a".repeat(64)}`,
  ordinary: `sk-or-v1-${"b".repeat(64)}`,
};

/** What of an account's activity is asked for here. */
interface ActivityRow {
  date: string;
  model: string;
  usage: number;
  byok_usage_inference: number;
  requests: number;
  prompt_tokens: number;
  completion_tokens: number;
}

/** OpenRouter's API below `/api/v1`, with the fixtures of 2026-11-19 to 2026-11-21. */
export const replayOpenrouter: Replay = ({ method, path, headers, body }) => {
  const key = headers.authorization?.replace(/^Bearer /, "");
  const isManagement = key === OPENROUTER_KEYS.management;
  if (!isManagement && key !== OPENROUTER_KEYS.ordinary) return seenRefusal("openrouter-401");
  switch (`${method} ${path}`) {
    case "GET /api/v1/key":
      return ok({ data: { ...keyFixture(), is_management_key: isManagement } });
    case "GET /api/v1/activity":
      return isManagement
        ? ok(fixture("openrouter-activity"))
        : seenRefusal("openrouter-403-not-management-key");
    case "POST /api/v1/analytics/query":
      return isManagement ? analytics(body as Query) : seenRefusal("openrouter-403-not-management-key");
    case "GET /api/v1/credits":
      return isManagement
        ? ok(fixture("openrouter-credits"))
        : seenRefusal("openrouter-403-not-management-key");
    default:
      return wrong(`There is no ${path}`, 404);
  }
};

export const keyFixture = (): Record<string, unknown> =>
  fixture<{ data: Record<string, unknown> }>("openrouter-key").data;

interface Query {
  metrics: string[];
  dimensions: string[];
  granularity: string;
  time_range: { start: string; end: string };
  limit: number;
}

const METRICS = [
  "credits_usage",
  "byok_usage",
  "request_count",
  "tokens_prompt",
  "tokens_completion",
  "cached_tokens",
];
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** The activity by day and model: costs are numbers there, counts are texts. */
const analytics = ({ metrics, dimensions, granularity, time_range: { start, end }, limit }: Query): Reply => {
  if (!metrics.every((metric) => METRICS.includes(metric))) return wrong("Unknown metric");
  if (dimensions.join() !== "model" || granularity !== "day" || limit > 10_000) return wrong("Invalid query");
  if (!MOMENT.test(start) || !MOMENT.test(end) || start >= end) return wrong("Invalid time range");
  if (Date.parse(end) - Date.parse(start) > 31 * 86_400_000) return wrong("The time range is too long");
  const { data } = fixture<{ data: ActivityRow[] }>("openrouter-activity");
  const wanted = data.filter(({ date }) => date >= start.slice(0, 10) && date < end.slice(0, 10));
  return answerOf(wanted.map(analyticsRow));
};

const analyticsRow = (row: ActivityRow) => ({
  date__day: row.date,
  model: row.model,
  credits_usage: row.usage,
  byok_usage: row.byok_usage_inference,
  request_count: String(row.requests),
  tokens_prompt: String(row.prompt_tokens),
  tokens_completion: String(row.completion_tokens),
  cached_tokens: "0",
});

/** @param truncated whether there are more rows than the answer holds */
export const answerOf = (data: unknown[], truncated = false): Reply =>
  ok({ data: { data, metadata: { query_time_ms: 12, row_count: data.length, truncated } } });

const ok = (body: unknown): Reply => ({ status: 200, body });

const wrong = (message: string, status = 400): Reply => ({
  status,
  body: { error: { code: status, message } },
});
