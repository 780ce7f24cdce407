import type { Collector } from "../collector.js";
import { vercelReport } from "./report.js";

export const vercelCollector: Collector = {
  provider: "vercel",
  title: "Vercel AI Gateway",
  baseUrl: "https://ai-gateway.vercel.sh",
  authorize: (key) => ({ authorization: `Bearer ${key}` }),
  // https://vercel.com/changelog/new-token-formats-and-secret-scanning; only teams that pay have a report.
  keys: [
    { prefix: "vck_", title: "a Vercel AI Gateway API key", collects: "perhaps" },
    { prefix: "vcp_", title: "a personal access token of Vercel", collects: "no" },
    { prefix: "vci_", title: "an integration token of Vercel", collects: "no" },
    { prefix: "vca_", title: "an app access token of Vercel", collects: "no" },
    { prefix: "vcr_", title: "an app refresh token of Vercel", collects: "no" },
  ],
  keyHelp:
    "Use an AI Gateway API key (vck_…) of a team on the Pro or Enterprise plan: https://vercel.com/dashboard, then AI Gateway, API Keys.",
  // The report itself would cost something.
  check: async (api) => {
    await api.get("/v1/credits");
    return {
      account: null,
      accountName: null,
      note: "Vercel charges $5 for 1,000 queries of its report: collecting asks once, and once more for each day with spend.",
    };
  },
  feeds: () => [vercelReport],
};
