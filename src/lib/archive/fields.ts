import { isObject } from "../system/json.js";
import type { ArchiveKind, ArchiveRow } from "../api.js";

/** What a field of a row must hold. */
interface Field {
  /** Completes the sentence “it must be …”. */
  what: string;
  holds: (value: unknown) => boolean;
}

type Fields = Record<string, Field>;

const matching = (what: string, pattern: RegExp): Field => ({
  what,
  holds: (value) => typeof value === "string" && pattern.test(value),
});

const text = (most: number): Field => ({
  what: `text of at most ${most} characters`,
  holds: (value) =>
    typeof value === "string" &&
    !value.includes("\0") &&
    (value.length <= most || Array.from(value).length <= most),
});

const filledText = (most: number): Field => ({
  what: `text of 1 to ${most} characters`,
  holds: (value) => value !== "" && text(most).holds(value),
});

const oneOf = (...values: string[]): Field => ({
  what: values.join(" or "),
  holds: (value) => typeof value === "string" && values.includes(value),
});

const orNull = ({ what, holds }: Field): Field => ({
  what,
  holds: (value) => value === null || holds(value),
});

const isMoment = (value: unknown): boolean => {
  if (typeof value !== "string") return false;
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?Z$/.test(value)) return false;
  const time = Date.parse(value);
  // The 31st of a short month is read as the 1st of the next one.
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === value.slice(0, 10);
};

const object: Field = { what: "an object", holds: isObject };
const truth: Field = { what: "true or false", holds: (value) => typeof value === "boolean" };
const count: Field = {
  what: "a whole number, 0 or more",
  holds: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
};
const moment: Field = { what: "a moment in UTC", holds: isMoment };
const date: Field = { what: "a date", holds: (value) => isMoment(`${String(value)}T00:00:00Z`) };
const uuid = matching("an id", /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i);
const providerName = matching("the name of a provider", /^[a-z0-9][a-z0-9._-]{0,99}$/);
/** What numeric(18,10) holds. */
const amount = matching("a decimal amount", /^-?\d{1,8}(?:\.\d{1,10})?$/);
const total = matching("a decimal amount", /^-?\d{1,30}(?:\.\d{1,30})?$/);

const recordMetadata: Field = {
  what: "the metadata of a record",
  holds: (value) =>
    isObject(value) &&
    ["billed", "estimated", "included", "none", undefined].includes(
      value["cost_basis"] as string | undefined,
    ) &&
    (value["edited_at"] === undefined || isMoment(value["edited_at"])),
};

const RECORD: Fields = {
  id: uuid,
  provider: providerName,
  timestamp: moment,
  granularity: oneOf("event", "hour", "day", "month"),
  model_name: orNull(text(200)),
  cost_usd: amount,
  estimated_cost_usd: orNull(amount),
  tokens_used: orNull(count),
  input_tokens: orNull(count),
  output_tokens: orNull(count),
  cache_read_tokens: orNull(count),
  cache_write_tokens: orNull(count),
  request_count: orNull(count),
  collection_method: oneOf("api_automated", "manual_entry", "csv_import"),
  import_id: orNull(uuid),
  metadata: recordMetadata,
};

const record: Field = {
  what: "a record",
  holds: (value) => isObject(value) && badField(value, RECORD) === null,
};

const FIELDS = {
  preferences: {
    currency: text(3),
    timezone: text(64),
    theme: oneOf("light", "dark", "system"),
    default_date_range: filledText(32),
    email_notifications: truth,
    forecast_enabled: truth,
    metadata: object,
  },
  provider: {
    name: providerName,
    display_name: text(200),
    api_base_url: orNull(text(500)),
    is_active: truth,
    metadata: object,
    created_at: moment,
  },
  import: {
    id: uuid,
    source_name: text(1000),
    format: text(100),
    reading: text(2000),
    series: orNull(text(300)),
    detail: { what: "a whole number", holds: Number.isSafeInteger },
    sha256: text(64),
    status: oneOf("running", "done", "undone"),
    row_count: count,
    inserted: count,
    updated: count,
    unchanged: count,
    covered: count,
    kept_edits: count,
    replaced: count,
    skipped: count,
    rejected: count,
    cost_usd: total,
    first_date: orNull(date),
    last_date: orNull(date),
    created_at: moment,
    undone_at: orNull(moment),
  },
  cost_record: RECORD,
  import_change: {
    import_id: uuid,
    record_id: uuid,
    record_timestamp: moment,
    replaced: truth,
    before: orNull(record),
  },
  forecast: {
    id: uuid,
    provider: orNull(providerName),
    model_name: orNull(text(200)),
    forecast_date: date,
    predicted_cost_usd: amount,
    lower_bound_80: orNull(amount),
    upper_bound_80: orNull(amount),
    lower_bound_95: orNull(amount),
    upper_bound_95: orNull(amount),
    confidence_score: orNull(matching("a number from 0 to 1", /^(?:0(?:\.\d{1,2})?|1(?:\.0{1,2})?)$/)),
    model_version: text(100),
    training_data_start: orNull(date),
    training_data_end: orNull(date),
    training_record_count: orNull(count),
    metadata: object,
    created_at: moment,
  },
} satisfies Record<ArchiveKind, Fields>;

/** What is wrong with a row of an archive, as a predicate such as `has no “id”`; null if it is fine. */
export const rowProblem = (kind: ArchiveKind, row: ArchiveRow): string | null => badField(row, FIELDS[kind]);

const badField = (row: Record<string, unknown>, fields: Fields): string | null => {
  for (const name in fields) {
    const value = row[name];
    if (value === undefined) return `has no “${name}”`;
    if (fields[name]?.holds(value) === false)
      return `has a wrong “${name}”: it must be ${fields[name].what}, but is ${shown(value)}`;
  }
  return null;
};

const LONGEST_SHOWN = 60;

const shown = (value: unknown): string => {
  const json = JSON.stringify(value);
  return json.length > LONGEST_SHOWN ? `${json.slice(0, LONGEST_SHOWN)}…` : json;
};
