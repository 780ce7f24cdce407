import { isRefusal, type ProviderApi, Refusal, refusalTo } from "../api.js";
import type { Collector, KeyCheck } from "../collector.js";
import { cannotCollect } from "../key-kinds.js";
import { litellmDailyActivity } from "./daily-activity.js";

const KEY_HELP =
  "Use a key of an admin of the proxy, which sees what all users spend, or one of a user, which sees what that user spends: https://docs.litellm.ai/docs/proxy/virtual_keys";

/** Every proxy calls its first admin that, so it does not tell two of them apart. */
const NOBODY = "default_user_id";

const check = async (api: ProviderApi): Promise<KeyCheck> => {
  const day = new Date().toISOString().slice(0, 10);
  try {
    await api.get("/user/daily/activity", { start_date: day, end_date: day, page_size: 1 });
  } catch (error) {
    if (!isRefusal(error, 401, 403)) throw error;
    if ((await refusalTo(api.get("/v1/models"), 401, 403)) !== null) throw error;
    throw cannotCollect("a key for models only", "the LiteLLM proxy", KEY_HELP);
  }
  return { account: await userOf(api), accountName: null };
};

/** The user of the key; null for the master key, which is not in the proxy's list of keys. */
const userOf = async (api: ProviderApi): Promise<string | null> => {
  try {
    const user = (await api.get("/key/info")).object("info").text("user_id");
    return user === NOBODY ? null : user;
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
};

export const litellmCollector: Collector = {
  provider: "litellm",
  title: "LiteLLM",
  // The owner of a proxy chooses its address, and keys of any form.
  baseUrl: null,
  authorize: (key) => ({ authorization: `Bearer ${key}` }),
  keys: [],
  keyHelp: KEY_HELP,
  check,
  feeds: () => [litellmDailyActivity],
};
