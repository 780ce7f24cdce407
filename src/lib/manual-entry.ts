import { randomUUID } from "node:crypto";
import { parseDate, parseMoment, today } from "./dates.js";
import { usageError } from "./errors.js";
import { parseAmount, plain, stored } from "./money.js";
import { parseRate, rateOf } from "./rates.js";
import type { CostBasis, CostRecord, Granularity, RecordMetadata } from "./record.js";
import type { Preferences, RecordChanges } from "./store/store.js";

/** What a person says of a charge, as they typed it. */
export interface EntryFields {
  provider?: string | undefined;
  cost?: string | undefined;
  date?: string | undefined;
  model?: string | undefined;
  currency?: string | undefined;
  rate?: string[] | undefined;
  estimated?: boolean | undefined;
  subscription?: boolean | undefined;
  "input-tokens"?: string | undefined;
  "output-tokens"?: string | undefined;
  "cache-read-tokens"?: string | undefined;
  "cache-write-tokens"?: string | undefined;
  requests?: string | undefined;
  note?: string | undefined;
}

/**
 * Makes a record of what a person typed. An amount is money that was charged, unless it is an estimate; an entry
 * without one holds tokens or requests that have no price.
 * @throws UserError `entry_empty`, `bad_amount`, `bad_date`, `bad_count`, `currency_rate_missing`
 */
export const manualRecord = (fields: EntryFields, preferences: Preferences): CostRecord => {
  const money = fields.cost === undefined ? null : dollars(fields.cost, fields, preferences);
  const counts = countsOf(fields);
  if (money === null && Object.keys(counts).length === 0) {
    throw usageError(
      "entry_empty",
      "The entry is empty.",
      "Give --cost, or --input-tokens, --output-tokens or --requests.",
    );
  }
  const { input_tokens = null, output_tokens = null } = counts;
  const basis: CostBasis = money === null ? "none" : fields.estimated ? "estimated" : "billed";
  return {
    id: randomUUID(),
    provider: fields.provider ?? "",
    ...momentOf(fields.date ?? today(preferences.timezone), preferences.timezone),
    model_name: fields.model || null,
    cost_usd: money && basis === "billed" ? money.usd : "0",
    estimated_cost_usd: money && basis === "estimated" ? money.usd : null,
    tokens_used:
      input_tokens === null && output_tokens === null ? null : (input_tokens ?? 0) + (output_tokens ?? 0),
    input_tokens,
    output_tokens,
    cache_read_tokens: counts.cache_read_tokens ?? null,
    cache_write_tokens: counts.cache_write_tokens ?? null,
    request_count: counts.request_count ?? null,
    collection_method: "manual_entry",
    metadata: {
      cost_basis: basis,
      ...(money?.original && { original: money.original }),
      ...(fields.subscription && { subscription: true }),
      ...(fields.note && { note: fields.note }),
    },
  };
};

/**
 * Makes the changes to a record that a person typed; what was not typed stays. A new amount is money that was charged.
 * @throws UserError like `manualRecord`; `entry_unchanged` where nothing was typed
 */
export const recordChanges = (fields: EntryFields, preferences: Preferences): RecordChanges => {
  const money = fields.cost === undefined ? null : dollars(fields.cost, fields, preferences);
  const changes: RecordChanges = {
    ...countsOf(fields),
    ...(fields.provider !== undefined && { provider: fields.provider }),
    ...(fields.model !== undefined && { model_name: fields.model || null }),
    ...(fields.date !== undefined && momentOf(fields.date, preferences.timezone)),
    ...(money && { cost_usd: money.usd, estimated_cost_usd: null }),
  };
  const metadata = {
    ...(money && { cost_basis: "billed" as const }),
    ...(money?.original && { original: money.original }),
    ...(fields.note !== undefined && { note: fields.note }),
  };
  if (Object.keys(metadata).length > 0) changes.metadata = metadata;
  if (Object.keys(changes).length > 0) return changes;
  throw usageError("entry_unchanged", "Nothing is to be changed.", "Say what, for example: --cost 12.50");
};

/** What is wrong with an amount that a person types, or null. */
export const amountProblem = (text: string): string | null => {
  const amount = parseAmount(text);
  if (amount === null) return `“${text}” is not an amount. Write it like 12.50`;
  return stored(amount) === null ? `“${text}” is too large for one charge.` : null;
};

/** What is wrong with a date or moment that a person types, or null. */
export const dateProblem = (text: string, timezone: string): string | null =>
  (parseDate(text) ?? parseMoment(text, timezone))
    ? null
    : `“${text}” is not a date. Write it like 2026-11-05, or 2026-11-05 14:30`;

const dollars = (
  text: string,
  { currency = "USD", rate = [] }: EntryFields,
  { metadata }: Preferences,
): { usd: string; original?: RecordMetadata["original"] } => {
  const problem = amountProblem(text);
  const amount = parseAmount(text);
  if (problem !== null || amount === null)
    throw usageError("bad_amount", problem ?? "", "Pass it as --cost 12.50");
  const code = currency.toUpperCase();
  if (code === "USD") return { usd: stored(amount) ?? "0" };
  const perUnit = rateOf(code, { ...metadata.rates, ...Object.fromEntries(rate.map(parseRate)) });
  const usd = stored(amount.times(perUnit));
  if (usd === null) throw usageError("bad_amount", `“${text}” is too large for one charge.`);
  return { usd, original: { currency: code, amount: plain(amount), rate: plain(perUnit) } };
};

const momentOf = (text: string, timezone: string): { timestamp: string; granularity: Granularity } => {
  const date = parseDate(text);
  if (date) return { timestamp: `${date}T00:00:00Z`, granularity: "day" };
  const moment = parseMoment(text, timezone);
  if (moment) return { timestamp: moment, granularity: "event" };
  throw usageError("bad_date", dateProblem(text, timezone) ?? "", "Pass it as --date 2026-11-05");
};

const COUNT_FLAGS = {
  "input-tokens": "input_tokens",
  "output-tokens": "output_tokens",
  "cache-read-tokens": "cache_read_tokens",
  "cache-write-tokens": "cache_write_tokens",
  requests: "request_count",
} as const;

type Counts = Partial<Record<(typeof COUNT_FLAGS)[keyof typeof COUNT_FLAGS], number>>;

const countsOf = (fields: EntryFields): Counts => {
  const counts: Counts = {};
  for (const [flag, column] of Object.entries(COUNT_FLAGS)) {
    const text = fields[flag as keyof typeof COUNT_FLAGS];
    if (text !== undefined) counts[column] = countOf(flag, text);
  }
  const { input_tokens = 0, cache_read_tokens = 0, cache_write_tokens = 0 } = counts;
  if (counts.input_tokens !== undefined && cache_read_tokens + cache_write_tokens > input_tokens) {
    throw usageError(
      "bad_count",
      `The cached tokens are more than the ${input_tokens} input tokens that they are part of.`,
      "--input-tokens is all input, cached tokens included.",
    );
  }
  return counts;
};

const countOf = (flag: string, text: string): number => {
  const number = Number(text.replaceAll(/[,_ ]/g, ""));
  if (text.trim() !== "" && Number.isSafeInteger(number) && number >= 0) return number;
  throw usageError(
    "bad_count",
    `“${text}” is not a number of ${flag.replace("-", " ")}.`,
    `Write it like --${flag} 1200`,
  );
};
