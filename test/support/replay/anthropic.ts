import { fixture, type Replay, type Reply, seenRefusal } from "../replay.js";

/** A key that the replayed Anthropic accepts for everything, and one that is good for models alone. */
export const ANTHROPIC_KEYS = {
  admin: `sk-ant-admin01-${"k".repeat(93)}AA`,
  ordinary: `sk-ant-api03-${"o".repeat(93)}AA`,
};

export const ORGANISATION = { id: "dc9f6c26-b22c-4831-8d01-0446bada88f1", name: "Demo Org" };

/** Anthropic's Admin API with the fixtures of 2026-11-08 to 2026-11-21, whatever else of time is asked for. */
export const replayAnthropic: Replay = (request) => {
  const { path, query, headers } = request;
  const key = headers["x-api-key"];
  if (headers["anthropic-version"] !== "2023-06-01") return wrong("anthropic-version: header is required");
  if (key === ANTHROPIC_KEYS.ordinary && path === "/v1/models") return ok({ data: [], has_more: false });
  if (key !== ANTHROPIC_KEYS.admin) return seenRefusal("anthropic-401-wrong-key");
  switch (path) {
    case "/v1/organizations/me":
      return ok({ ...ORGANISATION, type: "organization" });
    case "/v1/organizations/cost_report":
      if (!query.has("group_by[]")) return ok(fixture("anthropic-cost-report.ungrouped"));
      return groupsAre(query, ["workspace_id", "description"]) ?? page(query, "anthropic-cost-report");
    case "/v1/organizations/usage_report/messages":
      return page(query, "anthropic-usage-report-messages");
    case "/v1/organizations/usage_report/claude_code":
      if (query.get("starting_at") !== "2026-11-08")
        return ok({ data: [], has_more: false, next_page: null });
      return page(query, "anthropic-claude-code");
    case "/v1/organizations/analytics/cost":
      if (headers["anthropic-beta"] !== "analytics-usage-cost-2026-08-24") return wrong("anthropic-beta");
      if (!withinSpan(query)) return ok({ data: [], has_more: false, next_page: null });
      return page(query, "anthropic-analytics-cost");
    case "/v1/organizations/analytics/usage":
      return ok({ data: [], has_more: false, next_page: null });
    default:
      return wrong(`There is no ${path}`, 404);
  }
};

const ok = (body: unknown): Reply => ({ status: 200, body });

const wrong = (message: string, status = 400): Reply => ({
  status,
  body: { type: "error", error: { type: "invalid_request_error", message } },
});

/** The first page, or the second where its cursor is given, with all that was asked for the first time. */
const page = (query: URLSearchParams, name: string): Reply => {
  if (!query.has("starting_at")) return wrong("starting_at: Field required");
  const first = fixture<{ next_page: string }>(`${name}.page1`);
  if (!query.has("page")) return ok(first);
  return query.get("page") === first.next_page ? ok(fixture(`${name}.page2`)) : wrong("page: unknown cursor");
};

const groupsAre = (query: URLSearchParams, groups: string[]): Reply | undefined =>
  query.getAll("group_by[]").sort().join() === groups.sort().join() ? undefined : wrong("group_by[]");

const withinSpan = (query: URLSearchParams): boolean =>
  (query.get("starting_at") ?? "").slice(0, 10) <= "2026-11-08" &&
  (query.get("ending_at") ?? "") > "2026-11-21";
