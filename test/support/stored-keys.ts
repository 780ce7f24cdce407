import { randomUUID } from "node:crypto";
import path from "node:path";
import { sealed } from "../../src/lib/credentials/sealing.js";
import { Hidden } from "../../src/lib/secrets/hidden.js";
import { LOCAL_USER } from "../../src/lib/store/user-call.js";
import type { CredentialMetadata, StoredCredential } from "../../src/lib/api.js";
import type { Store } from "../../src/lib/store/store.js";
import type { VaultKey } from "../../src/lib/vault/ring.js";
import { openVault, type Vault } from "../../src/lib/vault/vault.js";
import { errorOf, type Home, type Outcome, runWords } from "./cli.js";
import { openHome } from "./open-database.js";

/** A key that is stored without a command. */
export interface Kept extends Partial<Pick<StoredCredential, "name" | "is_active" | "validation_status">> {
  provider: string;
  key: string;
  metadata?: Partial<CredentialMetadata>;
  /** Feeds that were collected with it. */
  feeds?: string[];
  /** What it is encrypted with, if not with the current vault key. */
  by?: VaultKey;
}

/** The vault of a home, in a file. */
export const vaultOf = ({ configDir }: Home): Vault =>
  openVault({
    userId: LOCAL_USER,
    configDir,
    command: "test",
    waitMs: 10_000,
    env: { AICOST_SECRETS: "file" },
  });

/** The file that the vault of a home is kept in. */
export const vaultFile = ({ configDir }: Home): string =>
  path.join(configDir, "secrets", `vault-${LOCAL_USER}.secret`);

/** Works on the database of a home as a command does. */
export const inStore = async <Result>(
  home: Home,
  work: (store: Store) => Promise<Result>,
): Promise<Result> => {
  const store = await openHome(home, { waitMs: 10_000 });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
};

/** Stores keys as `aicost credentials add` does, without asking their providers. */
export const keep = async (home: Home, ...keys: readonly Kept[]): Promise<void> => {
  const { current } = await vaultOf(home).create();
  await inStore(home, async (store) => {
    for (const kept of keys) await keepOne(store, kept, kept.by ?? current);
  });
};

const keepOne = async (
  store: Store,
  { provider, key, metadata, feeds = [], name = "default", is_active = true, ...kept }: Kept,
  by: VaultKey,
): Promise<void> => {
  const bound = { id: randomUUID(), provider, metadata: { ...metadataOf(key, name), ...metadata } };
  const { validation_status = "valid" } = kept;
  const columns = await sealed(new Hidden(key), by, LOCAL_USER, bound);
  await store.call("add_credential", { credential: { ...bound, ...columns, name, validation_status } });
  if (!is_active) await store.call("change_credential", { credential_id: bound.id, changes: { is_active } });
  for (const feed of feeds) {
    const state = { feed, complete_through: "2026-11-20", memory: null };
    await store.call("save_sync_state", { credential_id: bound.id, ...state });
  }
};

const metadataOf = (key: string, name: string): CredentialMetadata => ({
  masked: `…${key.slice(-4)}`,
  key_set_at: new Date().toISOString(),
  account: name,
  account_known: false,
  facts: {},
});

/** All that is stored of keys, with their ciphertexts, and what happened to them. */
export const stored = (home: Home) =>
  inStore(home, async (store) => ({
    ...(await store.call("list_credentials", { with_keys: true })),
    log: (await store.call("list_audit_log", { max_rows: 1000 })).entries,
  }));

/** How a command refuses something under `--json`, with its exit code. @throws if it succeeds */
export const refusedWith = async (
  argv: readonly string[],
  home: Home,
  input = "",
): Promise<ReturnType<typeof errorOf> & Pick<Outcome, "exit" | "stderr">> => {
  const outcome = await runWords([...argv, "--json"], home, { input });
  return { exit: outcome.exit, stderr: outcome.stderr, ...errorOf(outcome) };
};
