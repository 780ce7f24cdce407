import { tryOut } from "../auth/keeping.js";
import { changeConfig, readConfig, type SecretsKind } from "../config/config.js";
import { UserError } from "../errors.js";
import type { Lock } from "../system/lock.js";
import { lockInConfig } from "../config/lock-in-config.js";
import type { Secrets } from "../secrets/secrets.js";
import { chosenSecrets, openSecrets } from "../secrets/index.js";
import type { SessionPlace } from "../auth/session.js";
import { mergedRing, newKey, type Ring, ringIn, ringWith, textOf } from "./ring.js";

/**
 * A vault that was kept and is not found is never replaced by a new one, which could decrypt nothing.
 * Methods throw UserError exit 5: `vault_locked`, `vault_busy`, and what the place for secrets and the config throw.
 */
export interface Vault {
  /** @returns null only if there never was one on this machine */
  ring(): Promise<Ring | null>;
  /** Makes the first key if there is none. */
  create(): Promise<Ring>;
  addKey(): Promise<Ring>;
  /** Makes a first key in place of a vault that is lost for good. @throws UserError `vault_not_lost` */
  beginAnew(): Promise<Ring>;
  /** Adds the keys of an import; it brings back a vault that was lost, too. */
  merge(ring: Ring): Promise<Ring>;
}

export interface VaultPlace extends SessionPlace {
  userId: string;
  /** Decides where a first key is kept. */
  env: { AICOST_SECRETS?: string | undefined };
}

/** Nothing is read before a method is called. */
export const openVault = (place: VaultPlace): Vault => {
  return {
    async ring() {
      const found = await lookUp(place);
      if (found.ring !== null) remember(place, found);
      return ringOf(found);
    },
    create: () => change(place, (found) => ringOf(found) ?? ringWith(null, newKey())),
    addKey: () => change(place, (found) => ringWith(ringOf(found), newKey())),
    beginAnew: () => change(place, (found) => ringWith(mustBeLost(found.ring), newKey())),
    merge: (other) => change(place, (found) => mergedRing(found.ring, other)),
  };
};

interface Found {
  /** Where it is kept, or is to be. */
  secrets: Secrets;
  isRecorded: boolean;
  ring: Ring | null;
  /** It was kept, but cannot be read. */
  isLost: boolean;
}

const lookUp = async ({ userId, configDir, env, onUnlock }: VaultPlace): Promise<Found> => {
  const kept = readConfig(configDir).vaults?.[userId]?.kept;
  const secrets = openSecrets(kept ?? chosenSecrets(env), configDir, { onUnlock });
  const text = await certainText(secrets, secretName(userId));
  const ring = ringIn(text ?? "");
  const isRecorded = kept !== undefined;
  return { secrets, isRecorded, ring, isLost: ring === null && (isRecorded || text !== null) };
};

/** A locked keychain says null of what it holds. It takes no secret either, so by a trial it is opened, or refuses. */
const certainText = async (secrets: Secrets, name: string): Promise<string | null> => {
  const text = await textIn(secrets, name);
  if (text !== null || secrets.kind === "file") return text;
  await tryOut(secrets);
  return textIn(secrets, name);
};

/** A secret that lost a part is empty. */
const textIn = async (secrets: Secrets, name: string): Promise<string | null> => {
  try {
    return await secrets.get(name);
  } catch (error) {
    if (error instanceof UserError && error.code === "secret_missing") return "";
    throw error;
  }
};

const ringOf = ({ ring, isLost, secrets }: Found): Ring | null => {
  if (isLost) throw lost(secrets.kind);
  return ring;
};

const change = async (place: VaultPlace, changed: (found: Found) => Ring): Promise<Ring> => {
  const lock = await lockVault(place);
  try {
    const found = await lookUp(place);
    const ring = changed(found);
    if (ring !== found.ring) await found.secrets.set(secretName(place.userId), textOf(ring));
    remember(place, found);
    return ring;
  } finally {
    lock.release();
  }
};

/** Notes where the vault is kept. It is there by then: a note without a vault would count as a lost vault. */
const remember = ({ configDir, userId }: VaultPlace, { secrets, isRecorded }: Found): void => {
  if (isRecorded) return;
  changeConfig(configDir, (config) => {
    config.vaults = { [userId]: { kept: secrets.kind }, ...config.vaults };
  });
};

const lockVault = ({ userId, configDir, command, waitMs }: VaultPlace): Promise<Lock> => {
  const inUse = (holder: string) =>
    new UserError(
      "vault_busy",
      `The vault is in use by ${holder}.`,
      "Try again, or wait longer: AICOST_WAIT=120",
    );
  const name = `${encodeURIComponent(secretName(userId))}.lock`;
  return lockInConfig(name, { configDir, command, waitMs, inUse });
};

/** Null, or an error: what is there encrypts, and is not thrown away. */
const mustBeLost = (ring: Ring | null): null => {
  if (ring === null) return null;
  throw new UserError(
    "vault_not_lost",
    `The vault key ${ring.current.id} is there, so there is nothing to reset.`,
    "A new vault key for all stored keys is made with: aicost vault rotate",
  );
};

export const secretName = (userId: string): string => `vault-${userId}`;

const IMPORT = "bring it back from another machine or an export with: aicost vault import FILE";

const RESET = "If it is lost for good, create a new vault with: aicost vault reset";

const lost = (kind: SecretsKind): UserError =>
  kind === "keychain"
    ? new UserError(
        "vault_locked",
        "The keychain does not return the vault key: it is locked, or was emptied.",
        `Unlock the keychain and try again, or ${IMPORT}\n${RESET}`,
      )
    : new UserError(
        "vault_locked",
        "The file with the vault key is gone, or damaged.",
        `Put it back, or ${IMPORT}\n${RESET}`,
      );
