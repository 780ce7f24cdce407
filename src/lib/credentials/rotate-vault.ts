import type { StoredCredential } from "../api.js";
import type { Store } from "../store/store.js";
import type { VaultKey } from "../vault/ring.js";
import type { Vault } from "../vault/vault.js";
import { opened, sealed } from "./sealing.js";

export interface Rotation {
  key_id: string;
  rotated: number;
  /** This run completed a rotation that was cut short, without a new vault key. */
  resumed: boolean;
}

/**
 * Continues a rotation that was cut short. Each key is replaced by itself, so wherever this ends, all of them can be
 * read, and the next time it goes on from there. @param credentials all of the user's, with their ciphertexts
 */
export const rotateVault = async (
  vault: Vault,
  userId: string,
  credentials: readonly StoredCredential[],
  inStore: <Result>(work: (store: Store) => Promise<Result>) => Promise<Result>,
): Promise<Rotation> => {
  const before = await vault.ring();
  const keys = new Map(
    await Promise.all(credentials.map(async (each) => [each, await opened(before, userId, each)] as const)),
  );
  const isBehind = (key: VaultKey) => (each: StoredCredential) => each.encryption_key_id !== key.id;
  const resumed = before !== null && credentials.some(isBehind(before.current));
  const { current } = resumed ? before : await vault.addKey();
  const behind = [...keys].filter(([each]) => isBehind(current)(each));
  await inStore(async (store) => {
    for (const [each, key] of behind) {
      await store.call("change_credential", {
        credential_id: each.id,
        changes: {
          ...(await sealed(key, current, userId, each)),
          ...(each.encrypted_api_key === undefined ? {} : { expected_key: each.encrypted_api_key }),
        },
      });
    }
  });
  return { key_id: current.id, rotated: behind.length, resumed };
};
