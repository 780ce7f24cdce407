import { join } from "node:path";
import type { SecretsKind } from "../config/config.js";
import { UserError } from "../errors.js";
import { openFiles } from "./files.js";
import { openKeychain } from "./keychain.js";
import type { Secrets } from "./secrets.js";

export interface SecretsOptions {
  /** Called if a person may have to unlock the keychain, and then has a minute; without it, the keychain has 3 s. */
  onUnlock?: (() => void) | undefined;
}

/** @param configDir its folder `secrets` holds the files of the kind `file` */
export const openSecrets = (
  kind: SecretsKind,
  configDir: string,
  { onUnlock }: SecretsOptions = {},
): Secrets => (kind === "file" ? openFiles(join(configDir, "secrets")) : openKeychain({ onUnlock }));

/** The keychain, unless files are asked for. @throws UserError `bad_secrets` */
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
