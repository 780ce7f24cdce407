import { type UserError, unavailable } from "../errors.js";
import type { Hidden } from "../hidden.js";
import type { StoredCredential } from "../store/store.js";
import { openKey, sealKey, type Binding } from "../vault/seal.js";
import type { Ring, VaultKey } from "../vault/ring.js";
import type { Vault } from "../vault/vault.js";
import { argsOf, labelOf } from "./label.js";

/** What its key is bound to: of another row, user, provider or address it does not open. */
export type Bound = Pick<StoredCredential, "id" | "provider" | "metadata">;

/**
 * The vault key that a key is encrypted with from now on; the first one is made where nothing is encrypted yet.
 * @param credentials all of the user's
 * @throws UserError `vault_key_missing` where another machine has encrypted some, and what the vault throws
 */
export const currentKey = async (
  vault: Vault,
  credentials: readonly StoredCredential[],
): Promise<VaultKey> => {
  const ring = await vault.ring();
  if (ring !== null) return ring.current;
  const [other] = credentials;
  if (other !== undefined) throw missing(other);
  return (await vault.create()).current;
};

/** Encrypts a key for its row. @returns the columns that hold it */
export const sealed = async (key: Hidden, vaultKey: VaultKey, userId: string, bound: Bound) => ({
  encrypted_api_key: await sealKey(key, vaultKey, bindingOf(userId, bound)),
  encryption_key_id: vaultKey.id,
});

/**
 * Decrypts the key of a credential that was read with its ciphertext.
 * @param ring the vault keys of this machine
 * @throws UserError `vault_key_missing`, `credential_damaged`
 */
export const opened = async (
  ring: Ring | null,
  userId: string,
  credential: StoredCredential,
): Promise<Hidden> => {
  const vaultKey = ring?.keys.find(({ id }) => id === credential.encryption_key_id);
  if (vaultKey === undefined) throw missing(credential);
  return openKey(credential.encrypted_api_key ?? "", vaultKey, bindingOf(userId, credential), {
    label: labelOf(credential),
    args: argsOf(credential),
  });
};

const bindingOf = (userId: string, { id, provider, metadata }: Bound): Binding => ({
  user_id: userId,
  credential_id: id,
  provider,
  base_url: metadata.base_url ?? null,
});

const missing = (credential: StoredCredential): UserError =>
  unavailable(
    "vault_key_missing",
    `The key of ${labelOf(credential)} was encrypted with the vault key ${credential.encryption_key_id}, which this machine does not have.`,
    [
      "Bring it from the machine that has it: aicost vault export FILE there, aicost vault import FILE here.",
      "If it is lost for good, begin a new vault with: aicost vault reset",
    ].join("\n"),
  );
