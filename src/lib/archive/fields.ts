import { isObject } from "../system/json.js";
import { CHARGE_KINDS } from "../record/kinds.js";
import { COLLECTION_METHODS } from "../record/record.js";
import { type ArchiveKind, type ArchiveRow, BUDGET_PERIODS, PERIODS } from "../api.js";

/** What a field of a row must hold. */
interface Field {
  /** Completes the sentence “it must be …”. */
  what: string;
  holds: (value: unknown) => boolean;
  /** Older versions do not write it. */
  isNew?: true;
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
/** A refund takes them back. */
const tokens: Field = { what: "a whole number", holds: Number.isSafeInteger };
const moment: Field = { what: "a moment in UTC", holds: isMoment };
const date: Field = { what: "a date", holds: (value) => isMoment(`${String(value)}T00:00:00Z`) };
const uuid = matching("an id", /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i);
const providerName = matching("the name of a provider", /^[a-z0-9][a-z0-9._-]{0,99}$/);
/** What numeric(18,10) holds. */
const amount = matching("a decimal amount", /^-?\d{1,8}(?:\.\d{1,10})?$/);
/** A price can be zero, but not negative. */
const positiveAmount = matching("a decimal amount, 0 or more", /^\d{1,8}(?:\.\d{1,10})?$/);
const total = matching("a decimal amount", /^-?\d{1,30}(?:\.\d{1,30})?$/);

/** Characters of JSON; the database allows 64 KB, in a form that takes at least a sixth of these. */
const LONGEST_METADATA = 6 * 64 * 1024;

/** The patterns of a filter. */
const filterNames: Field = {
  what: "names of at most 200 characters",
  holds: (value) =>
    Array.isArray(value) &&
    value.length <= 100 &&
    value.every((name) => filledText(200).holds(name) && !/\p{Cc}/u.test(String(name))),
};

const MOST_CALLS = 1000;

const calls: Field = {
  what: `a list of at most ${MOST_CALLS} ids`,
  holds: (value) => Array.isArray(value) && value.length <= MOST_CALLS && value.every(uuid.holds),
};

const recordMetadata: Field = {
  what: "the metadata of a record, of at most 64 KB",
  holds: (value) =>
    isObject(value) &&
    JSON.stringify(value).length <= LONGEST_METADATA &&
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
  kind: { ...oneOf(...CHARGE_KINDS), isNew: true },
  model_name: orNull(text(200)),
  cost_usd: amount,
  estimated_cost_usd: orNull(amount),
  topup_usd: { ...orNull(amount), isNew: true },
  tokens_used: orNull(tokens),
  input_tokens: orNull(tokens),
  output_tokens: orNull(tokens),
  cache_read_tokens: orNull(tokens),
  cache_write_tokens: orNull(tokens),
  request_count: orNull(count),
  collection_method: oneOf(...COLLECTION_METHODS),
  project: { ...orNull(text(200)), isNew: true },
  api_key: { ...orNull(text(200)), isNew: true },
  agent: { ...orNull(text(200)), isNew: true },
  session: { ...orNull(text(200)), isNew: true },
  metadata: recordMetadata,
  calls: { ...calls, isNew: true },
  call_counts: { ...matching("what calls came to", /^[\d .x,-]{0,65536}$/), isNew: true },
};

const changes: Field = {
  what: "changes of a record",
  holds: (value) =>
    isObject(value) &&
    Object.entries(value).every(
      ([name, given]) => name === "metadata" || RECORD[name]?.holds(given) === true,
    ),
};

const account = orNull(text(200));
const names: Field = {
  what: "names by id",
  isNew: true,
  holds: (value) =>
    isObject(value) &&
    Object.values(value).every(
      (byId) => isObject(byId) && Object.values(byId).every((name) => typeof name === "string"),
    ),
};
const isSpan = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length === 2 &&
  value.every(date.holds) &&
  String(value[0]) <= String(value[1]);
const covers: Field = {
  what: "spans of days by provider",
  isNew: true,
  holds: (value) =>
    isObject(value) && Object.values(value).every((spans) => Array.isArray(spans) && spans.every(isSpan)),
};
const listOf = (what: string, { holds }: Field): Field => ({
  what: `a list of ${what}`,
  holds: (value) => Array.isArray(value) && value.every(holds),
});
const ids = listOf("ids", uuid);
const wholeNumber = (least: number, most: number): Field => ({
  what: `a whole number from ${least} to ${most}`,
  holds: (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
});
/** What an `int` column holds. */
const [LEAST_INT, MOST_INT] = [-(2 ** 31), 2 ** 31 - 1];
const integer = wholeNumber(LEAST_INT, MOST_INT);
const integers = listOf(`whole numbers from ${LEAST_INT} to ${MOST_INT}`, integer);
/** A count that may be larger than a JSON number holds exactly. */
const wholeText = matching("a whole number", /^\d{1,30}$/);

const rates: Field = {
  what: "rates by currency",
  holds: (value) =>
    isObject(value) &&
    Object.entries(value).every(
      ([currency, rate]) =>
        /^[A-Z]{3}$/.test(currency) &&
        typeof rate === "string" &&
        /^(?=.*[1-9])\d{1,12}(?:\.\d{1,20})?$/.test(rate),
    ),
};

const isPlanPrice = (value: unknown): boolean =>
  isObject(value) &&
  date.holds(value["from"]) &&
  positiveAmount.holds(value["cost"]) &&
  typeof value["is_listed"] === "boolean";
const planPrices: Field = {
  what: "prices, each from a day on",
  holds: (value) => Array.isArray(value) && value.length > 0 && value.every(isPlanPrice),
};
const dates = listOf("dates", date);
const idsByDate: Field = {
  what: "ids by date",
  holds: (value) =>
    isObject(value) && Object.entries(value).every(([day, id]) => date.holds(day) && uuid.holds(id)),
};

const creditMetadata: Field = {
  what: "the metadata of a credit",
  holds: (value) =>
    isObject(value) &&
    (value["note"] === undefined || text(1000).holds(value["note"])) &&
    (value["original"] === undefined || isObject(value["original"])),
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
  rates: {
    source: oneOf("set", "ecb"),
    day: matching("a date", /^(?:\d{4}-\d{2}-\d{2}|-infinity)$/),
    rates,
  },
  provider: {
    name: providerName,
    display_name: text(200),
    api_base_url: orNull(text(500)),
    is_active: truth,
    metadata: object,
    created_at: moment,
  },
  price: {
    id: uuid,
    provider: orNull(filledText(100)),
    model: filledText(200),
    since: orNull(date),
    rates: object,
    created_at: moment,
  },
  price_list: {
    import_id: uuid,
    since: date,
    rows: { what: "a list of prices", holds: (value) => Array.isArray(value) && value.every(isObject) },
  },
  import: {
    id: uuid,
    source_name: text(1000),
    format: text(100),
    reading: text(2000),
    series: text(300),
    feed: orNull(text(100)),
    seq: count,
    is_replace: truth,
    account_given: truth,
    first_day: orNull(date),
    last_day: orNull(date),
    zone: orNull(text(100)),
    facts: object,
    names,
    covers,
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
  edit: {
    id: uuid,
    sheet_id: uuid,
    key_id: uuid,
    record_id: uuid,
    series: text(300),
    day: date,
    changes: orNull(changes),
    edited_at: moment,
  },
  sheet: {
    id: uuid,
    series: text(300),
    account,
    project: orNull(text(200)),
    day: date,
    last_day: { ...date, isNew: true },
    detail: integer,
    is_events: truth,
    feed: orNull(text(100)),
    hash: text(64),
    rows: count,
    gross: total,
    beside: { ...total, isNew: true },
    cost_usd: total,
    tokens: matching("a whole number", /^-?\d{1,30}$/),
    requests: wholeText,
    keys: orNull(integers),
    imports: ids,
  },
  sheet_row: { ...RECORD, sheet: uuid },
  cost_record: RECORD,
  /** As a CSV file has it. */
  record: { ...RECORD, import_id: orNull(uuid) },
  subscription: {
    id: uuid,
    provider: providerName,
    name: matching("the name of a subscription", /^[a-z0-9][a-z0-9._+-]{0,99}$/),
    plan: filledText(100),
    period: oneOf(...PERIODS),
    currency: matching("a currency", /^[A-Z]{3}$/),
    prices: planPrices,
    seats: wholeNumber(1, 100_000),
    tax_percent: orNull(matching("a number from 0 to 100", /^(?:100|\d{1,2}(?:\.\d{1,4})?)$/)),
    since: date,
    trial_until: orNull(date),
    cancelled_on: orNull(date),
    booked: dates,
    removed: dates,
    taken_over: idsByDate,
    created_at: moment,
    updated_at: moment,
  },
  credit: {
    id: uuid,
    provider: providerName,
    kind: oneOf("grant", "set"),
    timestamp: moment,
    granularity: oneOf("event", "day"),
    usd: amount,
    expires_on: orNull(date),
    metadata: creditMetadata,
    created_at: moment,
  },
  budget: {
    name: matching("the name of a budget", /^[a-z0-9][a-z0-9._+-]{0,99}$/),
    amount: {
      what: "a decimal amount above 0",
      holds: (value) => positiveAmount.holds(value) && /[1-9]/.test(String(value)),
    },
    currency: matching("a currency", /^[A-Z]{3}$/),
    period: oneOf(...BUDGET_PERIODS),
    reset_day: orNull(wholeNumber(2, 31)),
    providers: filterNames,
    models: filterNames,
    projects: filterNames,
    tags: filterNames,
    kinds: {
      what: "kinds of charges",
      holds: (value) =>
        Array.isArray(value) &&
        value.every((kind) => kind !== "top_up" && (CHARGE_KINDS as readonly unknown[]).includes(kind)),
    },
    created_at: moment,
    updated_at: moment,
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
    training_record_count: orNull(wholeNumber(0, MOST_INT)),
    metadata: object,
    created_at: moment,
  },
} satisfies Record<ArchiveKind | "record", Fields>;

/** What is wrong with a row of an archive, as a predicate such as `has no “id”`; null if it is fine. */
export const rowProblem = (kind: ArchiveKind | "record", row: ArchiveRow): string | null =>
  badField(row, FIELDS[kind]);

const badField = (row: Record<string, unknown>, fields: Fields): string | null => {
  for (const name in fields) {
    const value = row[name];
    const field = fields[name];
    if (value === undefined && !field?.isNew) return `has no “${name}”`;
    if (value !== undefined && field?.holds(value) === false)
      return `has a wrong “${name}”: it must be ${field.what}, but is ${shown(value)}`;
  }
  return null;
};

const LONGEST_SHOWN = 60;

const shown = (value: unknown): string => {
  const json = JSON.stringify(value);
  return json.length > LONGEST_SHOWN ? `${json.slice(0, LONGEST_SHOWN)}…` : json;
};
