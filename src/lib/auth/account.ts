import type { SecretsKind } from "../config/config.js";
import { type HostedProfile, LOCAL } from "../config/profiles.js";
import { openTokens, type SessionPlace, withToken } from "./session.js";
import type { SignedIn } from "./keeping.js";
import { openAuth, type User } from "./server.js";

export interface Account {
  profile: string;
  backend: "embedded" | "hosted";
  /** Address of the Supabase project; null for the embedded database. */
  project: string | null;
  /** Folder of the embedded database; null for a project. */
  folder: string | null;
  user: User | null;
  /** Null without one: the embedded database needs none, and an access token from the environment is none. */
  session: AccountSession | null;
}

interface AccountSession {
  kept: SecretsKind;
  /** RFC 3339 in UTC. It is renewed then. */
  expires_at: string;
}

export const embeddedAccount = (folder: string): Account => ({
  profile: LOCAL,
  backend: "embedded",
  project: null,
  folder,
  user: null,
  session: null,
});

export const signedInAccount = ({ profile, project, session }: SignedIn, kept: SecretsKind): Account => ({
  profile,
  backend: "hosted",
  project: project.url,
  folder: null,
  user: session.user,
  session: { kept, expires_at: timestamp(session.expires_at) },
});

/** The account of a profile, as its project sees it at this moment. */
export const hostedAccount = async (profile: HostedProfile, place: SessionPlace): Promise<Account> => {
  const tokens = openTokens(profile, place);
  const auth = openAuth(profile, profile.name);
  const user = await withToken(tokens, (token) => auth.userOf(token));
  const { name, url, saved } = profile;
  const kept = saved?.session?.kept;
  const session =
    kept === undefined || tokens.expiresAt === null
      ? null
      : { kept, expires_at: timestamp(tokens.expiresAt) };
  return { profile: name, backend: "hosted", project: url, folder: null, user, session };
};

const timestamp = (ms: number): string => new Date(ms).toISOString();
