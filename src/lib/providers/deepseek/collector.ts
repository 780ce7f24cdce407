import type { Collector } from "../collector.js";
import { BALANCE, deepseekBalance } from "./balance.js";

export const deepseekCollector: Collector = {
  provider: "deepseek",
  title: "DeepSeek",
  baseUrl: "https://api.deepseek.com",
  authorize: (key) => ({ authorization: `Bearer ${key}` }),
  // Other providers' keys begin with `sk-`, too.
  keys: [{ prefix: /^sk-[a-z0-9]{32}$/, title: "a DeepSeek API key", collects: "yes" }],
  keyHelp: "Use an API key of DeepSeek: https://platform.deepseek.com/api_keys.",
  check: async (api) => {
    await api.get(BALANCE);
    return {
      account: null,
      accountName: null,
      note: "DeepSeek tells only the balance: aicost books what it goes down by from run to run, without models.",
    };
  },
  feeds: () => [deepseekBalance],
};
