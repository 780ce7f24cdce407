import type { ProviderApi } from "../api.js";
import type { Collector, KeyCheck } from "../collector.js";
import { openrouterAnalyticsApi } from "./analytics-api.js";
import { openrouterKeyApi } from "./key-api.js";

const MANAGEMENT_KEYS = "https://openrouter.ai/settings/management-keys";

const check = async (api: ProviderApi): Promise<KeyCheck> => {
  const key = (await api.get("/key")).object("data");
  // The older name of the same thing.
  const management = key.flag("is_management_key") || key.flag("is_provisioning_key");
  return {
    // The creator of an organization's key is the person who made it; workspaces are parts of an account.
    account: key.text("organization_id") ?? key.text("creator_user_id"),
    accountName: null,
    facts: { management },
    ...(!management && {
      note: `This is an ordinary key: OpenRouter tells it only totals by day, without models, from now on; a management key (${MANAGEMENT_KEYS}) gives models and 30 days back.`,
    }),
  };
};

export const openrouterCollector: Collector = {
  provider: "openrouter",
  title: "OpenRouter",
  baseUrl: "https://openrouter.ai/api/v1",
  authorize: (key) => ({ authorization: `Bearer ${key}` }),
  // Management keys are written like the others.
  keys: [{ prefix: "sk-or-v1-", title: "an OpenRouter key", collects: "yes" }],
  keyHelp: `Use a management key: ${MANAGEMENT_KEYS}. An ordinary key (sk-or-v1-…) gives totals by day only.`,
  check,
  feeds: ({ facts }) => [facts["management"] === true ? openrouterAnalyticsApi : openrouterKeyApi],
};
