import { randomUUID } from "node:crypto";
import { dateOf } from "../dates/days.js";
import { parseMoment, today, typedDay } from "../dates/ranges.js";
import type { ErrorCode } from "../error-codes.js";
import { UserError } from "../errors.js";
import { stored, typedAmount, ZERO, type Decimal, type TypedAmount } from "../money.js";
import { parseProvider } from "../record/provider-name.js";
import { isMetered, kindNamed, kindText, type ChargeKind } from "../record/kinds.js";
import { parseCurrency } from "../record/currency.js";
import { converted, originalOf, rateOn, type Rates } from "../record/rates.js";
import { refuseSecret } from "../record/secret-form.js";
import type { CostBasis, Granularity, RecordMetadata } from "../record/record.js";
import type { NewRecord, Preferences, RecordChanges, StoredRecord } from "../api.js";

export interface EntryFields {
  provider?: string | undefined;
  cost?: string | undefined;
  date?: string | undefined;
  model?: string | undefined;
  currency?: string | undefined;
  rate?: string[] | undefined;
  estimated?: boolean | undefined;
  kind?: string | undefined;
  subscription?: boolean | undefined;
  "input-tokens"?: string | undefined;
  "output-tokens"?: string | undefined;
  "cache-read-tokens"?: string | undefined;
  "cache-write-tokens"?: string | undefined;
  requests?: string | undefined;
  account?: string | undefined;
  project?: string | undefined;
  key?: string | undefined;
  note?: string | undefined;
}

/** What is wrong with something typed, and an example of how to write it. */
export interface EntryProblem {
  what: string;
  write?: string;
}

/**
 * An amount was charged, unless it is an estimate; an entry without an amount has tokens or requests without a price.
 * @throws UserError `entry_empty`, `bad_amount`, `bad_date`, `bad_count`, `bad_model`, `bad_note`, `bad_name`, `key_is_secret`
 */
export const manualRecord = (
  fields: EntryFields,
  { timezone }: Pick<Preferences, "timezone">,
  rates: Rates,
): NewRecord => {
  const moment = momentOf(fields.date ?? today(timezone), timezone);
  const money =
    fields.cost === undefined ? null : dollars(fields.cost, fields, { rates, day: dateOf(moment.timestamp) });
  const counts = countsOf(fields);
  if (money === null && Object.keys(counts).length === 0) {
    throw new UserError(
      "entry_empty",
      "The entry is empty.",
      "Give --cost, or --input-tokens, --output-tokens or --requests.",
    );
  }
  refuseMoreCached(counts);
  const { input_tokens = null, output_tokens = null } = counts;
  const basis: CostBasis = money === null ? "none" : fields.estimated ? "estimated" : "billed";
  const kind = kindOf(fields) ?? (money?.usd.startsWith("-") ? "credit" : "usage");
  if (fields.estimated) refuseFlatEstimate(kind);
  if (kind === "top_up") refuseUse(counts);
  if (money === null && !isMetered(kind))
    throw noCharge(`The entry has no amount that could be a ${kindText(kind)}.`);
  const charged = money && basis === "billed" ? amountOf(kind, money.usd) : "0";
  const note = noteOf(fields.note ?? "");
  return {
    id: randomUUID(),
    provider: parseProvider(fields.provider ?? ""),
    ...moment,
    kind,
    model_name: modelOf(fields.model ?? ""),
    cost_usd: kind === "top_up" ? "0" : charged,
    estimated_cost_usd: money && basis === "estimated" ? money.usd : null,
    topup_usd: kind === "top_up" ? charged : null,
    tokens_used:
      input_tokens === null && output_tokens === null ? null : (input_tokens ?? 0) + (output_tokens ?? 0),
    input_tokens,
    output_tokens,
    cache_read_tokens: counts.cache_read_tokens ?? null,
    cache_write_tokens: counts.cache_write_tokens ?? null,
    request_count: counts.request_count ?? null,
    collection_method: "manual_entry",
    account: nameIn("account", fields.account),
    project: nameIn("project", fields.project),
    api_key: nameIn("key", fields.key),
    agent: null,
    session: null,
    metadata: {
      cost_basis: basis,
      ...(money?.original && { original: money.original }),
      ...(note !== null && { note }),
    },
  };
};

/**
 * A new amount was charged, unless it is an estimate; `estimated` without an amount makes the existing one an estimate.
 * @throws UserError like `manualRecord`; `entry_unchanged` if nothing was typed, `no_charge` if an amount is missing
 */
export const recordChanges = (
  fields: EntryFields,
  record: StoredRecord,
  { timezone }: Pick<Preferences, "timezone">,
  rates: Rates,
): RecordChanges => {
  const counts = countsOf(fields);
  refuseMoreCached({ ...countsIn(record), ...counts });
  if ((kindOf(fields) ?? record.kind) === "top_up") refuseUse({ ...countsIn(record), ...counts });
  const moment = fields.date === undefined ? null : momentOf(fields.date, timezone);
  const day = dateOf((moment ?? record).timestamp);
  const money = moneyChanges(fields, record, { rates, day });
  const metadata = {
    ...money.metadata,
    ...(fields.note !== undefined && { note: noteOf(fields.note) }),
  };
  const changes: RecordChanges = {
    ...counts,
    ...money.columns,
    ...(fields.provider !== undefined && { provider: parseProvider(fields.provider) }),
    ...(fields.model !== undefined && { model_name: modelOf(fields.model) }),
    ...(fields.account !== undefined && { account: nameIn("account", fields.account) }),
    ...(fields.project !== undefined && { project: nameIn("project", fields.project) }),
    ...(fields.key !== undefined && { api_key: nameIn("key", fields.key) }),
    ...moment,
    ...(Object.keys(metadata).length > 0 && { metadata }),
  };
  if (Object.keys(changes).length > 0) return changes;
  throw new UserError("entry_unchanged", "You did not say what to change.", "For example: --cost 12.50");
};

/** What was said of the kind of the charge. */
const kindOf = ({ kind, subscription }: EntryFields): ChargeKind | undefined => {
  if (kind !== undefined) return kindNamed(kind);
  if (subscription === undefined) return undefined;
  return subscription ? "subscription" : "usage";
};

const refuseFlatEstimate = (kind: ChargeKind): void => {
  if (isMetered(kind)) return;
  throw new UserError(
    "bad_kind",
    `An estimate is of usage, not of a ${kindText(kind)}.`,
    "Leave out --estimated, or --kind.",
  );
};

/** Credit that is bought has no tokens: those of what it pays for would count twice. */
const refuseUse = (counts: Counts): void => {
  if (Object.keys(counts).length === 0) return;
  throw new UserError(
    "bad_kind",
    "A top-up has no tokens and no requests: these belong to the usage that it pays for.",
    "Leave out the tokens and requests, or --kind top-up.",
  );
};

/** Credit is money given back, whether or not it is typed with a minus. */
const amountOf = (kind: ChargeKind, usd: string): string =>
  kind === "credit" && usd !== "0" && !usd.startsWith("-") ? `-${usd}` : usd;

/** What was paid, be it a cost or not. */
const paidIn = ({ topup_usd, cost_usd }: StoredRecord): string => topup_usd ?? cost_usd;

interface MoneyChanges {
  columns?: Pick<RecordChanges, "kind" | "cost_usd" | "estimated_cost_usd">;
  metadata: NonNullable<RecordChanges["metadata"]>;
}

const moneyChanges = (fields: EntryFields, record: StoredRecord, on: Converting): MoneyChanges => {
  const given = kindOf(fields);
  const money = fields.cost === undefined ? null : dollars(fields.cost, fields, on);
  if (fields.estimated) {
    if (given !== undefined) refuseFlatEstimate(given);
    return estimateOf(money, record, given ?? (isMetered(record.kind) ? record.kind : "usage"));
  }
  if (given !== undefined && !isMetered(given) && money === null && record.metadata.cost_basis !== "billed")
    throw noCharge(`The record has no charge that could be a ${kindText(given)}.`);
  const kind = given ?? record.kind;
  if (money !== null)
    return {
      columns: {
        ...(given !== undefined && { kind }),
        cost_usd: amountOf(kind, money.usd),
        estimated_cost_usd: null,
      },
      metadata: { cost_basis: "billed", original: money.original ?? null },
    };
  if (given === undefined) return { metadata: {} };
  const charged = paidIn(record);
  // Money given back has a minus, whatever it was called before.
  if (kind === "credit") return { columns: { kind, cost_usd: amountOf(kind, charged) }, metadata: {} };
  const isBack = record.kind === "credit" && charged.startsWith("-");
  return { columns: { kind, ...(isBack && { cost_usd: charged.slice(1) }) }, metadata: {} };
};

const estimateOf = (money: Dollars | null, record: StoredRecord, kind: ChargeKind): MoneyChanges => {
  const { cost_basis } = record.metadata;
  const charged = paidIn(record);
  const kept = cost_basis === "billed" ? charged : record.estimated_cost_usd;
  if (money === null && (kept === null || cost_basis === "none")) {
    throw noCharge("The record has no amount that could be an estimate.");
  }
  return {
    columns: { ...(kind !== record.kind && { kind }), cost_usd: "0", estimated_cost_usd: money?.usd ?? kept },
    metadata: {
      cost_basis: "estimated",
      ...(money && { original: money.original ?? null }),
    },
  };
};

const noCharge = (message: string) =>
  new UserError("no_charge", message, "Also give the amount: --cost 12.50");

/** @param currency ISO 4217, that of the amount */
export const amountProblem = (text: string, currency = "USD"): EntryProblem | null =>
  problemOf(typedAmount(text, currency), text);

const problemOf = (reading: TypedAmount, text: string): EntryProblem | null => {
  if ("value" in reading) return sizeProblem(reading.value, text);
  const { wrong, write } = reading;
  return { what: `“${text}” ${write === undefined ? wrong : "is not an amount"}.`, write: write ?? "12.50" };
};

const sizeProblem = (amount: Decimal, text: string): EntryProblem | null => {
  const kept = stored(amount);
  if (kept === null) return { what: `“${text}” is too large for one charge.` };
  return kept === "0" && !amount.eq(0) ? { what: `“${text}” is too small to store.` } : null;
};

export const dateProblem = (text: string, timezone: string): EntryProblem | null =>
  (typedDay(text, today(timezone)) ?? parseMoment(text, timezone))
    ? null
    : { what: `“${text}” is not a date.`, write: "2026-11-05, 2026-11-05 14:30, or yesterday" };

export const modelProblem = (text: string): EntryProblem | null =>
  lengthProblem("name of a model", text, 200);

export const noteProblem = (text: string): EntryProblem | null => lengthProblem("note", text, 1000);

const lengthProblem = (what: string, text: string, most: number): EntryProblem | null => {
  const length = Array.from(text.trim()).length;
  return length <= most ? null : { what: `The ${what} has ${length} characters; the most is ${most}.` };
};

const refuse = (code: ErrorCode, flag: string, problem: EntryProblem | null): void => {
  if (problem === null) return;
  throw new UserError(code, problem.what, problem.write && `For example: --${flag} ${problem.write}`);
};

const modelOf = (text: string): string | null => {
  refuse("bad_model", "model", modelProblem(text));
  return text.trim() || null;
};

/** What an account, project or key is called. @throws UserError `bad_name`, `key_is_secret` */
const nameIn = (flag: "account" | "project" | "key", text: string | undefined): string | null => {
  if (text === undefined) return null;
  if (flag === "key") refuseSecret(text);
  const name = text.trim();
  const problem =
    name === "" || /\p{Cc}/u.test(name)
      ? { what: `“${text.replaceAll(/\p{Cc}/gu, "�")}” is not a name.`, write: NAME_EXAMPLES[flag] }
      : lengthProblem(`name of the ${flag}`, name, 200);
  refuse("bad_name", flag, problem);
  return name;
};

const NAME_EXAMPLES = { account: "acme", project: "shop", key: "production" };

const noteOf = (text: string): string | null => {
  refuse("bad_note", "note", noteProblem(text));
  return text.trim() || null;
};

interface Dollars {
  usd: string;
  original?: RecordMetadata["original"];
}

/** What an amount of a day is converted with. */
interface Converting {
  rates: Rates;
  day: string;
}

const dollars = (text: string, { currency = "USD" }: EntryFields, { rates, day }: Converting): Dollars => {
  const code = parseCurrency(currency);
  const reading = typedAmount(text, code);
  refuse("bad_amount", "cost", problemOf(reading, text));
  const amount = "value" in reading ? reading.value : ZERO;
  if (code === "USD") return { usd: stored(amount) ?? "0" };
  const rate = rateOn(code, day, rates);
  const usd = converted(amount, rate);
  refuse("bad_amount", "cost", sizeProblem(usd, text));
  return { usd: stored(usd) ?? "0", original: originalOf(code, amount, rate) };
};

const momentOf = (text: string, timezone: string): { timestamp: string; granularity: Granularity } => {
  refuse("bad_date", "date", dateProblem(text, timezone));
  const date = typedDay(text, today(timezone));
  return date
    ? { timestamp: `${date}T00:00:00Z`, granularity: "day" }
    : { timestamp: parseMoment(text, timezone) ?? "", granularity: "event" };
};

const COUNT_FLAGS = {
  "input-tokens": "input_tokens",
  "output-tokens": "output_tokens",
  "cache-read-tokens": "cache_read_tokens",
  "cache-write-tokens": "cache_write_tokens",
  requests: "request_count",
} as const;

type CountColumn = (typeof COUNT_FLAGS)[keyof typeof COUNT_FLAGS];
type Counts = Partial<Record<CountColumn, number>>;

const countsOf = (fields: EntryFields): Counts => {
  const counts: Counts = {};
  for (const [flag, column] of Object.entries(COUNT_FLAGS)) {
    const text = fields[flag as keyof typeof COUNT_FLAGS];
    if (text !== undefined) counts[column] = countOf(flag, text);
  }
  return counts;
};

const countsIn = (record: StoredRecord): Counts =>
  Object.fromEntries(
    Object.values(COUNT_FLAGS).flatMap((column) =>
      record[column] === null ? [] : [[column, record[column]]],
    ),
  );

const refuseMoreCached = ({ input_tokens, cache_read_tokens = 0, cache_write_tokens = 0 }: Counts): void => {
  if (input_tokens === undefined || cache_read_tokens + cache_write_tokens <= input_tokens) return;
  throw new UserError(
    "bad_count",
    `There are more cached tokens than input tokens (${input_tokens}), which include them.`,
    "--input-tokens counts all input, including cached tokens.",
  );
};

const COUNT = /^(?:\d+|\d{1,3}(?:[,_ ]\d{3})+)$/;

const countOf = (flag: string, text: string): number => {
  const number = Number(text.trim().replaceAll(/[,_ ]/g, ""));
  if (COUNT.test(text.trim()) && Number.isSafeInteger(number)) return number;
  throw new UserError(
    "bad_count",
    `“${text}” is not a number of ${flag.replace("-", " ")}.`,
    `For example: --${flag} 1200`,
  );
};
