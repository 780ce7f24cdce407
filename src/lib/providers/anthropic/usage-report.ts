import type { Draft } from "../../record/draft.js";
import type { Answer } from "../answer.js";
import type { Feed } from "../collector.js";
import { filled } from "../metadata.js";
import { bucketPages } from "../pages.js";
import { sumOfKnown } from "../tokens.js";
import { daily } from "./window.js";
import { named } from "../named.js";

const GROUPS = ["model", "api_key_id", "workspace_id", "service_tier", "context_window"];

/** The tokens of a row, in either of Anthropic's APIs: the kinds of input are listed apart there. */
export const tokensOf = (row: Answer): Pick<Draft, "input" | "output" | "cacheRead" | "cacheWrite"> => {
  const writes = row.object("cache_creation");
  const cacheRead = row.count("cache_read_input_tokens");
  const cacheWrite = sumOfKnown(
    writes.count("ephemeral_5m_input_tokens"),
    writes.count("ephemeral_1h_input_tokens"),
  );
  return {
    input: sumOfKnown(row.count("uncached_input_tokens"), cacheRead, cacheWrite),
    output: row.count("output_tokens"),
    cacheRead,
    cacheWrite,
  };
};

const draftOf = (row: Answer, start: string): Draft => ({
  timestamp: start,
  granularity: "day",
  model: row.name("model"),
  cost: null,
  basis: "none",
  ...tokensOf(row),
  key: [start, ...GROUPS.map((name) => row.text(name))],
  project: named(row.text("workspace_id")),
  apiKey: named(row.text("api_key_id")),
  metadata: filled({
    service_tier: row.text("service_tier"),
    context_window: row.text("context_window"),
    cache_write_1h_tokens: row.object("cache_creation").count("ephemeral_1h_input_tokens") || null,
    web_searches: row.object("server_tool_use").count("web_search_requests") || null,
  }),
});

/** The usage report of Anthropic's Admin API: the tokens of each UTC day. It holds no money and no number of calls. */
export const anthropicUsageReport: Feed = {
  id: "anthropic-usage-report",
  title: "Anthropic usage report",
  source: "anthropic/usage-report",
  series: "anthropic/usage",
  detail: 1,
  collect: (api, window) =>
    bucketPages(
      api,
      "/v1/organizations/usage_report/messages",
      { ...daily(window), "group_by[]": GROUPS },
      {
        startOf: (bucket) => bucket.moment("starting_at"),
        draftOf,
      },
    ),
};
