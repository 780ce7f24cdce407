import type { SecretsKind } from "../config/config.js";

/** A place for secrets, each under a name. Nothing else of the program keeps one. */
export interface Secrets {
  readonly kind: SecretsKind;
  /**
   * @returns null if there is none of that name; a locked keychain may say so too, so if one must be there, null
   * means `lockedOrEmptied`
   * @throws UserError exit 5
   */
  get(name: string): Promise<string | null>;
  /** Keeps a secret, whole or not at all, and reads it back. @throws UserError exit 5 */
  set(name: string, value: string): Promise<void>;
  /** @returns whether one was removed; false also if a locked keychain still holds it. @throws UserError exit 5 */
  remove(name: string): Promise<boolean>;
}
