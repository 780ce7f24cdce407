import { isRefusal, type ProviderApi, refusalTo } from "../api.js";
import type { Collector, KeyCheck } from "../collector.js";
import { cannotCollect } from "../key-kinds.js";
import { factsOf, findWay, wayIn } from "./admin-api.js";
import { monthOf, queryOf } from "./month.js";
import { mistralUsage } from "./usage.js";

const KEY_HELP =
  "Use an Admin API key of your organisation, which only Enterprise plans have: https://docs.mistral.ai/admin/admin-api/authentication.";

const check = async (api: ProviderApi): Promise<KeyCheck> => {
  try {
    const way = await findWay(api, queryOf(monthOf(new Date().toISOString())));
    return { account: null, accountName: null, facts: factsOf(way) };
  } catch (error) {
    if (!isRefusal(error, 401, 403, 404)) throw error;
    if ((await refusalTo(api.get("/v1/models"), 401, 403, 404)) !== null) throw error;
    throw cannotCollect("an ordinary API key of Mistral", "Mistral", KEY_HELP);
  }
};

export const mistralCollector: Collector = {
  provider: "mistral",
  title: "Mistral",
  baseUrl: "https://api.mistral.ai",
  authorize: (key) => ({ "x-api-key": key, authorization: `Bearer ${key}` }),
  // Admin keys and ordinary ones look alike.
  keys: [{ prefix: /^[A-Za-z0-9]{32}$/, title: "a Mistral key", collects: "perhaps" }],
  keyHelp: KEY_HELP,
  check,
  feeds: ({ facts }) => [mistralUsage(wayIn(facts))],
};
