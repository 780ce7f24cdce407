import { createHash, hash } from "node:crypto";
import { KeyCounts } from "./key-counts.js";
import type { ChargeKind } from "./kinds.js";
import type { Original } from "./rates.js";

export type Granularity = "event" | "hour" | "day" | "month";
export const COLLECTION_METHODS = ["api_automated", "manual_entry", "csv_import", "agent_log"] as const;
/** How a record came in: from an API, by hand, from a file, or from the log of a coding agent. */
export type CollectionMethod = (typeof COLLECTION_METHODS)[number];

/**
 * What an amount is: `billed` money was charged, `estimated` is priced from tokens, `included` is covered by a
 * plan, `none` means that the source names no money at all (which is not zero).
 */
export type CostBasis = "billed" | "estimated" | "included" | "none";

/** One charge, one usage bucket or one call, in the normal form that every source is brought to. */
export interface CostRecord {
  id: string;
  /** `providers.name`, for example `anthropic`. */
  provider: string;
  /** RFC 3339 in UTC. A `day` or `month` bucket is midnight UTC of the date that its provider named. */
  timestamp: string;
  granularity: Granularity;
  kind: ChargeKind;
  model_name: string | null;
  /** US dollars that were charged, a plain decimal; "0" if the source names none, and for a top-up. */
  cost_usd: string;
  /** US dollars: priced from tokens (`estimated`), or what a plan covered (`included`); else null. */
  estimated_cost_usd: string | null;
  /** US dollars of credit bought ahead: what a top-up has instead of a cost; else null. */
  topup_usd: string | null;
  /** input + output, or the one number that a source gives without a split. */
  tokens_used: number | null;
  /** All input, cached included. */
  input_tokens: number | null;
  /** All output, reasoning included. */
  output_tokens: number | null;
  /** Part of input_tokens. */
  cache_read_tokens: number | null;
  /** Part of input_tokens. */
  cache_write_tokens: number | null;
  request_count: number | null;
  collection_method: CollectionMethod;
  /** The project, workspace or team: its id if the source gives one, else its name. */
  project: string | null;
  /** The key that it was used with: its id if the source gives one, else its name. Never a secret. */
  api_key: string | null;
  /** The coding agent that used it, by its id, for example `claude-code`. */
  agent: string | null;
  /** The session of that agent, by its id. */
  session: string | null;
  metadata: RecordMetadata;
}

export interface RecordMetadata {
  cost_basis: CostBasis;
  /** What was converted, if the amount was not in US dollars. */
  original?: Original;
  note?: string;
  /** Anything else that the source says and that is worth keeping: line item, service tier … */
  [key: string]: unknown;
}

/** Gives each record of one import its id: the same row in the same order has the same id for ever. */
export class Identities {
  readonly #seen = new KeyCounts();

  /**
   * The UUIDv5 of `source`, `key` (see `Draft`) and the ordinal among the rows of this import that share the key on a day:
   * a file that lacks some days gives the others the same ids.
   */
  next(source: string, key: readonly (string | null)[], day: string): string {
    const name = JSON.stringify([source, ...key]);
    const first = idOf(name, 0);
    const ordinal = this.#seen.add(first, Number(day.replaceAll("-", "")));
    return ordinal === 0 ? first : idOf(name, ordinal);
  }
}

/**
 * The id of a record that is of an account which its source itself does not name. The database gives the same one to a
 * record that it finds to be of that account (`private.counted_id`), so that a correction stays with it.
 */
export const idOfAccount = (id: string, account: string): string =>
  createHash("md5")
    .update(`${id} ${account}`)
    .digest("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

/** The id of a call in the log of a coding agent: it has its key from the response, so nothing else of it matters. */
export const callId = (provider: string, source: string, key: string): string =>
  idOf(JSON.stringify([provider, source, key]), 0);

const NAMESPACE = Buffer.from("8b0a1d6e6d0e5a529b630f5d3c1c2a41", "hex");

/** What is hashed: the namespace, and a name behind it. A name that is longer gets bytes of its own. */
const bytes = Buffer.alloc(1024);
NAMESPACE.copy(bytes);

/** The UUIDv5 (RFC 9562) of a name and an ordinal. */
const idOf = (name: string, ordinal: number): string => {
  const text = `${name}#${ordinal}`;
  // No character takes more than three bytes in UTF-8.
  const fits = NAMESPACE.length + text.length * 3 <= bytes.length;
  const digest = fits
    ? hash("sha1", bytes.subarray(0, NAMESPACE.length + bytes.write(text, NAMESPACE.length)))
    : hash("sha1", Buffer.concat([NAMESPACE, Buffer.from(text)]));
  const variant = VARIANTS[parseInt(digest.charAt(16), 16) % 4] ?? "";
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
};

const VARIANTS = "89ab";
