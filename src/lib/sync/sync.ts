import { askedOf } from "../credentials/asking.js";
import { labelOf } from "../credentials/label.js";
import { opened } from "../credentials/sealing.js";
import { UserError, userErrorOf } from "../errors.js";
import { eachInParallel } from "../system/parallel.js";
import type { Collector, CollectOptions, Feed } from "../providers/collector.js";
import type { Rates } from "../record/rates.js";
import type { Limits } from "../server/http.js";
import { type ApiOptions, openApi, unreadable } from "../server/provider-api.js";
import type { StoredCredential } from "../api.js";
import type { Store } from "../store/store.js";
import { withTimeLimit } from "../system/time-limit.js";
import type { Ring } from "../vault/ring.js";
import { collect, type Haul } from "./collect.js";
import { failureOf, type FeedResult, type KeyResult } from "./result.js";
import { windowOf } from "./window.js";
import { writeHaul } from "./write.js";

/** How many providers are asked at the same time. Of one, a request follows the other. */
const PROVIDERS_AT_ONCE = 4;

const MOST_MS = 10 * 60_000;

export interface SyncOptions {
  userId: string;
  /** The vault keys of this machine. */
  ring: Ring | null;
  collectorOf: (provider: string) => Collector | undefined;
  collectOptions: CollectOptions;
  /** The UTC date to begin with, where the user names one. */
  since: string | undefined;
  dryRun: boolean;
  rates: Rates;
  timezone: string;
  /** Now. */
  now: Date;
  /** Ends it: nothing more is written then. */
  signal: AbortSignal;
  /** How long and how often a request is tried. */
  limits?: Limits;
  /** How long one key may take, in milliseconds; else `MOST_MS`. What came until then is kept. */
  mostMs?: number;
  /** Called with how many keys are done. */
  onProgress: (done: number) => void;
  /** Opens the store for a short while: providers take long, and other commands want to use it. */
  inStore: <Result>(work: (store: Store) => Promise<Result>) => Promise<Result>;
}

/**
 * Collects with each key what was spent since the last time, and writes it. What goes wrong with one key is in its
 * result, and the others go on.
 * @param credentials with their ciphertexts
 * @throws the reason of `signal`
 */
export const sync = async (
  credentials: readonly StoredCredential[],
  options: SyncOptions,
): Promise<KeyResult[]> => {
  const results = new Map<StoredCredential, KeyResult>();
  const inTurn = turns();
  await eachInParallel(byProvider(credentials), PROVIDERS_AT_ONCE, async (group) => {
    for (const credential of group) {
      results.set(credential, await syncKey(credential, inTurn, options));
      options.onProgress(results.size);
    }
  });
  return credentials.flatMap((credential) => results.get(credential) ?? []);
};

/** Runs pieces of work one after the other. */
type InTurn = <Result>(work: () => Promise<Result>) => Promise<Result>;

const turns = (): InTurn => {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
};

/** The keys of each provider. */
const byProvider = (credentials: readonly StoredCredential[]): StoredCredential[][] =>
  [...new Set(credentials.map(({ provider }) => provider))].map((name) =>
    credentials.filter(({ provider }) => provider === name),
  );

const syncKey = async (
  credential: StoredCredential,
  inTurn: InTurn,
  options: SyncOptions,
): Promise<KeyResult> => {
  const { provider, name } = credential;
  const result: KeyResult = { provider, credential: name, feeds: [], error: null };
  try {
    const hauls = await collectWith(credential, options);
    result.feeds = await inTurn(() => {
      options.signal.throwIfAborted();
      return options.inStore((store) => writeAll(store, hauls, credential, options));
    });
  } catch (error) {
    options.signal.throwIfAborted();
    result.error = userErrorOf(error);
  }
  return result;
};

const collectWith = async (credential: StoredCredential, options: SyncOptions): Promise<Haul[]> => {
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
  { collectOptions, since, now, signal }: SyncOptions,
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

const writeAll = async (
  store: Store,
  hauls: readonly Haul[],
  credential: StoredCredential,
  options: SyncOptions,
): Promise<FeedResult[]> => {
  const feeds: FeedResult[] = [];
  for (const haul of hauls) feeds.push(await writeHaul(store, haul, credential, options));
  if (!options.dryRun) await noteStatus(store, credential, feeds);
  return feeds;
};

/** Whether the provider takes the key is known now. */
const noteStatus = async (
  store: Store,
  credential: StoredCredential,
  feeds: readonly FeedResult[],
): Promise<void> => {
  const failure = failureOf({ provider: "", credential: "", feeds: [...feeds], error: null });
  const status = failure === null ? "valid" : failure.code === "key_refused" ? "invalid" : null;
  if (status === null || status === credential.validation_status) return;
  await store.call("change_credential", {
    credential_id: credential.id,
    changes: { validation_status: status },
  });
};

const notCollected = (credential: StoredCredential): UserError =>
  new UserError(
    "provider_not_collected",
    `This version of aicost cannot collect from ${labelOf(credential)}.`,
    "Install the newest version: npm install -g aicost-cli@latest",
  );

const tooLong = (title: string, ms: number): UserError =>
  new UserError(
    TOO_LONG,
    `${title} took longer than ${ms / 1000} s. What came until then is kept.`,
    "Run the command again: it goes on from there.",
  );

/** The exit code of a run: 0 where all went well, else that of the first key that failed; a bug comes first. */
export const exitOf = (results: readonly KeyResult[]): number => {
  const failures = results.flatMap((result) => failureOf(result) ?? []);
  return (failures.find(({ code }) => code === "bug") ?? failures[0])?.exit ?? 0;
};
