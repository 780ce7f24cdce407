import { fixture, type Replay, type Reply } from "../replay.js";

/** Keys that the replayed gateway knows: of a team that pays, and of one that does not. */
export const VERCEL_KEYS = { pro: `vck_${"p".repeat(56)}`, hobby: `vck_${"h".repeat(56)}` };

/** The day of the fixture, on which alone there was spend. */
export const VERCEL_DAY = "2026-11-20";

/** Vercel's AI Gateway with the spend of one day. */
export const replayVercel: Replay = ({ path, query, headers }) => {
  const key = headers.authorization?.replace(/^Bearer /, "");
  if (key !== VERCEL_KEYS.pro && key !== VERCEL_KEYS.hobby) return wrong("Invalid API key", 401);
  if (path === "/v1/credits") return ok({ balance: "95.50", total_used: "4.50" });
  if (path !== "/v1/report") return wrong(`There is no ${path}`, 404);
  if (key === VERCEL_KEYS.hobby) return wrong("Custom reporting needs the Pro plan", 403);
  const [from, to] = [query.get("start_date") ?? "", query.get("end_date") ?? ""];
  if (!isDate(from) || !isDate(to) || from > to) return wrong("start_date, end_date");
  const has = from <= VERCEL_DAY && VERCEL_DAY <= to;
  switch (query.get("group_by")) {
    case "day":
      return ok({
        results: [
          ...(has ? [{ day: VERCEL_DAY, total_cost: 1.5, market_cost: 2.05, request_count: 24 }] : []),
          // A day that is listed and says nothing.
          { day: from, total_cost: 0, market_cost: 0, input_tokens: 0, request_count: 0 },
        ],
      });
    case "model":
      return ok(has ? fixture("vercel-ai-gateway-report") : { results: [] });
    default:
      return wrong("group_by");
  }
};

const isDate = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text);

const ok = (body: unknown): Reply => ({ status: 200, body });

const wrong = (message: string, status = 400): Reply => ({
  status,
  body: { error: { message, type: status === 401 ? "authentication_error" : "invalid_request_error" } },
});
