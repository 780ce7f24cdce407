import type { Answer } from "../answer.js";
import { isRefusal, type ProviderApi } from "../api.js";
import type { Collector, KeyCheck } from "../collector.js";
import { cannotCollect } from "../key-kinds.js";
import { askKey, teamOf } from "./team.js";
import { usageOf, xaiUsage } from "./usage.js";

const KEY_HELP =
  "Use a management key that may read billing: https://console.x.ai/team/default/management-keys. An API key for models is none.";

const check = async (api: ProviderApi): Promise<KeyCheck> => {
  const key = await letIn(askKey(api), "an API key of xAI for its models", 403);
  const team = teamOf(key);
  if (team === null) throw cannotCollect("a management key of xAI without a team", "xAI", KEY_HELP);
  const usage = usageOf(api, team, { from: today(), to: today() });
  await letIn(usage, "a management key of xAI that may not read billing", 401, 403);
  return { account: team, accountName: null, facts: { team_id: team } };
};

/** UNVERIFIED: that xAI says 403 to its other keys, and 401 to those that it does not know. */
const letIn = async (asked: Promise<Answer>, title: string, ...statuses: number[]): Promise<Answer> => {
  try {
    return await asked;
  } catch (error) {
    throw isRefusal(error, ...statuses) ? cannotCollect(title, "xAI", KEY_HELP) : error;
  }
};

const today = (): string => new Date().toISOString().slice(0, 10);

export const xaiCollector: Collector = {
  provider: "xai",
  title: "xAI",
  baseUrl: "https://management-api.x.ai",
  authorize: (key) => ({ authorization: `Bearer ${key}` }),
  keys: [
    { prefix: "xai-token-", title: "a management key of xAI", collects: "yes" },
    { prefix: "xai-", title: "an API key of xAI", collects: "perhaps" },
  ],
  keyHelp: KEY_HELP,
  check,
  feeds: ({ facts }) => [xaiUsage(typeof facts["team_id"] === "string" ? facts["team_id"] : null)],
};
