import { fixture, type Replay, type Reply, seenRefusal } from "../replay.js";

const written = (kind: string, letter: string): string =>
  `sk-${kind}-${letter.repeat(58)}T3BlbkFJ${letter.repeat(58)}`;

/** Keys that the replayed OpenAI accepts for everything, for models alone, and for something that it is not asked. */
export const OPENAI_KEYS = {
  admin: written("admin", "k"),
  project: written("proj", "o"),
  restricted: written("svcacct", "r"),
};

/** By what each kind of usage may be grouped, as OpenAI's own SDK lists it. */
const GROUPS: Record<string, readonly string[]> = {
  completions: ["project_id", "user_id", "api_key_id", "model", "batch", "service_tier", "api_source"],
  embeddings: ["project_id", "user_id", "api_key_id", "model"],
  moderations: ["project_id", "user_id", "api_key_id", "model"],
  images: ["project_id", "user_id", "api_key_id", "model", "size", "source"],
  audio_speeches: ["project_id", "user_id", "api_key_id", "model"],
  audio_transcriptions: ["project_id", "user_id", "api_key_id", "model"],
  vector_stores: ["project_id"],
  code_interpreter_sessions: ["project_id"],
  file_search_calls: ["project_id", "user_id", "api_key_id", "vector_store_id"],
  web_search_calls: ["project_id", "user_id", "api_key_id", "model", "context_level", "api_source"],
};

/** A bucket of 2026-11-08 for kinds of usage that have no fixture, with what each of them counts. */
const MEASURED: Record<string, object> = {
  embeddings: { input_tokens: 12345678, num_model_requests: 40, model: "text-embedding-3-small" },
  images: {
    images: 3,
    num_model_requests: 2,
    model: "gpt-image-2",
    size: "1024x1024",
    source: "image.generation",
  },
  audio_transcriptions: { seconds: 90, num_model_requests: 4, model: "whisper-1" },
  vector_stores: { usage_bytes: 1073741824 },
  code_interpreter_sessions: { num_sessions: 5 },
  web_search_calls: {
    num_requests: 2,
    num_model_requests: 2,
    model: "gpt-5.5-2026-04-23",
    context_level: "low",
  },
};

/** OpenAI's organization API with the fixtures of 2026-11-08 to 2026-11-21, whatever else of time is asked for. */
export const replayOpenai: Replay = (request) => {
  const { path, query, headers } = request;
  const key = headers.authorization?.replace(/^Bearer /, "");
  if (path === "/v1/models") return models(key);
  if (key === OPENAI_KEYS.project) return seenRefusal("openai-403-missing-scope");
  if (key !== OPENAI_KEYS.admin) return seenRefusal("openai-401-invalid-key");
  if (path === "/v1/organization/costs") {
    return (
      wrongGroups(query, ["project_id", "user_id", "line_item", "api_key_id", "api_source"]) ?? costs(query)
    );
  }
  const kind = path.replace(/^\/v1\/organization\/usage\//, "");
  const groups = GROUPS[kind];
  // As OpenAI answered before it had that kind.
  if (groups === undefined) return wrong(`Invalid URL (GET ${path})`, 404);
  return wrongGroups(query, groups) ?? usage(query, kind);
};

const models = (key: string | undefined): Reply => {
  if (key === OPENAI_KEYS.project) return ok({ object: "list", data: [] });
  if (key !== OPENAI_KEYS.admin && key !== OPENAI_KEYS.restricted)
    return seenRefusal("openai-401-invalid-key");
  return wrong("You have insufficient permissions for this operation. Missing scopes: api.model.read.", 403);
};

const costs = (query: URLSearchParams): Reply => {
  const limit = Number(query.get("limit") ?? 7);
  if (limit > 180) return wrong("limit: must be 180 or less");
  const reply = page(query, "openai-costs");
  if (limit > 7) return reply;
  const { data } = reply.body as { data: unknown[] };
  return ok({ object: "page", data: data.slice(0, limit), has_more: true, next_page: "page_more" });
};

const usage = (query: URLSearchParams, kind: string): Reply => {
  if (query.get("bucket_width") !== "1d" || Number(query.get("limit")) > 31) return wrong("limit");
  if (kind === "completions") return page(query, "openai-usage-completions");
  const results = MEASURED[kind] ? [{ project_id: "proj_Hc81VwYd3sKe5Uj6", ...MEASURED[kind] }] : [];
  const bucket = { object: "bucket", start_time: 1794096000, end_time: 1794182400, results };
  return ok({ object: "page", data: [bucket], has_more: false, next_page: null });
};

const ok = (body: unknown): Reply => ({ status: 200, body });

const wrong = (message: string, status = 400): Reply => ({
  status,
  body: { error: { message, type: "invalid_request_error", param: null, code: null } },
});

/** The first page, or the second where its cursor is given, with all that was asked for the first time. */
const page = (query: URLSearchParams, name: string): Reply => {
  if (!/^\d{10}$/.test(query.get("start_time") ?? "")) return wrong("start_time: seconds are required");
  const first = fixture<{ next_page: string }>(`${name}.page1`);
  if (!query.has("page")) return ok(first);
  return query.get("page") === first.next_page ? ok(fixture(`${name}.page2`)) : wrong("page: unknown cursor");
};

const wrongGroups = (query: URLSearchParams, known: readonly string[]): Reply | undefined => {
  const unknown = query.getAll("group_by[]").find((group) => !known.includes(group));
  return unknown === undefined ? undefined : wrong(`group_by: ${unknown} is not supported`);
};
