import { type AuthAttempt, type AuthRefusal, authError } from "../server/auth-errors.js";
import { clockHint } from "../server/clock.js";
import { makeFetch, type Repeat } from "../server/http.js";
import { PROJECT } from "../server/project.js";
import { askedWait } from "../server/retry-after.js";
import type { Project } from "../config/profiles.js";
import type { authClient } from "../server/supabase.js";
import { notSupabase } from "../server/project-errors.js";
import { type AuthSettings, settingsIn, understood } from "./answers.js";

export interface Session {
  access_token: string;
  /** Good for one renewal, which brings the next one. */
  refresh_token: string;
  /** When the access token ends, by the clock of this machine, in milliseconds. */
  expires_at: number;
  user: User;
}

/** A session that was just granted. */
export interface NewSession extends Session {
  /** What the user has set up besides a password; not all of it can be asked for in a terminal. */
  factors: readonly Factor[];
}

export interface Factor {
  id: string;
  /** `totp`, `phone`, `webauthn`. */
  factor_type: string;
  /** `verified` once it was used. */
  status: string;
}

/** What the mail of a sign-in proves: its code, or the hash of that in its link. */
export type MailedProof =
  | { code: string }
  | { hash: string; type: "email" | "magiclink" | "signup" | "recovery" | "invite" | "email_change" };

/** `email` is empty for a user without one. */
export interface User {
  id: string;
  email: string;
}

/** Which sessions a logout ends: this one, or all that the user has anywhere. */
export type SignOutScope = "local" | "global";

/**
 * Supabase Auth of one project. Every method throws a `UserError`: what the server refuses (`authError`), exit 5
 * `auth_failed` and `rate_limited`, exit 2 `not_supabase`, and what `makeFetch` throws if nothing answers.
 */
export interface AuthServer {
  /** What the project allows; proves that there is one, and that it knows the key. */
  settings(): Promise<AuthSettings>;
  signIn(email: string, password: string): Promise<NewSession>;
  /** @returns null if the address must be confirmed first */
  signUp(email: string, password: string): Promise<Session | null>;
  /** Mails a one-time code to a user that exists. */
  sendCode(email: string): Promise<void>;
  signInByMail(email: string, proof: MailedProof): Promise<NewSession>;
  /** Proves a second factor for the session that this very object was granted. @throws UserError `wrong_code`, too */
  prove(factor: Factor, code: string): Promise<Session>;
  /** Where a browser signs in with a provider. Only this very object can redeem the answer (PKCE). */
  browserAddress(provider: string, redirectTo: string): Promise<string>;
  redeem(code: string): Promise<NewSession>;
  refresh(refreshToken: string): Promise<Session>;
  /** @throws UserError `token_refused`, too */
  userOf(accessToken: string): Promise<User>;
  signOut(accessToken: string, scope: SignOutScope): Promise<void>;
}

type AuthClient = ReturnType<typeof authClient>;

type ClientError = AuthRefusal & { name: string };

/** @param profile the name of the profile, for the hints of errors @param signal ends requests */
export const openAuth = (project: Project, profile: string, signal?: AbortSignal): AuthServer => {
  const send = makeFetch(PROJECT, repeatOf);
  const attempted: AuthAttempt = { url: project.url, profile, email: "" };
  let clock: string | null = null;
  let wait: string | null = null;
  let unanswered: unknown[] = [];
  let client: Promise<AuthClient> | undefined;

  const request: typeof fetch = async (input, init) => {
    const response = await send(input, { ...init, ...(signal && { signal }) });
    clock = clockHint(response.headers);
    wait = askedWait(response.headers);
    return understood(response, project.url);
  };

  // The client prints a stack for a fetch that fails, and tries a refresh for half a minute, so it must not know.
  const quiet: typeof fetch = async (input, init) => {
    try {
      return await request(input, init);
    } catch (error) {
      unanswered.push(error);
      return Response.json({ message: "unanswered" }, { status: 400 });
    }
  };

  const call = async <Answer extends { data: unknown; error: ClientError | null }>(
    work: (client: AuthClient) => Promise<Answer>,
    attempt: Partial<AuthAttempt> = {},
  ): Promise<Answer["data"]> => {
    client ??= import("../server/supabase.js").then(({ authClient }) => authClient(project, quiet));
    unanswered = [];
    const { data, error } = await work(await client);
    if (unanswered.length > 0) throw unanswered[0];
    if (error !== null) throw authError(coded(error), { ...attempted, clock, wait, ...attempt });
    return data;
  };

  return {
    async settings() {
      const response = await request(`${project.url}/auth/v1/settings`, { headers: { apikey: project.key } });
      return settingsIn(response, project.url);
    },
    async signIn(email, password) {
      const { session } = await call((auth) => auth.signInWithPassword({ email, password }), { email });
      return newSessionOf(session, project.url);
    },
    async signUp(email, password) {
      const { session, user } = await call((auth) => auth.signUp({ email, password }), { email });
      if (session !== null) return sessionOf(session, project.url);
      // If addresses must be confirmed, the server hides that a user exists; only this shows it.
      if (user?.identities?.length === 0) throw authError(USER_EXISTS, { ...attempted, email });
      return null;
    },
    async sendCode(email) {
      await call((auth) => auth.signInWithOtp({ email, options: { shouldCreateUser: false } }), { email });
    },
    async signInByMail(email, proof) {
      const params =
        "code" in proof
          ? { email, token: proof.code, type: "email" as const }
          : { token_hash: proof.hash, type: proof.type };
      const { session } = await call((auth) => auth.verifyOtp(params), { email });
      return newSessionOf(session, project.url);
    },
    async prove({ id }, code) {
      const proven = await call((auth) => auth.mfa.challengeAndVerify({ factorId: id, code }));
      return sessionOf(proven, project.url);
    },
    async browserAddress(provider, redirectTo) {
      const options = { redirectTo, skipBrowserRedirect: true };
      // The server checks the name; the client's type lists those that its version knows.
      const { url } = await call((auth) => auth.signInWithOAuth({ provider: provider as "github", options }));
      return url ?? "";
    },
    async redeem(code) {
      const { session } = await call((auth) => auth.exchangeCodeForSession(code));
      return newSessionOf(session, project.url);
    },
    async refresh(refreshToken) {
      const { session } = await call((auth) => auth.refreshSession({ refresh_token: refreshToken }), {
        renewing: true,
      });
      return sessionOf(session, project.url);
    },
    async userOf(accessToken) {
      const { user } = await call((auth) => auth.getUser(accessToken));
      return { id: user?.id ?? "", email: user?.email ?? "" };
    },
    async signOut(accessToken, scope) {
      await call((auth) => auth.admin.signOut(accessToken, scope));
    },
  };
};

const USER_EXISTS: AuthRefusal = { code: "user_already_exists", message: "" };

/** A token or a user that is asked for twice is the same; a mail or an account is not. */
const repeatOf = (url: URL): Repeat =>
  /\/(settings|user|logout)$/.test(url.pathname) || url.searchParams.get("grant_type") === "refresh_token"
    ? "freely"
    : "if_unreached";

/** The client knows a session that is gone by a class of its own, without GoTrue's code. */
const coded = ({ name, code, status, message }: ClientError): AuthRefusal =>
  name === "AuthSessionMissingError" ? { code: "session_not_found", message } : { code, status, message };

/** Counted from here and now, so that a clock that goes wrong does no harm. */
const sessionOf = (granted: Granted | null, url: string): Session => {
  if (granted === null) throw notSupabase(url);
  const { access_token, refresh_token, expires_in, user } = granted;
  return {
    access_token,
    refresh_token,
    expires_at: Date.now() + expires_in * 1000,
    user: { id: user.id, email: user.email ?? "" },
  };
};

const newSessionOf = (granted: Granted | null, url: string): NewSession => ({
  ...sessionOf(granted, url),
  factors: granted?.user.factors ?? [],
});

interface Granted {
  access_token: string;
  refresh_token: string;
  /** In seconds from the answer on. */
  expires_in: number;
  user: { id: string; email?: string | undefined; factors?: readonly Factor[] | undefined };
}
