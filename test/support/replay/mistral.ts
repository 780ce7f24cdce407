import type { Replay, ReplayRequest, Reply } from "../replay.js";

/** Keys that the replayed Mistral knows: of an organisation's administration, and for models. */
export const MISTRAL_KEYS = { admin: "A".repeat(32), ordinary: "o".repeat(32) };

/** How a server of Mistral may take an admin key, and where it answers. */
export interface MistralServer {
  /** `/v1/admin` in the documentation of today, `/api/admin` in that of before. */
  path: string;
  takes: "x-api-key" | "bearer" | "x-api-key, and no bearer";
}

const entry = (metric: string, group: string, day: string, value: number, more = {}) => ({
  usage_type: "usage",
  event_type: "api_tokens",
  billing_metric: metric,
  billing_display_name: metric,
  billing_group: group,
  timestamp: day,
  value,
  value_paid: value,
  ...more,
});

const pages = { event_type: "api_pages" };

/**
 * The months of an organisation, in the shape in which Mistral's Admin Panel was seen to answer (CodexBar, its tests):
 * November 2026 costs 0.0231 EUR for completions, 0.0475 EUR for tokens of a chat that a plan covers in part, and
 * 0.042 EUR for pages.
 */
const NOVEMBER = {
  completion: {
    models: {
      "mistral-large-latest::mistral-large-2607": {
        input: [entry("mistral-large-2607", "input", "2026-11-14", 10000)],
        cached: [entry("mistral-large-2607", "cached", "2026-11-14", 4000)],
        output: [entry("mistral-large-2607", "output", "2026-11-14", 500)],
      },
    },
  },
  chat: {
    models: {
      "mistral-medium-latest::mistral-medium-3-5": {
        input: [
          entry("mistral-medium-3-5", "input", "2026-11-14", 100000, { value_paid: 0 }),
          entry("mistral-medium-3-5", "input", "2026-11-15", 100000, { value_paid: 25000 }),
        ],
        output: [],
      },
    },
  },
  ocr: {
    models: {
      "mistral-ocr-latest::ocr-2505": { input: [entry("ocr-2505", "input", "2026-11-15", 42, pages)] },
    },
  },
  connectors: { models: {} },
  libraries_api: { pages: { models: {} }, tokens: { models: {} } },
  fine_tuning: { training: {}, storage: {} },
  audio: { models: {} },
  vibe_usage: 0.0,
  date: "2026-11-01T00:00:00Z",
  previous_month: "2026-10",
  next_month: "2026-12",
  start_date: "2026-11-01T00:00:00Z",
  end_date: "2026-11-30T23:59:59.999Z",
  currency: "EUR",
  currency_symbol: "€",
  prices: [
    {
      event_type: "api_tokens",
      billing_metric: "mistral-large-2607",
      billing_group: "input",
      price: "0.0000020",
    },
    {
      event_type: "api_tokens",
      billing_metric: "mistral-large-2607",
      billing_group: "cached",
      price: "2.0E-7",
    },
    {
      event_type: "api_tokens",
      billing_metric: "mistral-large-2607",
      billing_group: "output",
      price: "4.6E-6",
    },
    {
      event_type: "api_tokens",
      billing_metric: "mistral-medium-3-5",
      billing_group: "input",
      price: "1.90E-6",
    },
    { event_type: "api_audio", billing_metric: "mistral-medium-3-5", billing_group: "input", price: "0.001" },
    { event_type: "api_pages", billing_metric: "ocr-2505", billing_group: "input", price: "0.001" },
  ],
};

const emptyMonth = (month: string) => ({
  ...NOVEMBER,
  completion: { models: {} },
  chat: { models: {} },
  ocr: { models: {} },
  start_date: `${month}-01T00:00:00Z`,
  prices: [],
});

/** Mistral's Admin API, and its list of models. */
export const replayMistral =
  (server: MistralServer = { path: "/v1/admin", takes: "x-api-key" }): Replay =>
  (request) => {
    const { path, query, headers } = request;
    if (path === "/v1/models") {
      const isKnown = Object.values(MISTRAL_KEYS).includes(bearerOf(request));
      return isKnown && headers.authorization ? ok({ object: "list", data: [] }) : wrong("Unauthorized", 401);
    }
    if (path !== `${server.path}/usage`) return wrong("no Route matched with those values", 404);
    if (!isLetIn(request, server)) return wrong("Unauthorized", 401);
    const [month, year] = [Number(query.get("month")), Number(query.get("year"))];
    if (!(month >= 1 && month <= 12) || !(year >= 2023)) return wrong("month, year", 422);
    const name = `${year}-${String(month).padStart(2, "0")}`;
    return ok(name === "2026-11" ? NOVEMBER : emptyMonth(name));
  };

const bearerOf = ({ headers }: ReplayRequest): string => headers.authorization?.replace(/^Bearer /, "") ?? "";

const isLetIn = (request: ReplayRequest, { takes }: MistralServer): boolean => {
  const isBearer = bearerOf(request) === MISTRAL_KEYS.admin;
  if (takes === "bearer") return isBearer;
  const isKey = request.headers["x-api-key"] === MISTRAL_KEYS.admin;
  return takes === "x-api-key" ? isKey : isKey && !isBearer;
};

const ok = (body: unknown): Reply => ({ status: 200, body });

const wrong = (message: string, status: number): Reply => ({ status, body: { detail: message } });
