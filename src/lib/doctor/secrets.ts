import type { Profile } from "../config/profiles.js";
import { readConfig, type SecretsKind } from "../config/config.js";
import { UserError } from "../errors.js";
import { chosenSecrets, openSecrets } from "../secrets/index.js";
import { secretName as sessionName } from "../auth/session.js";
import { secretName as vaultName } from "../vault/vault.js";
import { LOCAL_USER } from "../store/user-call.js";
import { type Check, ok, type Setup, wrong } from "./check.js";

interface Kept {
  what: string;
  kept: SecretsKind;
  /** Of the secret. */
  name: string;
}

/** Where the session and the vault key are. Files are read; a keychain is not opened, because it might ask. */
export const secrets: Check = {
  name: "secrets",
  async look(setup) {
    const profile = setup.profile();
    const all = keptBy(setup, profile);
    for (const secret of all) {
      const problem = await problemOf(secret, setup.configDir, profile);
      if (problem !== null) return problem;
    }
    if (all.length === 0) return ok(`none yet; they will be in ${PLACES[chosenSecrets(setup.env)]}`);
    return ok(all.map(({ what, kept }) => `${what} in ${PLACES[kept]}`).join(", ") + notOpened(all));
  },
};

const keptBy = ({ configDir }: Setup, profile: Profile): Kept[] => {
  const session =
    profile.kind === "hosted" && profile.token === undefined ? profile.saved?.session : undefined;
  const user = session?.user_id ?? (profile.kind === "embedded" ? LOCAL_USER : "");
  const vault = readConfig(configDir).vaults?.[user];
  return [
    ...(session === undefined
      ? []
      : [{ what: "session", kept: session.kept, name: sessionName(session.id) }]),
    ...(vault === undefined ? [] : [{ what: "vault key", kept: vault.kept, name: vaultName(user) }]),
  ];
};

const problemOf = async ({ what, kept, name }: Kept, configDir: string, profile: Profile) => {
  if (kept === "keychain") return null;
  try {
    if ((await openSecrets(kept, configDir).get(name)) !== null) return null;
  } catch (error) {
    if (error instanceof UserError) return wrong(error.message, error.hint ?? null);
    throw error;
  }
  const back = what === "session" ? `aicost login --profile ${profile.name}` : "aicost vault import FILE";
  return wrong(`the file with the ${what} is gone`, back);
};

const PLACES: Record<SecretsKind, string> = {
  file: "a file that only you can read",
  keychain: "the keychain",
};

const notOpened = (all: readonly Kept[]): string =>
  all.some(({ kept }) => kept === "keychain") ? ", which was not opened" : "";
