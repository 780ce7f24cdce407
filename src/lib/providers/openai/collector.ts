import { isRefusal, type ProviderApi, Refusal, refusalTo } from "../api.js";
import type { Collector, KeyCheck } from "../collector.js";
import { cannotCollect } from "../key-kinds.js";
import { openaiCostsApi } from "./costs-api.js";
import { openaiUsageApi } from "./usage-api.js";
import { startOf } from "./window.js";

const KEY_HELP =
  "Use an Admin key (sk-admin-…) of your organization: https://platform.openai.com/settings/organization/admin-keys. Its owners make one.";

/** How OpenAI says that a key is a good one, but not for this. The status differs. */
const MISSING_SCOPES = "Missing scopes";

const check = async (api: ProviderApi): Promise<KeyCheck> => {
  try {
    const costs = await api.get("/v1/organization/costs", { start_time: startOf(today()), limit: 1 });
    const [named] = costs
      .list("data")
      .flatMap((bucket) => bucket.list("results"))
      .map((row) => row.text("organization_id"))
      .filter((id) => id !== null);
    return { account: named ?? null, accountName: null };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const isLive = lacksScopes(error) || (isRefusal(error, 401, 403) && (await isLiveKey(api)));
    if (!isLive) throw error;
    throw cannotCollect("a key of OpenAI that may not read costs", "OpenAI", KEY_HELP);
  }
};

/** A key that may not even list models is a good one, too, if OpenAI says what it lacks. */
const isLiveKey = async (api: ProviderApi): Promise<boolean> => {
  const refusal = await refusalTo(api.get("/v1/models"), 401, 403);
  return refusal === null || lacksScopes(refusal);
};

const lacksScopes = ({ words }: Refusal): boolean => words.includes(MISSING_SCOPES);

const today = (): string => new Date().toISOString().slice(0, 10);

export const openaiCollector: Collector = {
  provider: "openai",
  title: "OpenAI",
  baseUrl: "https://api.openai.com",
  authorize: (key) => ({ authorization: `Bearer ${key}` }),
  keys: [
    { prefix: "sk-admin-", title: "an OpenAI Admin key", collects: "yes" },
    { prefix: "sk-proj-", title: "an OpenAI project key", collects: "perhaps" },
    { prefix: "sk-svcacct-", title: "an OpenAI service account key", collects: "perhaps" },
    { prefix: /T3BlbkFJ/, title: "an OpenAI API key", collects: "perhaps" },
  ],
  keyHelp: KEY_HELP,
  check,
  feeds: () => [openaiCostsApi, ...openaiUsageApi],
};
