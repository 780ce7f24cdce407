import { randomUUID } from "node:crypto";
import { changeConfig, readConfig, type SavedProfile } from "../config/config.js";
import { UserError } from "../errors.js";
import { NOT_SIGNED_IN, type Project, savedProfile } from "../config/profiles.js";
import type { Secrets } from "../secrets/secrets.js";
import { lockedOrEmptied, openSecrets } from "../secrets/index.js";
import { lockSession, readSession, secretName, type SessionPlace, writeSession } from "./session.js";
import { type AuthServer, openAuth, type Session, type SignOutScope } from "./server.js";

export interface SignedIn {
  profile: string;
  project: Project;
  session: Session;
}

/** A known profile stays as it is. */
export const rememberProject = (configDir: string, profile: string, project: Project): void =>
  changeConfig(configDir, (config) => {
    if (savedProfile(config, profile) === undefined) config.profiles[profile] = { ...project };
  });

/**
 * Makes a session the one of its profile, and that profile the one that commands work on. Ends the session that it
 * had before, and one that cannot be kept. @throws UserError exit 5 if the session cannot be kept
 */
export const keepSession = async (
  { profile, project, session }: SignedIn,
  secrets: Secrets,
  place: SessionPlace,
): Promise<void> => {
  const lock = await lockSession(profile, place);
  try {
    const before = savedProfile(readConfig(place.configDir), profile);
    await keep({ profile, project, session }, secrets, place);
    if (before?.session) await discard(profile, before, before.session, place);
  } finally {
    lock.release();
  }
};

const keep = async (
  { profile, project, session }: SignedIn,
  secrets: Secrets,
  { configDir }: SessionPlace,
): Promise<void> => {
  const id = randomUUID();
  try {
    await writeSession(secrets, id, session);
    changeConfig(configDir, (config) => {
      config.profiles[profile] = {
        ...known(savedProfile(config, profile), project, session),
        ...project,
        session: { id, kept: secrets.kind, user_id: session.user.id, email: session.user.email },
      };
      config.profile = profile;
    });
  } catch (error) {
    await attempt(secrets.remove(secretName(id)));
    await attempt(openAuth(project, profile).signOut(session.access_token, "local"));
    throw error;
  }
};

/** What stays known of a profile when its user signs in again. */
const known = (
  before: SavedProfile | undefined,
  { url }: Project,
  { user }: Session,
): Pick<SavedProfile, "schema" | "moving_offered"> => {
  if (before?.url !== url) return {};
  const { schema, moving_offered, session } = before;
  const isSameUser = session === undefined || session.user_id === user.id;
  return {
    ...(schema === undefined ? {} : { schema }),
    ...(isSameUser && moving_offered !== undefined ? { moving_offered } : {}),
  };
};

const discard = async (
  profile: string,
  project: Project,
  { id, kept }: NonNullable<SavedProfile["session"]>,
  place: SessionPlace,
): Promise<void> => {
  const secrets = openSecrets(kept, place.configDir, place);
  await attempt(
    (async () => {
      const session = await readSession(secrets, id);
      if (session !== null) await revoke(openAuth(project, profile), session, "local");
    })(),
  );
  await attempt(secrets.remove(secretName(id)));
};

const attempt = async (work: Promise<unknown>): Promise<void> => {
  await work.catch(() => undefined);
};

interface Ended {
  url: string;
  /** Why the server did not end the sessions; null if it did, or had done so before. */
  reason: string | null;
}

/**
 * Ends the session on the server, if it can be reached, then forgets it here; null if no one is signed in.
 * @throws UserError `secret_missing` if the keychain does not remove it; the profile then stays as it is
 */
export const endSession = async (
  profile: string,
  scope: SignOutScope,
  place: SessionPlace,
): Promise<Ended | null> => {
  const lock = await lockSession(profile, place);
  try {
    const saved = savedProfile(readConfig(place.configDir), profile);
    if (saved?.session === undefined) return null;
    const { id, kept } = saved.session;
    const secrets = openSecrets(kept, place.configDir, place);
    const session = await readSession(secrets, id);
    const reason = await ending(session, openAuth(saved, profile), scope);
    if (!(await secrets.remove(secretName(id))) && !(await isWritable(secrets))) {
      throw lockedOrEmptied(kept, profile);
    }
    changeConfig(place.configDir, (config) => {
      const known = config.profiles[profile];
      if (known?.session) known.last_email = known.session.email;
      delete known?.session;
      if (config.profile === profile) delete config.profile;
    });
    return { url: saved.url, reason };
  } finally {
    lock.release();
  }
};

const ending = async (
  session: Session | null,
  auth: AuthServer,
  scope: SignOutScope,
): Promise<string | null> => {
  if (session === null) return "The stored session was not found.";
  try {
    await revoke(auth, session, scope);
    return null;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return scope === "local" && error.code === NOT_SIGNED_IN ? null : error.message;
  }
};

/** The server ends sessions for who holds a good access token, so the session is renewed a last time. */
const revoke = async (auth: AuthServer, session: Session, scope: SignOutScope): Promise<void> => {
  const { access_token } = await auth.refresh(session.refresh_token);
  await auth.signOut(access_token, scope);
};

/** Whether secrets can be written and read: a locked keychain refuses it. */
const isWritable = async (secrets: Secrets): Promise<boolean> => {
  try {
    await tryOut(secrets);
    return true;
  } catch {
    return false;
  }
};

/** @throws UserError exit 5 if no secret can be kept */
export const tryOut = async (secrets: Secrets): Promise<void> => {
  const name = `trial-${randomUUID()}`;
  await secrets.set(name, "aicost can keep secrets here");
  await secrets.remove(name);
};
