import { inspect } from "node:util";
import { expect } from "vitest";
import { UserError } from "../../src/lib/errors.js";
import { Hidden } from "../../src/lib/secrets/hidden.js";
import type { Ring } from "../../src/lib/vault/ring.js";
import { openVault, type Vault, type VaultPlace } from "../../src/lib/vault/vault.js";
import type { Home } from "../support/cli.js";

export const USER = "5a1f7a52-7f0b-4c57-9d6f-6e1a2a0f5a11";

/** No provider has ever given out this one. */
export const API_KEY = "sk-ant-admin01-naïve-key-for-tests";

/** The vault of a user whose secrets are kept in files. */
export const vaultIn = ({ configDir }: Home, other: Partial<VaultPlace> = {}): Vault =>
  openVault({
    userId: USER,
    configDir,
    command: "test",
    waitMs: 10_000,
    env: { AICOST_SECRETS: "file" },
    ...other,
  });

/** Ids and secrets of a ring, which does not show them by itself. */
export const contentOf = ({ current, keys }: Ring) => ({
  current: current.id,
  keys: keys.map(({ id, secret }) => [id, secret.reveal()]),
});

/** @returns the error that was thrown. @throws if it is no `UserError`, or there is none */
export const errorOf = async (work: Promise<unknown>): Promise<UserError> => {
  const thrown: unknown = await work.then(
    () => new Error("Nothing was thrown."),
    (error: unknown) => error,
  );
  if (thrown instanceof UserError) return thrown;
  throw thrown;
};

/** Expects that an error shows nothing of a secret, however it is printed. */
export const expectSilent = (error: UserError, secrets: readonly (Hidden | string)[]): void => {
  const { message, hint, details, cause, stack } = error;
  const shown = [
    inspect(error, { depth: Infinity, showHidden: true }),
    JSON.stringify({ error, message, hint, details, cause, stack }),
  ].join("\n");
  for (const secret of secrets) {
    const text = secret instanceof Hidden ? secret.reveal() : secret;
    for (let at = 0; at + PIECE <= text.length; at += 1) {
      expect(shown).not.toContain(text.slice(at, at + PIECE));
    }
  }
};

/** Characters of a secret that are no coincidence. */
const PIECE = 8;
