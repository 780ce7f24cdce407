import { publishableKey } from "./publishable-key.js";
import type { Config, SavedProfile } from "./config.js";
import { UserError } from "../errors.js";
import { didYouMean, nearest } from "../nearest.js";
import { webAddress } from "./web-address.js";
import { own } from "../system/own.js";

/** The profile that is always there: the embedded database, without an account. */
export const LOCAL = "local";

/** The name that `aicost login` gives the first project. */
export const FIRST_HOSTED = "supabase";

/** The name of a project that only the environment names. */
const ENVIRONMENT = "environment";

export type Profile = { kind: "embedded"; name: string } | HostedProfile;

export interface HostedProfile extends Project {
  kind: "hosted";
  name: string;
  saved: SavedProfile | undefined;
  /** An access token from the environment, instead of a session. */
  token: string | undefined;
}

/** `url` has no slash at the end; `key` is the publishable one. */
export interface Project {
  url: string;
  key: string;
}

/** The environment variables that choose a profile; the flag `--profile` wins over them, they over the config file. */
export interface ProfileEnvironment {
  AICOST_PROFILE?: string | undefined;
  AICOST_SUPABASE_URL?: string | undefined;
  AICOST_SUPABASE_KEY?: string | undefined;
  AICOST_ACCESS_TOKEN?: string | undefined;
}

/** The profile that was asked for, known or not: by the flag, the environment, the config file; else the embedded one. */
export const profileName = (
  config: Config,
  flag: string | undefined,
  env: ProfileEnvironment,
): { name: string; asked: boolean } => {
  const asked = flag ?? (env.AICOST_PROFILE || undefined);
  return { name: checkedName(asked ?? config.profile ?? LOCAL), asked: asked !== undefined };
};

/** @throws UserError `profile_unknown`, `bad_profile`, `bad_project_url`, `project_missing`, `bad_token` */
export const chooseProfile = (config: Config, flag: string | undefined, env: ProfileEnvironment): Profile => {
  const { name, asked } = profileName(config, flag, env);
  const token = tokenIn(env);
  if (name === LOCAL && (asked || token === undefined)) return { kind: "embedded", name };
  const saved = savedProfile(config, name);
  if (saved === undefined && token === undefined) throw unknownProfile(config, name);
  const shown = name === LOCAL ? ENVIRONMENT : name;
  return { kind: "hosted", name: shown, ...projectOf(shown, saved, env), saved, token };
};

export const savedProfile = ({ profiles }: Config, name: string): SavedProfile | undefined =>
  own(profiles, name);

/** What cannot stand in the header of a request would be shown by its error. */
export const isToken = (text: unknown): text is string =>
  typeof text === "string" && /^[\x21-\x7e]+$/.test(text);

/** @throws UserError `bad_token`, which does not show it */
const tokenIn = ({ AICOST_ACCESS_TOKEN = "" }: ProfileEnvironment): string | undefined => {
  const token = AICOST_ACCESS_TOKEN.trim();
  if (token === "") return undefined;
  if (isToken(token)) return token;
  throw new UserError(
    "bad_token",
    "AICOST_ACCESS_TOKEN is not an access token: it has spaces, or characters that no token has.",
    "Set it to just the token, or unset it and sign in: aicost login",
  );
};

/**
 * Project and user of what is kept of a project; null if no user is signed in, and for an access token from the
 * environment, which may be anybody's.
 */
export const signedInAs = ({ token, url, saved }: HostedProfile): string | null =>
  token === undefined && saved?.url === url && saved.session !== undefined
    ? JSON.stringify([url, saved.session.user_id])
    : null;

export interface ListedProfile {
  name: string;
  current: boolean;
  backend: "embedded" | "hosted";
  project: string | null;
  /** E-mail of who is signed in. */
  user: string | null;
}

export const listProfiles = (
  config: Config,
  flag: string | undefined,
  env: ProfileEnvironment,
): ListedProfile[] => {
  const current = profileName(config, flag, env).name;
  const hosted = Object.entries(config.profiles).map(([name, { url, session }]) => ({
    name,
    current: name === current,
    backend: "hosted" as const,
    project: url,
    user: session?.email ?? null,
  }));
  return [
    { name: LOCAL, current: current === LOCAL, backend: "embedded", project: null, user: null },
    ...hosted,
  ];
};

/** @throws UserError `profile_unknown` */
export const useProfile = (config: Config, name: string): void => {
  if (name === LOCAL) {
    delete config.profile;
    return;
  }
  if (savedProfile(config, name) === undefined) throw unknownProfile(config, name);
  config.profile = checkedName(name);
};

/** @throws UserError `profile_unknown`, `profile_signed_in`, `profile_local` */
export const removeProfile = (config: Config, name: string): void => {
  if (name === LOCAL) {
    throw new UserError("profile_local", "The profile local is the embedded database; it is always there.");
  }
  const saved = savedProfile(config, name);
  if (saved === undefined) throw unknownProfile(config, name);
  if (saved.session !== undefined) {
    throw new UserError(
      "profile_signed_in",
      `You are signed in to the profile ${name} as ${saved.session.email}.`,
      `Sign out first: aicost logout --profile ${name}`,
    );
  }
  config.profiles = Object.fromEntries(Object.entries(config.profiles).filter(([other]) => other !== name));
  if (config.notices !== undefined)
    config.notices = Object.fromEntries(Object.entries(config.notices).filter(([other]) => other !== name));
  if (config.profile === name) useProfile(config, LOCAL);
};

/** The environment wins. @throws UserError `project_missing` */
const projectOf = (name: string, saved: SavedProfile | undefined, env: ProfileEnvironment): Project => {
  const url = env.AICOST_SUPABASE_URL || saved?.url;
  const key = env.AICOST_SUPABASE_KEY || saved?.key;
  const keyHolder = env.AICOST_SUPABASE_KEY ? "What AICOST_SUPABASE_KEY holds" : `The key of profile ${name}`;
  if (url !== undefined && key !== undefined) {
    return { url: projectUrl(url), key: publishableKey(key, keyHolder) };
  }
  throw new UserError(
    "project_missing",
    "AICOST_ACCESS_TOKEN is set, but not the project that it is for.",
    "Set AICOST_SUPABASE_URL and AICOST_SUPABASE_KEY too, or sign in with: aicost login",
  );
};

/** What the address of a project in the dashboard begins with, and what it is called there: its reference. */
const REFERENCE =
  /^(?:(?:https:\/\/)?(?:app\.)?supabase\.(?:com|io)\/(?:dashboard\/)?project\/)?([a-z]{20})(?:[/?#].*)?$/;

/**
 * Keeps only the origin; see `webAddress`. A project's reference, and its address in the dashboard, stand for its address.
 * @throws UserError `bad_project_url`
 */
export const projectUrl = (text: string): string => {
  const reference = REFERENCE.exec(text.trim())?.[1];
  if (reference !== undefined) return `https://${reference}.supabase.co`;
  const url = webAddress(text, {
    code: "bad_project_url",
    what: "the address of a Supabase project",
    example: "For example: https://abcdefghijklmnopqrst.supabase.co (Project Settings, Data API)",
  });
  return url.origin;
};

const PROFILE_NAME = /^[a-z0-9][a-z0-9._-]{0,49}$/;

const checkedName = (name: string): string => {
  if (PROFILE_NAME.test(name)) return name;
  throw new UserError(
    "bad_profile",
    `“${name}” cannot be the name of a profile.`,
    "Use up to 50 lower-case letters, digits, dots and dashes, for example: work",
  );
};

const unknownProfile = (config: Config, name: string) => {
  checkedName(name);
  const guess = nearest(name, [LOCAL, ...Object.keys(config.profiles)]).slice(0, 1);
  return new UserError(
    "profile_unknown",
    `There is no profile “${name}”.`,
    `${didYouMean(guess)}See them with: aicost profiles. Make this one with: aicost login --profile ${name}`,
  );
};

export const NOT_SIGNED_IN = "not_signed_in";

/** Not signed in, or no longer. Exit 3. */
export const signedOut = ({ name }: Pick<HostedProfile, "name">, why: string) =>
  new UserError(NOT_SIGNED_IN, why, `Sign in with: aicost login --profile ${name}`);
