import type { StoredCredential } from "../api.js";
import { userErrorOf } from "../errors.js";
import type { Store } from "../store/store.js";
import { eachInParallel } from "../system/parallel.js";
import type { Haul } from "./collect.js";
import { collectWithKey, type CollectKeyOptions } from "./collect-key.js";
import { failureOf, type FeedResult, type KeyResult } from "./result.js";
import { writeHaul, type WriteOptions } from "./write.js";

/** How many providers are asked at the same time. Of one, a request follows the other. */
const PROVIDERS_AT_ONCE = 4;

export interface SyncOptions extends CollectKeyOptions, WriteOptions {
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
  const inStore = sharedOpenings(options.inStore);
  await eachInParallel(byProvider(credentials), PROVIDERS_AT_ONCE, async (group) => {
    for (const credential of group) {
      results.set(credential, await syncKey(credential, { ...options, inStore }));
      options.onProgress(results.size);
    }
  });
  return credentials.flatMap((credential) => results.get(credential) ?? []);
};

interface Waiting {
  /** @returns what settles it once the store is closed */
  run: (store: Store) => Promise<() => void>;
  fail: (error: unknown) => void;
}

/** Pieces of work are done one after the other. Those that come while the store is open share that opening. */
const sharedOpenings = (inStore: SyncOptions["inStore"]): SyncOptions["inStore"] => {
  const waiting: Waiting[] = [];
  let isOpen = false;
  const openOnce = async (): Promise<void> => {
    const begun: Waiting[] = [];
    try {
      const settled = await inStore(async (store) => {
        const settle: (() => void)[] = [];
        for (let next; (next = waiting.shift()) !== undefined;) {
          begun.push(next);
          settle.push(await next.run(store));
        }
        return settle;
      });
      for (const settle of settled) settle();
    } catch (error) {
      // If it could not be opened, that is so for all that wait for it.
      for (const { fail } of begun.length > 0 ? begun : waiting.splice(0)) fail(error);
    }
  };
  const openUntilDone = async (): Promise<void> => {
    isOpen = true;
    while (waiting.length > 0) await openOnce();
    isOpen = false;
  };
  return (work) =>
    new Promise((resolve, reject) => {
      const run: Waiting["run"] = async (store) => {
        const working = work(store);
        await working.catch(() => undefined);
        return () => void working.then(resolve, reject);
      };
      waiting.push({ run, fail: reject });
      if (!isOpen) void openUntilDone();
    });
};

/** The keys of each provider. */
const byProvider = (credentials: readonly StoredCredential[]): StoredCredential[][] =>
  [...new Set(credentials.map(({ provider }) => provider))].map((name) =>
    credentials.filter(({ provider }) => provider === name),
  );

const syncKey = async (credential: StoredCredential, options: SyncOptions): Promise<KeyResult> => {
  const { provider, name } = credential;
  const result: KeyResult = { provider, credential: name, feeds: [], error: null };
  try {
    const hauls = await collectWithKey(credential, options);
    options.signal.throwIfAborted();
    result.feeds = await options.inStore(async (store) => {
      options.signal.throwIfAborted();
      return writeAll(store, hauls, credential, options);
    });
  } catch (error) {
    options.signal.throwIfAborted();
    result.error = userErrorOf(error);
  }
  return result;
};

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

/** The exit code of a run: 0 if all went well, else that of the first key that failed; a bug comes first. */
export const exitOf = (results: readonly KeyResult[]): number => {
  const failures = results.flatMap((result) => failureOf(result) ?? []);
  return (failures.find(({ code }) => code === "bug") ?? failures[0])?.exit ?? 0;
};
