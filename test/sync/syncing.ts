import { randomUUID } from "node:crypto";
import { onTestFinished } from "vitest";
import { DEFAULT_NAME } from "../../src/lib/credentials/label.js";
import { sealed } from "../../src/lib/credentials/sealing.js";
import { Hidden } from "../../src/lib/secrets/hidden.js";
import { plain, sum } from "../../src/lib/money.js";
import type { Collector, KeyCheck } from "../../src/lib/providers/collector.js";
import { collectorOf } from "../../src/lib/providers/collectors.js";
import type { Limits } from "../../src/lib/server/http.js";
import type { StoredRecord } from "../../src/lib/api.js";
import type { Store } from "../../src/lib/store/store.js";
import { type KeyResult, syncJson, type SyncJson } from "../../src/lib/sync/result.js";
import { sync, type SyncOptions } from "../../src/lib/sync/sync.js";
import { newKey, ringWith } from "../../src/lib/vault/ring.js";
import { openHome } from "../support/open-database.js";
import { newHome } from "../support/cli.js";
import { storedMetadata } from "../support/records.js";
import { type Replay, type ReplayServer, startReplay } from "../support/replay.js";

const QUICK: Limits = { tries: 2, tryMs: 5000, lastTryMs: 5000, pauseMs: 2, askedMs: 1500 };

/** Noon of the day after the last one of the fixtures. */
export const NOW = new Date("2026-11-22T12:00:00Z");

/** What a stored key is, unless a test says otherwise. */
export interface Key {
  name?: string;
  account?: KeyCheck["account"];
  facts?: KeyCheck["facts"];
  /** Below the address of the server. */
  path?: string;
}

/** Somebody's database, the providers whose keys are in it, and their spend. */
export interface Syncing {
  store: Store;
  /** Stores a key of a provider that answers so. @returns the provider's server */
  add: (provider: string, key: string, replay: Replay, more?: Key) => Promise<ReplayServer>;
  run: (options?: Partial<SyncOptions>) => Promise<SyncJson[]>;
  /** As `run`, for one key. */
  runOne: (options?: Partial<SyncOptions>) => Promise<SyncJson>;
  records: (provider?: string) => Promise<StoredRecord[]>;
  /** What the records cost in all, exactly. */
  cost: (provider?: string) => Promise<string>;
}

/** A new embedded database; it is gone when the test is over. */
export const startSyncing = async (): Promise<Syncing> => {
  const store = await openHome(newHome());
  onTestFinished(() => store.close());
  return syncingIn(store);
};

export const syncingIn = (store: Store): Syncing => {
  const ring = ringWith(null, newKey());

  const add: Syncing["add"] = async (provider, key, replay, more = {}) => {
    const server = await startReplay(replay);
    const { name = DEFAULT_NAME, account = null, facts = {}, path = "" } = more;
    const { user_id } = await store.call("list_credentials", {});
    const metadata = storedMetadata({
      account: account ?? name,
      account_known: account !== null,
      base_url: `${server.url}${path}`,
      facts,
    });
    const bound = { id: randomUUID(), provider, metadata };
    const columns = await sealed(new Hidden(key), ring.current, user_id, bound);
    await store.call("add_credential", {
      credential: { ...bound, ...columns, name, validation_status: "pending" },
    });
    return server;
  };

  const run: Syncing["run"] = async (options = {}) => {
    const { user_id, credentials } = await store.call("list_credentials", { with_keys: true });
    const { timezone } = await store.call("get_preferences", {});
    const results: KeyResult[] = await sync(credentials, {
      userId: user_id,
      ring,
      collectorOf: (provider): Collector | undefined => collectorOf(provider),
      collectOptions: { anthropicApi: "classic", claudeCode: false },
      since: undefined,
      dryRun: false,
      rates: {},
      timezone,
      now: NOW,
      signal: new AbortController().signal,
      limits: QUICK,
      onProgress: () => undefined,
      inStore: (work) => work(store),
      ...options,
    });
    return results.map(syncJson);
  };

  const records: Syncing["records"] = async (provider) => {
    const filters = { max_rows: 1000, ...(provider === undefined ? {} : { provider }) };
    return (await store.call("list_cost_records", { filters })).records;
  };

  return {
    store,
    add,
    run,
    runOne: async (options) => {
      const [only, ...others] = await run(options);
      if (only === undefined || others.length > 0) throw new Error("There is not one key.");
      return only;
    },
    records,
    cost: async (provider) => plain(sum((await records(provider)).map(({ cost_usd }) => cost_usd))),
  };
};
