import { type Config, readConfig } from "../config/config.js";
import { UserError } from "../errors.js";
import {
  FIRST_HOSTED,
  LOCAL,
  type ProfileEnvironment,
  profileName,
  type Project,
  projectUrl,
  savedProfile,
} from "../config/profiles.js";
import { ask, canAsk, type Question, refusedBy } from "../terminal/prompt.js";
import type { Secrets } from "../secrets/secrets.js";
import { chosenSecrets, openSecrets } from "../secrets/index.js";
import type { SessionPlace } from "./session.js";
import type { AuthSettings } from "./answers.js";
import { rememberProject, tryOut } from "./keeping.js";
import { isShownBy } from "../config/web-address.js";
import { keyProblem, publishableKey } from "../config/publishable-key.js";
import { type AuthServer, openAuth } from "./server.js";

export interface SignInFlags {
  profile?: string | undefined;
  url?: string | undefined;
  key?: string | undefined;
  email?: string | undefined;
  "password-stdin": boolean;
}

/** The project is there and knows the key, and the session can be kept. */
export interface Target {
  profile: string;
  project: Project;
  auth: AuthServer;
  settings: AuthSettings;
  secrets: Secrets;
  /** In the profile; to be offered again. */
  lastEmail: string | undefined;
}

interface TargetEnvironment extends ProfileEnvironment {
  AICOST_SECRETS?: string | undefined;
}

/**
 * Asks for what flags, environment and config file lack, and proves it, so that no password is typed in vain.
 * @param lacking missing flags besides those of the project, named by the error `flags_missing` if there is no terminal;
 * it is given the e-mail address that the profile was used with last
 * @param tell says which project an address stands for that does not show it
 */
export const openTarget = async <Flags extends SignInFlags>(
  flags: Flags,
  lacking: (flags: Flags, lastEmail: string | undefined) => readonly string[],
  env: TargetEnvironment,
  place: SessionPlace,
  tell: (text: string) => void,
): Promise<Target> => {
  const config = readConfig(place.configDir);
  const profile = hostedName(config, flags.profile, env);
  const known = knownProject(config, profile, flags, env);
  const saved = savedProfile(config, profile);
  // Of another project, it would be the address of somebody else.
  const lastEmail =
    known.url === undefined || known.url === saved?.url
      ? (saved?.session?.email ?? saved?.last_email)
      : undefined;
  const missing = lacking(flags, lastEmail);
  const { project, typed } = await completeProject(known, missing, place.command);
  const given = typed ?? flags.url ?? (env.AICOST_SUPABASE_URL || undefined);
  // Before a key or a password goes there.
  if (given !== undefined && !isShownBy(project.url, given))
    tell(`The address of the project: ${project.url}`);
  const auth = openAuth(project, profile);
  const settings = await auth.settings();
  const secrets = openSecrets(chosenSecrets(env), place.configDir, place);
  await tryOut(secrets);
  rememberProject(place.configDir, profile, project);
  return { profile, project, auth, settings, secrets, lastEmail };
};

const hostedName = (config: Config, flag: string | undefined, env: ProfileEnvironment): string => {
  const { name, asked } = profileName(config, flag, env);
  if (name !== LOCAL) return name;
  if (!asked) return FIRST_HOSTED;
  throw new UserError(
    "profile_local",
    "The profile local is the embedded database, which needs no sign-in.",
    `Use another name, or none: aicost login --profile ${FIRST_HOSTED}`,
  );
};

const knownProject = (
  config: Config,
  profile: string,
  flags: SignInFlags,
  env: ProfileEnvironment,
): { [Part in keyof Project]: string | undefined } => {
  const saved = savedProfile(config, profile);
  const url = flags.url ?? (env.AICOST_SUPABASE_URL || undefined);
  const known = url === undefined ? saved?.url : projectUrl(url);
  const given = flags.key ?? (env.AICOST_SUPABASE_KEY || undefined);
  const holder = flags.key === undefined ? "AICOST_SUPABASE_KEY" : "--key";
  const key = given === undefined ? undefined : publishableKey(given, `What ${holder} holds`);
  const savedKey = known === saved?.url ? saved?.key : undefined;
  return { url: known, key: key ?? savedKey };
};

const completeProject = async (
  known: ReturnType<typeof knownProject>,
  lacking: readonly string[],
  command: string,
): Promise<{ project: Project; typed: string | undefined }> => {
  const unknown = PROJECT_QUESTIONS.filter(({ name }) => known[name] === undefined);
  const missing = [...unknown.map(({ name }) => `--${name}`), ...lacking];
  if (missing.length > 0 && !canAsk()) throw flagsMissing(missing, command);
  const answers: Partial<Record<string, string>> = unknown.length === 0 ? {} : await ask(unknown);
  const { url, key } = { ...known, ...answers };
  const project = { url: projectUrl(url ?? ""), key: publishableKey(key ?? "") };
  return { project, typed: answers["url"] };
};

const flagsMissing = (missing: readonly string[], command: string) =>
  new UserError(
    "flags_missing",
    `aicost ${command} needs a terminal, or ${missing.join(" and ")}.`,
    `aicost ${command} --url https://abcdefghijklmnopqrst.supabase.co --key sb_publishable_… --email you@example.com --password-stdin < password.txt`,
  );

const PROJECT_QUESTIONS: readonly (Question & { name: keyof Project })[] = [
  { name: "url", message: "Address of your Supabase project", check: refusedBy(projectUrl) },
  { name: "key", message: "Its publishable key", check: keyProblem },
];
