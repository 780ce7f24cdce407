import type { SecretsKind } from "../config/config.js";

/** A place for secrets, each under a name. Nothing else of the program keeps one. */
export interface Secrets {
  readonly kind: SecretsKind;
  /** Null may also mean a locked keychain: `lockedOrEmptied`, if there must be one. @throws UserError exit 5 */
  get(name: string): Promise<string | null>;
  /** Whole or not at all, and reads it back. @throws UserError exit 5 */
  set(name: string, value: string): Promise<void>;
  /** @returns whether one was removed; false also if a locked keychain still holds it. @throws UserError exit 5 */
  remove(name: string): Promise<boolean>;
}
