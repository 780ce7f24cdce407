import type { StoredCredential } from "../api.js";
import { askedOf } from "../credentials/asking.js";
import { labelOf } from "../credentials/label.js";
import { opened } from "../credentials/sealing.js";
import { UserError } from "../errors.js";
import type { Collector, CollectOptions, Feed } from "../providers/collector.js";
import type { Limits } from "../server/http.js";
import { type ApiOptions, openApi, unreadable } from "../server/provider-api.js";
import { withTimeLimit } from "../system/time-limit.js";
import type { Ring } from "../vault/ring.js";
import { collect, type Haul } from "./collect.js";
import { windowOf } from "./window.js";

const MOST_MS = 10 * 60_000;

export interface CollectKeyOptions {
  userId: string;
  /** The vault keys of this machine. */
  ring: Ring | null;
  collectorOf: (provider: string) => Collector | undefined;
  collectOptions: CollectOptions;
  /** The UTC date to begin with, if the user names one. */
  since: string | undefined;
  /** Now. */
  now: Date;
  /** Ends it. */
  signal: AbortSignal;
  /** How long and how often a request is tried. */
  limits?: Limits;
  /** How long one key may take, in milliseconds; else `MOST_MS`. What arrived before that is kept. */
  mostMs?: number;
}

/** Collects with a key from each feed of its provider. */
export const collectWithKey = async (
  credential: StoredCredential,
  options: CollectKeyOptions,
): Promise<Haul[]> => {
  const collector = options.collectorOf(credential.provider);
  if (collector === undefined) throw notCollected(credential);
  const key = await opened(options.ring, options.userId, credential);
  const { mostMs = MOST_MS } = options;
  const late = (): UserError => tooLong(collector.title, mostMs);
  return withTimeLimit(mostMs, options.signal, late, (signal) =>
    collectFeeds(
      credential,
      collector,
      { ...askedOf(collector, credential, key), signal, ...(options.limits && { limits: options.limits }) },
      options,
    ),
  );
};

const collectFeeds = async (
  credential: StoredCredential,
  collector: Collector,
  asked: ApiOptions,
  { collectOptions, since, now, signal }: CollectKeyOptions,
): Promise<Haul[]> => {
  const api = openApi(asked);
  const stateOf = (feed: Feed) => credential.syncs.find((state) => state.feed === feed.id);
  const hauls: Haul[] = [];
  for (const feed of collector.feeds({ facts: credential.metadata.facts, options: collectOptions })) {
    const haul = await collect(
      feed,
      api,
      (each) => windowOf(stateOf(each), since, now),
      (problem) => unreadable(problem, asked),
    );
    signal.throwIfAborted();
    hauls.push(haul);
    if (haul.error !== null && FOR_ALL.includes(haul.error.code)) break;
  }
  return hauls;
};

const TOO_LONG = "sync_timeout";

/** What stands in the way of every other feed of the key, too. */
const FOR_ALL = ["key_refused", "unreachable", "connection_lost", "tls", "proxy", TOO_LONG];

const notCollected = (credential: StoredCredential): UserError =>
  new UserError(
    "provider_not_collected",
    `This version of aicost cannot collect from ${labelOf(credential)}.`,
    "Install the newest version: npm install -g aicost-cli@latest",
  );

const tooLong = (title: string, ms: number): UserError =>
  new UserError(
    TOO_LONG,
    `${title} took longer than ${ms / 1000} s. What arrived before that is kept.`,
    "Run the command again: it continues from there.",
  );
