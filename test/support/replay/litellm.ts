import { fixture, type Replay, type Reply } from "../replay.js";

/** Keys of the replayed proxy: its master key, that of a user, and one that may call models only. */
export const LITELLM_KEYS = {
  master: "sk-1234-master-key-of-the-demo-proxy",
  user: "sk-user-key-of-the-demo-proxy",
  models: "sk-key-for-models-of-the-demo-proxy",
};

export const LITELLM_USER = "0d1f4b0e-2f6b-4f3a-9d35-2f8d6f1c7a11";

/** A LiteLLM proxy with the fixture of 2026-11-20. */
export const replayLitellm: Replay = ({ path, query, headers }) => {
  const key = headers.authorization?.replace(/^Bearer /, "") ?? "";
  if (!Object.values(LITELLM_KEYS).includes(key))
    return wrong("Authentication Error, Invalid proxy server token", 401);
  if (path === "/v1/models") return ok({ object: "list", data: [] });
  if (key === LITELLM_KEYS.models) return wrong("Virtual key is not allowed to call this route.", 403);
  switch (path) {
    case "/key/info":
      if (key === LITELLM_KEYS.master) return wrong("Key not found in database", 404);
      return ok({ key, info: { key_alias: "demo", user_id: LITELLM_USER, spend: 0.0177072 } });
    case "/user/daily/activity":
      return activity(query);
    default:
      return { status: 404, body: { detail: "Not Found" } };
  }
};

const activity = (query: URLSearchParams): Reply => {
  const [from, to] = [query.get("start_date") ?? "", query.get("end_date") ?? ""];
  if (![from, to].every((date) => /^\d{4}-\d\d-\d\d$/.test(date))) {
    return { status: 400, body: { detail: { error: "Please provide start_date and end_date" } } };
  }
  if (Number(query.get("page_size") ?? 50) > 1000) return { status: 422, body: { detail: [] } };
  const { results, metadata } = fixture<{ results: { date: string }[]; metadata: object }>(
    "litellm-user-daily-activity",
  );
  return ok({ results: results.filter(({ date }) => date >= from && date <= to), metadata });
};

const ok = (body: unknown): Reply => ({ status: 200, body });

const wrong = (message: string, code: number): Reply => ({
  status: code,
  body: { error: { message, type: "auth_error", param: "None", code: String(code) } },
});
