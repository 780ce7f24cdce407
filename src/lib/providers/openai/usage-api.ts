import type { Draft } from "../../record/draft.js";
import type { Answer } from "../answer.js";
import { isRefusal } from "../api.js";
import type { Collected, Feed } from "../collector.js";
import { filled } from "../metadata.js";
import { named } from "../named.js";
import { bucketPages } from "../pages.js";
import { daily } from "./window.js";

/** Days a page, as many as there may be. */
const PAGE = 31;

const CALLS = "num_model_requests";

interface UsageKind {
  /** The last part of its address. */
  kind: string;
  groups: readonly string[];
  /** What is counted besides tokens and calls. Calls are one of them if another kind counts the same calls. */
  measures?: readonly string[];
}

const COMPLETIONS: UsageKind = {
  kind: "completions",
  groups: ["model", "batch", "service_tier", "api_key_id"],
};

const OTHERS: readonly UsageKind[] = [
  { kind: "embeddings", groups: ["model", "api_key_id"] },
  { kind: "moderations", groups: ["model", "api_key_id"] },
  { kind: "images", groups: ["model", "size", "source", "api_key_id"], measures: ["images"] },
  { kind: "audio_speeches", groups: ["model", "api_key_id"], measures: ["characters"] },
  { kind: "audio_transcriptions", groups: ["model", "api_key_id"], measures: ["seconds"] },
  { kind: "vector_stores", groups: [], measures: ["usage_bytes"] },
  { kind: "code_interpreter_sessions", groups: [], measures: ["num_sessions"] },
  { kind: "file_search_calls", groups: ["vector_store_id", "api_key_id"], measures: ["num_requests", CALLS] },
  {
    kind: "web_search_calls",
    groups: ["model", "context_level", "api_key_id"],
    measures: ["num_requests", CALLS],
  },
  { kind: "decisions", groups: ["model", "batch", "service_tier"] },
];

const draftOf = ({ groups, measures = [] }: UsageKind, row: Answer, start: string): Draft | null => {
  const counts = {
    // What was cached is part of the input, reasoning is part of the output.
    input: row.count("input_tokens"),
    output: row.count("output_tokens"),
    cacheRead: row.count("input_cached_tokens"),
    cacheWrite: row.count("input_cache_write_tokens"),
    requests: measures.includes(CALLS) ? null : row.count(CALLS),
  };
  const measured = Object.fromEntries(measures.map((name) => [name, row.count(name)]));
  if (Object.values({ ...counts, ...measured }).every((count) => count === null)) return null;
  const {
    model,
    batch,
    project_id = null,
    api_key_id = null,
    ...dimensions
  } = Object.fromEntries(
    ["model", "batch", "project_id", ...groups].map((name) => [name, dimensionOf(row, name)]),
  );
  return {
    timestamp: start,
    granularity: "day",
    model: row.name("model"),
    cost: null,
    basis: "none",
    ...counts,
    key: [
      start,
      model ?? null,
      batch ?? null,
      project_id,
      ...Object.values(dimensions),
      ...(api_key_id === null ? [] : [api_key_id]),
    ],
    project: named(project_id),
    apiKey: named(api_key_id),
    metadata: filled<string | number | boolean>({
      ...dimensions,
      batch: batch === "true" ? true : null,
      ...measured,
      organization_id: row.text("organization_id"),
    }),
  };
};

const dimensionOf = (row: Answer, name: string): string | null => {
  if (name !== "batch") return row.text(name);
  return row.has(name) ? String(row.flag(name)) : null;
};

const feedOf = (kind: UsageKind) => {
  const name = kind.kind.replaceAll("_", "-");
  return {
    id: `openai-${name}-api`,
    title: `OpenAI usage API, ${kind.kind.replaceAll("_", " ")}`,
    source: `openai/${name}-api`,
    collect: (api, window) =>
      bucketPages(
        api,
        `/v1/organization/usage/${kind.kind}`,
        { ...daily(window, PAGE), "group_by[]": ["project_id", ...kind.groups] },
        {
          startOf: (bucket) => bucket.epoch("start_time"),
          draftOf: (row, start) => draftOf(kind, row, start),
        },
      ),
  } satisfies Partial<Feed>;
};

export const openaiCompletionsApi: Feed = {
  ...feedOf(COMPLETIONS),
  series: "openai/usage",
  // The usage export with the same columns filled has one more.
  detail: 94,
};

const otherFeedOf = (kind: UsageKind): Feed => {
  const { collect, ...feed } = feedOf(kind);
  return {
    ...feed,
    series: `openai/usage-${kind.kind.replaceAll("_", "-")}`,
    detail: 2,
    collect: (api, window) => ifKnown(collect(api, window)),
  };
};

/** A kind of usage that OpenAI does not know, or not yet for this organization, gives nothing. */
async function* ifKnown(pieces: AsyncIterable<Collected>): AsyncGenerator<Collected> {
  let isFirst = true;
  try {
    for await (const piece of pieces) {
      isFirst = false;
      yield piece;
    }
  } catch (error) {
    if (!isFirst || !isRefusal(error, 400, 404)) throw error;
  }
}

/** Every kind of usage that OpenAI tells of. None of it holds money: that is in the costs. */
export const openaiUsageApi: readonly Feed[] = [openaiCompletionsApi, ...OTHERS.map(otherFeedOf)];
