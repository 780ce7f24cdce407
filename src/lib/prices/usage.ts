import { dateOf } from "../dates/days.js";
import { isMetered } from "../record/kinds.js";
import type { CostRecord } from "../record/record.js";

/** Which prices hold. */
export interface UsageMoment {
  provider: string;
  model: string;
  /** UTC date. */
  day: string;
  /** RFC 3339, if it is known when that was. */
  moment: string | null;
}

/** What is to be priced. */
export interface Usage extends UsageMoment, UsedUnits {}

/** What was used of a model. */
export interface UsedUnits {
  input: number;
  output: number;
  cacheRead: number;
  /** Kept for five minutes. */
  cacheWrite: number;
  /** Kept for an hour. */
  cacheWrite1h: number;
  /** Null if the source does not say. */
  requests: number | null;
  webSearches: number;
  isBatch: boolean;
  /** It was one request, so its input tokens tell its tier. */
  isOneRequest: boolean;
  /** All of its requests had more input tokens than this; null if nothing says so. */
  longerThan: number | null;
  /** The service tier, speed or place that has a price of its own; null for the usual one. */
  special: string | null;
}

type Prices = Pick<
  CostRecord,
  "kind" | "model_name" | "estimated_cost_usd" | "input_tokens" | "output_tokens" | "metadata"
>;

/** Whether a record has tokens, and its source states no money for them. */
export const lacksPrice = (record: Prices): boolean =>
  record.metadata.cost_basis === "none" &&
  record.estimated_cost_usd === null &&
  record.model_name !== null &&
  isMetered(record.kind) &&
  ((record.input_tokens ?? 0) !== 0 || (record.output_tokens ?? 0) !== 0);

/** @param record one that `lacksPrice`, or that had a price of this program before */
export const usageOf = (record: CostRecord): Usage => {
  const { metadata } = record;
  const writes = record.cache_write_tokens ?? 0;
  const cacheWrite1h = Math.min(countIn(metadata.cache_write_1h_tokens), writes);
  return {
    provider: record.provider,
    model: record.model_name ?? "",
    day: dateOf(record.timestamp),
    moment: record.granularity === "event" || record.granularity === "hour" ? record.timestamp : null,
    input: record.input_tokens ?? 0,
    output: record.output_tokens ?? 0,
    cacheRead: record.cache_read_tokens ?? 0,
    cacheWrite: writes - cacheWrite1h,
    cacheWrite1h,
    requests: record.request_count,
    webSearches: countIn(metadata.web_searches),
    isBatch: isBatch(metadata),
    isOneRequest: isOneRequest(record),
    longerThan: longerThan(metadata.context_window),
    special: specialOf(metadata),
  };
};

const countIn = (value: unknown): number => (Number.isSafeInteger(value) ? Number(value) : 0);

const isBatch = ({ batch, service_tier, usage_type }: CostRecord["metadata"]): boolean =>
  batch === true || service_tier === "batch" || /^(?:message_)?batch$/i.test(textOf(usage_type));

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** Buckets of minutes are events too, but not single requests; those of Anthropic's export do not say how many. */
const isOneRequest = ({ granularity, request_count, metadata }: CostRecord): boolean =>
  granularity === "event" &&
  (request_count === 1 ||
    (request_count === null && metadata.bucket_seconds === undefined && metadata.usage_type === undefined));

/** `200k-1M`, in an export `> 200k`, holds requests of more than 200,000 input tokens. */
const longerThan = (window: unknown): number | null => {
  const [, least = "0"] = /^(?:>\s?)?(\d+)k(?=\s?-|$)/.exec(textOf(window)) ?? [];
  return Number(least) > 0 ? Number(least) * 1000 : null;
};

/** As usage reports write what costs the usual price. */
const USUAL = new Set([
  "",
  "standard",
  "default",
  "auto",
  "batch",
  "global",
  "not_available",
  "unknown",
  "none",
]);

const specialOf = (metadata: CostRecord["metadata"]): string | null => {
  const named = [metadata.service_tier, metadata.speed, metadata.inference_geo].map(textOf);
  return named.find((name) => !USUAL.has(name.toLowerCase())) ?? null;
};
