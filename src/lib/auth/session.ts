import { setTimeout as sleep } from "node:timers/promises";
import { openAuth, type Session } from "./server.js";
import { readConfig, type SavedProfile } from "../config/config.js";
import { UserError } from "../errors.js";
import { TOKEN_EARLY } from "../server/early-token.js";
import { hasCode, TOKEN_REFUSED } from "../server/server-errors.js";
import { jsonIn } from "../system/json.js";
import type { Lock } from "../system/lock.js";
import { lockInConfig } from "../config/lock-in-config.js";
import { type HostedProfile, isToken, signedOut } from "../config/profiles.js";
import type { Secrets } from "../secrets/secrets.js";
import { lockedOrEmptied, openSecrets } from "../secrets/index.js";

export interface Tokens {
  /** An access token that is good for a while. */
  current(): Promise<string>;
  /** Another one, after the server refused `refused` as expired. */
  renew(refused: string): Promise<string>;
}

export interface SessionTokens extends Tokens {
  /** When the access token of `current` ends, in milliseconds; null for one from the environment. */
  readonly expiresAt: number | null;
}

export interface SessionPlace {
  configDir: string;
  command: string;
  /** How long to wait for another process that renews the session. */
  waitMs: number;
  /** Called if the keychain may be asking a person to unlock it; absent without a terminal. */
  onUnlock?: (() => void) | undefined;
  /** Ends the renewal of a session. */
  signal?: AbortSignal | undefined;
}

/** An access token that is to end this soon is renewed before it is used. */
const LEAST_LEFT_MS = 60_000;

/**
 * The access tokens of a profile: that of `AICOST_ACCESS_TOKEN`, else those of the session that `aicost login` kept. A
 * refresh token works once, so a session is renewed by one process at a time, and what one renewed is good for all.
 * @throws UserError from both methods: exit 3 signed out, revoked, expired; exit 5 no server, no keychain
 */
export const openTokens = (profile: HostedProfile, place: SessionPlace): SessionTokens =>
  profile.token === undefined ? sessionTokens(profile, place) : givenToken(profile.token);

/** How long to wait for a server whose clock is behind that of the one that issued the token. */
const EARLY_MS = 1500;

/** Works with an access token: once more in a moment if it is not good yet, and once more with another one if it is refused. */
export const withToken = async <Result>(
  tokens: Tokens,
  work: (token: string) => Promise<Result>,
): Promise<Result> => {
  const token = await tokens.current();
  try {
    return await inAMoment(() => work(token));
  } catch (error) {
    if (!hasCode(error, TOKEN_REFUSED)) throw error;
    const renewed = await tokens.renew(token);
    return inAMoment(() => work(renewed));
  }
};

const inAMoment = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work();
  } catch (error) {
    if (!hasCode(error, TOKEN_EARLY)) throw error;
    await sleep(EARLY_MS);
    return work();
  }
};

const sessionTokens = (profile: HostedProfile, place: SessionPlace): SessionTokens => {
  let session: Promise<Session> | undefined;
  let last: Session | undefined;
  const renewals = new Map<string, Promise<Session>>();

  const replace = (token: string): Promise<Session> => {
    const renewal = renewals.get(token) ?? replaced(token, profile, place);
    renewals.set(token, renewal);
    session = renewal;
    return renewal;
  };

  return {
    async current() {
      session ??= keptSession(profile, place);
      last = await session;
      if (endsSoon(last)) last = await replace(last.access_token);
      return last.access_token;
    },
    async renew(refused) {
      last = await replace(refused);
      return last.access_token;
    },
    get expiresAt() {
      return last?.expires_at ?? null;
    },
  };
};

const givenToken = (token: string): SessionTokens => ({
  current: () => Promise.resolve(token),
  renew: () =>
    Promise.reject(
      new UserError(
        "token_expired",
        "The access token of AICOST_ACCESS_TOKEN has expired or was revoked.",
        "Set a fresh one, or unset it and sign in with: aicost login",
      ),
    ),
  expiresAt: null,
});

/** The session after the one of that access token: what another process has made of it, or a renewed one. */
const replaced = async (token: string, profile: HostedProfile, place: SessionPlace): Promise<Session> => {
  const lock = await lockSession(profile.name, place);
  try {
    const session = await keptSession(profile, place);
    if (session.access_token !== token && !endsSoon(session)) return session;
    const renewed = await openAuth(profile, profile.name, place.signal).refresh(session.refresh_token);
    const { id, kept } = recorded(profile);
    await writeSession(openSecrets(kept, place.configDir, place), id, renewed);
    return renewed;
  } finally {
    lock.release();
  }
};

const endsSoon = ({ expires_at }: Session): boolean => expires_at - Date.now() < LEAST_LEFT_MS;

const keptSession = async (profile: HostedProfile, place: SessionPlace): Promise<Session> => {
  const { id, kept } = recorded(profile);
  const session = await readSession(openSecrets(kept, place.configDir, place), id);
  if (session !== null) return session;
  if (readConfig(place.configDir).profiles[profile.name]?.session?.id === id) {
    throw lockedOrEmptied(kept, profile.name);
  }
  throw signedOut(profile, `Another command has ended the session of profile ${profile.name}.`);
};

const recorded = (profile: HostedProfile): NonNullable<SavedProfile["session"]> => {
  const { name, url, saved } = profile;
  if (saved?.session === undefined) throw signedOut(profile, `You are not signed in to profile ${name}.`);
  if (saved.url === url) return saved.session;
  throw signedOut(
    profile,
    `You are signed in to ${saved.url}, not to ${url}, which AICOST_SUPABASE_URL names.`,
  );
};

/** @throws UserError `session_busy` */
export const lockSession = (profile: string, { configDir, command, waitMs }: SessionPlace): Promise<Lock> => {
  const inUse = (holder: string) =>
    new UserError(
      "session_busy",
      `The session of profile ${profile} is in use by ${holder}.`,
      "Try again, or wait longer: AICOST_WAIT=120",
    );
  return lockInConfig(`session-${profile}.lock`, { configDir, command, waitMs, inUse });
};

/** Null if there is none that can be read, or the keychain is locked. */
export const readSession = async (secrets: Secrets, id: string): Promise<Session | null> => {
  const text = await secrets.get(secretName(id));
  const kept = jsonIn(text ?? "null");
  return isSession(kept) ? kept : null;
};

/** Anything but a token would be shown by the error of the request that carries it. */
const isSession = (kept: unknown): kept is Session => {
  const { access_token, refresh_token, expires_at } = (kept ?? {}) as Partial<Record<keyof Session, unknown>>;
  return [access_token, refresh_token].every(isToken) && typeof expires_at === "number";
};

export const writeSession = (secrets: Secrets, id: string, session: Session): Promise<void> =>
  secrets.set(secretName(id), JSON.stringify(session));

export const secretName = (id: string): string => `session-${id}`;
