import { type Decimal, stored } from "../money.js";
import { dateOf } from "../dates/days.js";
import type { ChargeKind } from "./kinds.js";
import { withoutSecret } from "./secret-form.js";
import { converted, originalOf, rateOn, type Rates } from "./rates.js";
import {
  type CollectionMethod,
  type CostBasis,
  type CostRecord,
  type Granularity,
  idOfAccount,
  type Identities,
  type RecordMetadata,
} from "./record.js";

/** What a source says of one charge, bucket or call. `recordOf` makes it a `CostRecord`: identity, currency, rounding. */
export interface Draft {
  /** RFC 3339 in UTC. A `day` or `month` bucket is midnight UTC of its date. */
  timestamp: string;
  granularity: Granularity;
  /** The last date of what is no single day; by default that of its month for a `month`, else its own. */
  until?: string;
  /** Set if the rows of one source belong to several providers (column mapper); else that of the source. */
  provider?: string;
  model: string | null;
  /** Money charged, or paid for a top-up, in `currency`; null if the row names none. */
  cost: Decimal | null;
  /** Worth in `currency` that was not charged: an estimate, or what a plan covered. */
  value?: Decimal | null;
  /** ISO 4217, any case; US dollars if absent. */
  currency?: string;
  basis: CostBasis;
  /** If absent: `credit` for an amount below zero, else `usage`. */
  kind?: ChargeKind;
  input?: number | null;
  output?: number | null;
  cacheRead?: number | null;
  cacheWrite?: number | null;
  /** Only if the source gives one unsplit number; else input + output. */
  tokens?: number | null;
  requests?: number | null;
  /** What the account is called whose id the source gives. */
  accountName?: string | null;
  project?: Named;
  apiKey?: Named;
  /** The coding agent that used it, by its id. */
  agent?: string | null;
  /** The session of that agent, by its id. */
  session?: string | null;
  /** Natural key (see `Identities`): the row id, or bucket and dimensions, or the whole row. */
  key: readonly (string | null)[];
  /** The moment as its source has it, if what instant that is depends on the user's time zone. */
  written?: string;
  metadata?: Omit<RecordMetadata, "cost_basis">;
}

/** A project or a key as its source names it. */
export interface Named {
  id: string | null;
  name: string | null;
}

export interface DraftSource {
  /** `providers.name`, unless the draft names another. */
  provider: string;
  /** Provider and kind of source: the first part of a record's identity, for example `openai/cost`. */
  source: string;
  method: CollectionMethod;
  rates: Rates;
  identities: Pick<Identities, "next">;
  /** Whose money it is, if only the user or the key says so; null if its key has it, or nobody knows. */
  account: string | null;
  /** What to throw if a number cannot be kept. @param amount the one that is wrong; null for tokens */
  wrong: (amount: Decimal | null, reason: string) => Error;
}

/** Characters of all texts in the details of a record: of any script, the database takes as many. */
const MOST_TEXT = 12_000;

/** @throws what `wrong` makes, for numbers and texts that the database cannot hold; UserError `currency_rate_missing` */
export const recordOf = (draft: Draft, from: DraftSource): CostRecord => {
  const currency = draft.currency?.toUpperCase() ?? "USD";
  const value = draft.value ?? null;
  const amount = draft.cost ?? value;
  const rate =
    currency === "USD" || amount === null ? null : rateOn(currency, dateOf(draft.timestamp), from.rates);
  const dollars = (amount: Decimal): string => {
    const cost = stored(rate === null ? amount : converted(amount, rate));
    if (cost === null) throw from.wrong(amount, "is too large for one charge");
    return cost;
  };
  const kind = draft.kind ?? (draft.cost?.lt(0) ? "credit" : "usage");
  const charged = draft.cost === null ? "0" : dollars(draft.cost);
  return {
    provider: draft.provider ?? from.provider,
    timestamp: draft.timestamp,
    granularity: draft.granularity,
    kind,
    model_name: draft.model,
    cost_usd: kind === "top_up" ? "0" : charged,
    estimated_cost_usd: value === null ? null : dollars(value),
    topup_usd: kind === "top_up" ? charged : null,
    tokens_used: tokensUsed(draft, from),
    input_tokens: draft.input ?? null,
    output_tokens: draft.output ?? null,
    cache_read_tokens: draft.cacheRead ?? null,
    cache_write_tokens: draft.cacheWrite ?? null,
    request_count: draft.requests ?? null,
    collection_method: from.method,
    project: known(draft.project),
    api_key: keyOf(draft.apiKey),
    agent: draft.agent ?? null,
    session: draft.session ?? null,
    metadata: {
      cost_basis: draft.basis,
      ...(amount && rate && { original: originalOf(currency, amount, rate) }),
      ...details(draft, from),
    },
    // Last, so that a row that is refused takes no ordinal.
    id: idIn(draft, from),
  };
};

const details = ({ metadata }: Draft, { wrong }: DraftSource): Draft["metadata"] => {
  let length = 0;
  for (const value of Object.values(metadata ?? {})) if (typeof value === "string") length += value.length;
  if (length > MOST_TEXT)
    throw wrong(null, `the texts of the row have more than ${MOST_TEXT.toLocaleString("en-US")} characters`);
  return metadata;
};

const idIn = ({ key, written, timestamp }: Draft, { identities, source, account }: DraftSource): string => {
  const id = identities.next(source, key, dateOf(written ?? timestamp));
  return id === "" || account === null ? id : idOfAccount(id, account);
};

/** By its id, which stays if it is renamed. */
const known = (named: Named | undefined): string | null => named?.id ?? named?.name ?? null;

/** Never a secret, even if its source has one there. */
const keyOf = (named: Named | undefined): string | null => {
  const key = known(named);
  return key === null ? null : withoutSecret(key);
};

const tokensUsed = (
  { tokens = null, input = null, output = null }: Draft,
  { wrong }: DraftSource,
): number | null => {
  if (input === null && output === null) return tokens;
  const used = (input ?? 0) + (output ?? 0);
  if (!Number.isSafeInteger(used)) throw wrong(null, "the tokens of the row are too many to count");
  return used;
};
