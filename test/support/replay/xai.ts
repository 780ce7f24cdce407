import { fixture, type Replay, type Reply } from "../replay.js";

/** Keys that the replayed xAI knows: two for management, one of which may not read billing, and one for models. */
export const XAI_KEYS = {
  management: `xai-token-${"m".repeat(80)}`,
  withoutBilling: `xai-token-${"w".repeat(80)}`,
  ordinary: `xai-${"o".repeat(80)}`,
};

export const XAI_TEAM = "65c1e471-205f-4566-9c5a-07198badf4ce";

interface Series {
  group: string[];
  dataPoints: { timestamp: string; values: number[] }[];
}

interface UsageRequest {
  analyticsRequest?: {
    timeRange?: { startTime?: string; endTime?: string; timezone?: string };
    timeUnit?: string;
    values?: unknown;
    groupBy?: unknown;
  };
}

/** xAI's Management API with the spend of 2026-11-20 and 2026-11-21. */
export const replayXai: Replay = ({ method, path, headers, body }) => {
  const key = headers.authorization?.replace(/^Bearer /, "");
  if (key === XAI_KEYS.ordinary) return wrong("This endpoint needs a management key", 403);
  if (key !== XAI_KEYS.management && key !== XAI_KEYS.withoutBilling) return wrong("Invalid token", 401);
  if (path === "/auth/management-keys/validation") {
    return ok({ apiKeyId: "k-1", teamId: XAI_TEAM, scope: "SCOPE_TEAM", scopeId: XAI_TEAM, name: "sync" });
  }
  if (path !== `/v1/billing/teams/${XAI_TEAM}/usage`) return wrong(`There is no ${path}`, 404);
  if (method !== "POST") return wrong("Method Not Allowed", 405);
  if (key === XAI_KEYS.withoutBilling) return wrong("Missing ACL: billing", 403);
  return usage((body as UsageRequest | null)?.analyticsRequest ?? {});
};

const usage = ({ timeRange = {}, ...asked }: NonNullable<UsageRequest["analyticsRequest"]>): Reply => {
  const { startTime = "", endTime = "", timezone } = timeRange;
  const isMoment = (text: string) => /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(text);
  if (!isMoment(startTime) || !isMoment(endTime) || timezone !== "Etc/GMT") return wrong("timeRange");
  if (asked.timeUnit !== "TIME_UNIT_DAY") return wrong("timeUnit");
  if (JSON.stringify(asked.values) !== '[{"name":"usd","aggregation":"AGGREGATION_SUM"}]')
    return wrong("values");
  if (JSON.stringify(asked.groupBy) !== '["description"]') return wrong("groupBy");
  const whole = fixture<{ timeSeries: Series[]; limitReached: boolean }>("xai-billing-usage");
  const timeSeries = whole.timeSeries.map((series) => ({
    ...series,
    dataPoints: series.dataPoints.filter(({ timestamp }) => {
      const moment = timestamp.replace("T", " ").replace("Z", "");
      return moment >= startTime && moment <= endTime;
    }),
  }));
  return ok({ ...whole, timeSeries: timeSeries.filter(({ dataPoints }) => dataPoints.length > 0) });
};

const ok = (body: unknown): Reply => ({ status: 200, body });

const wrong = (message: string, status = 400): Reply => ({ status, body: { code: status, error: message } });
