import { UserError } from "../errors.js";
import type { Hidden } from "../secrets/hidden.js";
import type { StoredCredential } from "../api.js";
import { openKey, sealKey, type Binding } from "../vault/seal.js";
import type { Ring, VaultKey } from "../vault/ring.js";
import type { Vault } from "../vault/vault.js";
import { argsOf, labelOf } from "./label.js";

/** What its key is bound to: of another row, user, provider or address it does not open. */
export type Bound = Pick<StoredCredential, "id" | "provider" | "metadata">;

/**
 * Asks before a person must: can a key be encrypted? Makes nothing. @param credentials all of the user's
 * @throws UserError `vault_key_missing` if another machine has encrypted some
 */
export const usableRing = async (
  vault: Vault,
  credentials: readonly StoredCredential[],
): Promise<Ring | null> => {
  const ring = await vault.ring();
  const [other] = credentials;
  if (ring === null && other !== undefined) throw missing(other, ring);
  return ring;
};

/** The vault key that a key is encrypted with from now on; the first one is made if nothing is encrypted yet. */
export const currentKey = async (vault: Vault, credentials: readonly StoredCredential[]): Promise<VaultKey> =>
  ((await usableRing(vault, credentials)) ?? (await vault.create())).current;

export const sealed = async (key: Hidden, vaultKey: VaultKey, userId: string, bound: Bound) => ({
  encrypted_api_key: await sealKey(key, vaultKey, bindingOf(userId, bound)),
  encryption_key_id: vaultKey.id,
});

/** @param credential read with its ciphertext. @throws UserError `vault_key_missing` */
export const opened = async (
  ring: Ring | null,
  userId: string,
  credential: StoredCredential,
): Promise<Hidden> => {
  const vaultKey = ring?.keys.find(({ id }) => id === credential.encryption_key_id);
  if (vaultKey === undefined) throw missing(credential, ring);
  return openKey(credential.encrypted_api_key ?? "", vaultKey, bindingOf(userId, credential), {
    label: labelOf(credential),
    args: argsOf(credential),
  });
};

/**
 * Only the ciphertext proves that the address was not changed; without the proof a key that is entered again could go
 * to an attacker. @throws UserError `base_url_unproven`
 */
export const provenBaseUrl = async (
  ring: Ring | null,
  userId: string,
  credential: StoredCredential,
): Promise<string | undefined> => {
  const { base_url } = credential.metadata;
  if (base_url === undefined) return undefined;
  try {
    await opened(ring, userId, credential);
    return base_url;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw unproven(credential, base_url);
  }
};

const bindingOf = (userId: string, { id, provider, metadata }: Bound): Binding => ({
  user_id: userId,
  credential_id: id,
  provider,
  base_url: metadata.base_url ?? null,
});

/** @param ring what this machine has instead; null for no vault at all */
const missing = (credential: StoredCredential, ring: Ring | null): UserError =>
  new UserError(
    "vault_key_missing",
    `The key of ${labelOf(credential)} was encrypted with the vault key ${credential.encryption_key_id}, which this machine does not have.`,
    [
      "Bring it from the machine that has it: aicost vault export FILE there, aicost vault import FILE here.",
      ring === null
        ? "If it is lost for good, create a new vault with: aicost vault reset"
        : `If it is lost for good, enter the key again: aicost credentials rotate ${argsOf(credential)}`,
    ].join("\n"),
  );

const unproven = (credential: StoredCredential, base_url: string): UserError =>
  new UserError(
    "base_url_unproven",
    `The key of ${labelOf(credential)} does not open, so the address it is sent to may have been changed: ${base_url}`,
    `Say where to send the new one: aicost credentials rotate ${argsOf(credential)} --base-url URL`,
  );
