import { randomBytes } from "node:crypto";
import { UserError } from "../errors.js";
import { jsonIn, objectOr } from "../system/json.js";
import { Hidden } from "../secrets/hidden.js";

export interface VaultKey {
  /** Such as v-2026-11-27-3f9a1c: the day it was made, in UTC, and what tells it from others of that day. */
  readonly id: string;
  /** 32 random bytes in base64url. */
  readonly secret: Hidden;
}

/** Older keys stay, for what was encrypted with them. */
export interface Ring {
  /** The last of `keys`, which encrypts from now on. */
  readonly current: VaultKey;
  /** The newest comes last. */
  readonly keys: readonly VaultKey[];
}

const VERSION = 1;

const KEY_BYTES = 32;

export const newKey = (): VaultKey => ({
  id: `v-${new Date().toISOString().slice(0, 10)}-${randomBytes(3).toString("hex")}`,
  secret: new Hidden(randomBytes(KEY_BYTES).toString("base64url")),
});

/** `key` becomes the current one. @param ring null for the first key */
export const ringWith = (ring: Ring | null, key: VaultKey): Ring => {
  const keys = ring?.keys ?? [];
  if (keys.some(({ id }) => id === key.id)) throw new Error(`There is a vault key ${key.id} already.`);
  return { current: key, keys: [...keys, key] };
};

/**
 * The current key of the other ring becomes the current one if it is new here; if it is known, it is this ring's own or
 * an older one, and so are all keys before it. @returns `ring` itself if nothing is new. @throws `vault_conflict`
 */
export const mergedRing = (ring: Ring | null, other: Ring): Ring => {
  if (ring === null) return other;
  const isNew = (key: VaultKey): boolean => !isIn(ring, key);
  const added = other.keys.filter(isNew);
  if (added.length === 0) return ring;
  return isNew(other.current)
    ? { current: other.current, keys: [...ring.keys, ...added] }
    : { current: ring.current, keys: [...added, ...ring.keys] };
};

/** It is secret. */
export const textOf = ({ keys }: Ring): string =>
  JSON.stringify({
    aicost_vault: VERSION,
    keys: keys.map(({ id, secret }) => ({ id, secret: secret.reveal() })),
  });

/** Null for any other text. */
export const ringIn = (text: string): Ring | null => {
  const { aicost_vault: version, keys } = objectOr(jsonIn(text));
  if (version !== VERSION || !Array.isArray(keys) || !keys.every(isKeyText)) return null;
  if (new Set(keys.map(({ id }) => id)).size < keys.length) return null;
  const ring = keys.map(({ id, secret }): VaultKey => ({ id, secret: new Hidden(secret) }));
  const current = ring.at(-1);
  return current === undefined ? null : { current, keys: ring };
};

/** @throws UserError if it holds another key of that id: what each of them encrypted could not be told apart */
const isIn = ({ keys }: Ring, { id, secret }: VaultKey): boolean => {
  const own = keys.find((key) => key.id === id);
  if (own === undefined || own.secret.reveal() === secret.reveal()) return own !== undefined;
  throw new UserError(
    "vault_conflict",
    `The vault key ${id} here differs from the one in the file, so nothing was changed.`,
    "Export the vault again on the machine that has the right one: aicost vault export FILE",
  );
};

const isKeyText = (key: unknown): key is { id: string; secret: string } => {
  const { id, secret } = (key ?? {}) as Record<string, unknown>;
  return typeof id === "string" && ID.test(id) && typeof secret === "string" && isSecret(secret);
};

const ID = /^v-\d{4}-\d\d-\d\d-[0-9a-f]{6,32}$/;

const isSecret = (text: string): boolean => {
  const bytes = Buffer.from(text, "base64url");
  return bytes.length === KEY_BYTES && bytes.toString("base64url") === text;
};
