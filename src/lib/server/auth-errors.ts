import { capped } from "../csv/short-text.js";
import { UserError } from "../errors.js";
import { signedOut } from "../config/profiles.js";
import { own } from "../system/own.js";
import { isEarly, tokenEarly } from "./early-token.js";
import { waitText } from "./retry-after.js";

export interface AuthRefusal {
  /** GoTrue's own code; absent if a gateway in front of it refused. */
  code?: string | undefined;
  status?: number | undefined;
  message: string;
}

export interface AuthAttempt {
  url: string;
  profile: string;
  /** Empty if no one was named. */
  email: string;
  /** A session was to be renewed: with any fault of its token, it is over. */
  renewing?: boolean;
  /** See `clockHint`. */
  clock?: string | null;
  /** See `askedWait`. */
  wait?: string | null;
}

/** An unknown code is reported in the server's words. */
export const authError = (refusal: AuthRefusal, attempt: AuthAttempt): UserError => {
  if (refusal.code === undefined && refusal.status === 401) return wrongKey(attempt.url);
  const code = refusal.code ?? "";
  const reason = own(
    ENDINGS,
    attempt.renewing && code === "validation_failed" ? "refresh_token_not_found" : code,
  );
  if (reason !== undefined) {
    return signedOut(
      { name: attempt.profile },
      `The session of profile ${attempt.profile} is over: ${reason}.`,
    );
  }
  const translate = own(REFUSALS, code);
  return translate ? translate(attempt, serverWords(refusal.message)) : unknownRefusal(refusal, attempt);
};

/** The database says it: an access token outlives its user. The words are those for a session that cannot be renewed. */
export const userRemoved = (profile: string): UserError =>
  authError({ code: "user_not_found", message: "" }, { url: "", profile, email: "" });

export const wrongKey = (url: string): UserError =>
  new UserError(
    "wrong_key",
    `The project ${url} does not accept this key.`,
    "Use the publishable key of this project (Project Settings, API Keys), and sign in with: aicost login --key KEY",
  );

/** What a server says, as one line of a message, without its full stop. */
export const serverWords = (message: string): string =>
  capped(message.replaceAll(/\p{Cc}+/gu, " ").trim(), 300).replace(/\.$/, "");

/** Why a session is no longer good, by GoTrue's code. */
const ENDED = "it was signed out, ended by a new password or by the project, or its user was removed";

const ENDINGS: Partial<Record<string, string>> = {
  refresh_token_not_found: ENDED,
  refresh_token_already_used: "a copy of it was used elsewhere",
  session_not_found: ENDED,
  session_expired: "the project ends sessions after a time",
  user_not_found: "its user was removed from the project",
};

type Translate = (attempt: AuthAttempt, words: string) => UserError;

/** When to try again, as the server says it in words or by the header for it; null if it does not. */
const waitOf = ({ wait }: AuthAttempt, words: string): string | null => {
  const seconds = /\bafter (\d{1,5}) seconds?\b/.exec(words)?.[1];
  return seconds === undefined ? (wait ?? null) : waitText(Number(seconds));
};

const tooMany: Translate = (attempt, words) =>
  new UserError(
    "rate_limited",
    `The project ${attempt.url} accepts no more attempts for now${words === "" ? "" : `: ${words}`}.`,
    `Try again ${waitOf(attempt, words) ?? "in a few minutes"}.`,
  );

const tooManyMails: Translate = (attempt, words) => {
  const wait = waitOf(attempt, words);
  return new UserError(
    "rate_limited",
    `The project ${attempt.url} sends no more e-mails for now${words === "" ? "" : `: ${words}`}.`,
    wait === null
      ? "Try again later, or use a password. (A project without its own SMTP server sends a few mails an hour.)"
      : `Try again ${wait}, or use a password.`,
  );
};

const accountExists: Translate = ({ email, profile }) =>
  new UserError(
    "user_exists",
    `${email} has an account in this project already.`,
    `Sign in with: aicost login --profile ${profile} --email ${email}`,
  );

const badAddress: Translate = ({ email }, words) =>
  new UserError(
    "email_refused",
    `The project does not accept the address ${email}: ${words}.`,
    "Check how it is written.",
  );

const providerOff: Translate = ({ url }, words) =>
  new UserError(
    "provider_disabled",
    `The project ${url} does not let people sign in this way: ${words}.`,
    "Enable it in the project (Authentication, Sign In / Providers), or sign in with a password.",
  );

const browserLost: Translate = ({ profile }, words) =>
  new UserError(
    "oauth_failed",
    `The sign-in in the browser cannot be completed: ${words}.`,
    `Start again: aicost login --profile ${profile} --oauth NAME`,
  );

const tokenRefused: Translate = ({ url, profile, clock = null }, words) => {
  if (isEarly(words)) return tokenEarly(new URL(url).host, clock);
  return new UserError(
    "token_refused",
    `The project ${url} no longer accepts the session.`,
    [clock, `Sign in again with: aicost login --profile ${profile}`].filter(Boolean).join("\n"),
  );
};

const wrongTotp: Translate = ({ clock }, words) =>
  new UserError(
    "wrong_code",
    `The code of the authenticator app is not accepted: ${words}.`,
    [clock, "Type the code that the app shows now; the clock of its device must be right."]
      .filter(Boolean)
      .join("\n"),
  );

const REFUSALS: Partial<Record<string, Translate>> = {
  invalid_credentials: ({ email, profile }) =>
    new UserError(
      "wrong_password",
      `The password is wrong, or ${email} has no account in this project.`,
      `Try again. Or get a code by e-mail: aicost login --profile ${profile} --otp. Or make an account: aicost signup --profile ${profile}`,
    ),
  email_not_confirmed: ({ email, profile }) =>
    new UserError(
      "email_not_confirmed",
      `The address ${email} is not confirmed yet.`,
      `Open the link in the mail that the project sent you, then: aicost login --profile ${profile}`,
    ),
  otp_expired: ({ email, profile }) =>
    new UserError(
      "wrong_code",
      `The code or link is wrong, was used before, or is no longer valid for ${email}.`,
      `Get a new one: aicost login --profile ${profile} --otp. A link that was opened is used.`,
    ),
  mfa_verification_failed: wrongTotp,
  mfa_challenge_expired: wrongTotp,
  mfa_verification_rejected: wrongTotp,
  insufficient_aal: ({ url, profile }) =>
    new UserError(
      "second_factor_missing",
      `The project ${url} asks for a second factor.`,
      `Sign in with it: aicost login --profile ${profile}`,
    ),
  mfa_totp_verify_not_enabled: ({ url }) =>
    new UserError(
      "provider_disabled",
      `The project ${url} does not check codes of authenticator apps.`,
      "Enable it in the project: Authentication, Multi-Factor.",
    ),
  otp_disabled: ({ email, profile }) =>
    new UserError(
      "no_account",
      `${email} has no account in this project.`,
      `Check how it is written, or make an account: aicost signup --profile ${profile}`,
    ),
  signup_disabled: ({ url }) =>
    new UserError(
      "signup_disabled",
      `The project ${url} does not accept new users.`,
      "Its owner can invite you (Authentication, Users) or allow new users (Authentication, Sign In / Providers).",
    ),
  user_banned: ({ url, profile }) =>
    new UserError(
      "user_banned",
      `This user is banned from the project ${url}.`,
      `Ask the owner of the project, then sign in again with: aicost login --profile ${profile}`,
    ),
  captcha_failed: ({ url }) =>
    new UserError(
      "captcha_required",
      `The project ${url} wants a captcha, which a terminal cannot show.`,
      "Sign in by the browser with --oauth, or switch it off (Authentication, Attack Protection).",
    ),
  weak_password: (_, words) =>
    new UserError(
      "weak_password",
      `The project does not accept this password: ${words}.`,
      "Choose a longer one.",
    ),
  bad_jwt: tokenRefused,
  no_authorization: tokenRefused,
  email_address_not_authorized: ({ email }) =>
    new UserError(
      "mail_not_allowed",
      `The project may not send mails to ${email}.`,
      "Without its own SMTP server, a project sends mail only to members of its team (Authentication, Emails).",
    ),
  user_already_exists: accountExists,
  email_exists: accountExists,
  validation_failed: badAddress,
  email_address_invalid: badAddress,
  over_request_rate_limit: tooMany,
  over_email_send_rate_limit: tooManyMails,
  email_provider_disabled: providerOff,
  provider_disabled: providerOff,
  oauth_provider_not_supported: providerOff,
  flow_state_not_found: browserLost,
  flow_state_expired: browserLost,
  bad_code_verifier: browserLost,
};

const unknownRefusal = ({ code, status, message }: AuthRefusal, attempt: AuthAttempt): UserError => {
  if (status === 429) return tooMany(attempt, "");
  return new UserError(
    "auth_refused",
    `The project ${attempt.url} refuses this: ${serverWords(message)} (${code ?? status ?? "no code"}).`,
    "What its Auth server noted: the dashboard of the project, Logs, Auth.",
  );
};
