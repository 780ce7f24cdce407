import type { StoredCredential } from "../api.js";
import type { Ring } from "./ring.js";

export interface VaultStatus {
  /** Encrypts what is stored from now on; null if there is none yet. */
  key_id: string | null;
  /** Ids of the vault keys before it, the oldest first. */
  older_key_ids: string[];
  credentials: number;
  /** Of these: encrypted with an earlier key. `vault rotate` encrypts them again. */
  to_rotate: number;
  /** Of these: encrypted with a key that this machine does not have. */
  locked: number;
}

export const vaultStatus = (ring: Ring | null, credentials: readonly StoredCredential[]): VaultStatus => {
  const known = ring?.keys.map(({ id }) => id) ?? [];
  const current = ring?.current.id ?? null;
  const usedIds = credentials.map(({ encryption_key_id }) => encryption_key_id);
  return {
    key_id: current,
    older_key_ids: known.filter((id) => id !== current),
    credentials: credentials.length,
    to_rotate: usedIds.filter((id) => id !== current && known.includes(id)).length,
    locked: usedIds.filter((id) => !known.includes(id)).length,
  };
};
