import { join } from "node:path";
import type { SecretsKind } from "../config/config.js";
import { UserError } from "../errors.js";
import { openFiles } from "./files.js";
import { openKeychain } from "./keychain.js";
import type { Secrets } from "./secrets.js";

export interface SecretsOptions {
  /**
   * Called if the keychain does not answer at once: it may be asking a person to unlock it. With it, the wait is a minute;
   * without it there is no person to unlock anything, and three seconds must do.
   */
  onUnlock?: (() => void) | undefined;
}

/** Opens a place for secrets. @param configDir its folder `secrets` holds the files of the kind `file` */
export const openSecrets = (
  kind: SecretsKind,
  configDir: string,
  { onUnlock }: SecretsOptions = {},
): Secrets => (kind === "file" ? openFiles(join(configDir, "secrets")) : openKeychain({ onUnlock }));

/** Where new secrets go: the keychain, unless files are asked for. @throws UserError `bad_secrets` */
export const chosenSecrets = ({
  AICOST_SECRETS: kind,
}: {
  AICOST_SECRETS?: string | undefined;
}): SecretsKind => {
  if (kind === undefined || kind === "") return "keychain";
  if (kind === "keychain" || kind === "file") return kind;
  throw new UserError(
    "bad_secrets",
    `AICOST_SECRETS=${kind} is not a place for secrets.`,
    "Use AICOST_SECRETS=keychain, or AICOST_SECRETS=file for a file that only you can read.",
  );
};

/** To be thrown if a stored session is not found, or not removed. */
export const lockedOrEmptied = (kind: SecretsKind, profile: string) =>
  kind === "keychain"
    ? new UserError(
        "secret_missing",
        "The keychain does not return the session: it is locked, or was emptied.",
        `Unlock the keychain and try again, or sign in again with: aicost login --profile ${profile}`,
      )
    : new UserError(
        "secret_missing",
        "The file with the session is gone, or damaged.",
        `Sign in again with: aicost login --profile ${profile}`,
      );
