import { openBrowser } from "../terminal/browser.js";
import { authError } from "../server/auth-errors.js";
import { UserError } from "../errors.js";
import { interruptible } from "../terminal/interrupt.js";
import { ask, canAsk, firstLines, type Question } from "../terminal/prompt.js";
import { openLoopback } from "./loopback.js";
import { claimsOf } from "./claims.js";
import { pastedProof } from "./pasted.js";
import type { AuthServer, Factor, MailedProof, NewSession, Session } from "./server.js";
import type { SignInFlags, Target } from "./target.js";

export interface LoginFlags extends SignInFlags {
  "totp-stdin": boolean;
}

interface BrowserSignIn {
  /** As Supabase names it: `github`, `google` … */
  provider: string;
  /** The port that the browser comes back to; 0 for any. */
  port: number;
  /** Whether to open the browser; else its user opens the address. */
  opens: boolean;
  tell: (text: string) => void;
}

const BROWSER_TIME_MS = 5 * 60_000;

/** A session, and the code of an authenticator app if one was given on standard input. */
interface Granted {
  session: NewSession;
  totp?: string | undefined;
}

export const signInByPassword = async (target: Target, flags: LoginFlags): Promise<Granted> => {
  requireWay(target, "email");
  const email = await emailOf(target, flags);
  if (!flags["password-stdin"]) {
    return {
      session: await target.auth.signIn(email, await typedPassword("once")),
      ...(await totpOf(flags)),
    };
  }
  const { password, totp } = await passwordFromInput(flags["totp-stdin"]);
  return { session: await target.auth.signIn(email, password), totp };
};

/** Signs in by a mail: its code or its link is asked for, or read from standard input. */
export const signInByMail = async (
  target: Target,
  flags: LoginFlags,
  tell: (text: string) => void,
): Promise<Granted> => {
  requireWay(target, "email");
  const email = await emailOf(target, flags);
  await target.auth.sendCode(email);
  tell(`A mail is on its way to ${email}. ${ABOUT_MAIL}`);
  const { proof, totp } = await proofOf(flags["totp-stdin"]);
  return { session: await target.auth.signInByMail(email, proof), totp };
};

/** The mails of a project hold no code unless its owner has put it into their templates. */
const ABOUT_MAIL =
  "If it has a code, type that. If it has only a link, copy the link without opening it, and paste it here.";

/** With PKCE: only this process can use what comes back to this machine. */
export const signInByBrowser = async (
  target: Target,
  { provider, port, opens, tell }: BrowserSignIn,
  flags: LoginFlags,
): Promise<Granted> => {
  requireWay(target, provider);
  const session = await interruptible(async (signal) => {
    const loopback = await openLoopback(port);
    try {
      const address = await target.auth.browserAddress(provider, loopback.address);
      const opened = opens && (await openBrowser(address));
      tell(
        `${opened ? "Sign in in the browser; if it did not open, at" : "Sign in at"} this address:\n${address}`,
      );
      return await target.auth.redeem(await loopback.code(BROWSER_TIME_MS, signal));
    } finally {
      loopback.close();
    }
  });
  return { session, ...(await totpOf(flags)) };
};

/** How often a person may mistype the code of the app. */
const TRIES = 3;

/**
 * The session of a user who has set up an authenticator app becomes one at `aal2`: its code is asked for. Other second
 * factors cannot be asked for in a terminal; the session then stays as it is.
 * @throws UserError `second_factor_missing` without a terminal, `wrong_code`; the session is ended then
 */
export const withSecondFactor = async (
  { auth, profile }: Target,
  { session: { factors, ...session }, totp }: Granted,
  tell: (text: string) => void,
): Promise<Session> => {
  const apps = factors.filter(({ factor_type, status }) => factor_type === "totp" && status === "verified");
  if (apps.length === 0 || claimsOf(session.access_token)["aal"] === "aal2") return session;
  try {
    if (totp !== undefined) return await proveByAny(auth, apps, totp);
    if (!canAsk()) throw noSecondFactor(session.user.email, profile);
    for (let count = 1; ; count++) {
      try {
        return await proveByAny(auth, apps, await typedTotp());
      } catch (error) {
        if (!(error instanceof UserError) || error.code !== "wrong_code" || count === TRIES) throw error;
        tell(error.message);
      }
    }
  } catch (error) {
    await auth.signOut(session.access_token, "local").catch(() => undefined);
    throw error;
  }
};

/** A user may have several apps, and does not say which one shows a code. */
const proveByAny = async (auth: AuthServer, apps: readonly Factor[], code: string): Promise<Session> => {
  const [app, ...others] = apps as [Factor, ...Factor[]];
  try {
    return await auth.prove(app, code);
  } catch (error) {
    if (others.length === 0 || !(error instanceof UserError) || error.code !== "wrong_code") throw error;
    return proveByAny(auth, others, code);
  }
};

const noSecondFactor = (email: string, profile: string): UserError =>
  new UserError(
    "second_factor_missing",
    `${email} has a second factor, and there is no terminal to ask for its code.`,
    `Give the code in the line after the password: aicost login --profile ${profile} --password-stdin --totp-stdin`,
  );

const typedTotp = async (): Promise<string> => {
  const check = (text: string) => (isTotp(text) ? null : "This is not a code of an authenticator app.");
  const text = await asked({ name: "totp", message: "The code of your authenticator app", check });
  return text.replaceAll(/\s/g, "");
};

/** @throws UserError `no_code` */
const givenTotp = (line: string | undefined): string => {
  if (line !== undefined && isTotp(line)) return line.replaceAll(/\s/g, "");
  throw new UserError(
    "no_code",
    "There is no code of an authenticator app on standard input.",
    "Give it in a line of its own, after the password or the one-time code.",
  );
};

const isTotp = (text: string): boolean => /^\d{6,8}$/.test(text.replaceAll(/\s/g, ""));

/** The code on standard input, if nothing else is to be read from there; a person is asked for it. */
const totpOf = async (flags: LoginFlags): Promise<{ totp?: string }> =>
  flags["totp-stdin"] && !canAsk() ? { totp: givenTotp((await firstLines(1))[0]) } : {};

/** @returns no session if the address must be confirmed first */
export const signUp = async (
  target: Target,
  flags: SignInFlags,
): Promise<{ email: string; session: Session | null }> => {
  requireWay(target, "email");
  if (!target.settings.signup) throw refusedBy(target, "signup_disabled", "");
  const email = await emailOf(target, flags);
  return {
    email,
    session: await target.auth.signUp(
      email,
      flags["password-stdin"] ? (await passwordFromInput(false)).password : await typedPassword("twice"),
    ),
  };
};

/** Before anything is typed, or a browser shows an error that this program never hears of. */
const requireWay = (target: Target, way: string): void => {
  if (!target.settings.allows(way)) throw refusedBy(target, "provider_disabled", `${way} is not enabled`);
};

const refusedBy = ({ project, profile }: Target, code: string, message: string): UserError =>
  authError({ code, message }, { url: project.url, profile, email: "" });

const emailOf = async ({ lastEmail }: Target, { email }: SignInFlags): Promise<string> => {
  if (email !== undefined) return givenEmail(email.trim());
  if (lastEmail && !canAsk()) return lastEmail;
  const preset = lastEmail ? { default: lastEmail } : {};
  return asked({ name: "email", message: "E-mail", check: emailProblem, ...preset });
};

const givenEmail = (email: string): string => {
  if (emailProblem(email) === null) return email;
  throw new UserError(
    "bad_email",
    `“${email}” is not an e-mail address.`,
    "Use for example --email you@example.com",
  );
};

const emailProblem = (text: string): string | null =>
  /^\S+@\S+$/.test(text) ? null : "This is not an e-mail address.";

const typedPassword = async (times: "once" | "twice"): Promise<string> => {
  const check = (text: string) => (text === "" ? "A password is not empty." : null);
  const password = await asked({ name: "password", message: "Password", hidden: true, check });
  if (times === "once") return password;
  return asked({
    name: "again",
    message: "The same password again",
    hidden: true,
    check: (again) => (again === password ? null : "It differs from the first one."),
  });
};

/** @param withTotp whether the code of an authenticator app is in the line after it */
const passwordFromInput = async (
  withTotp: boolean,
): Promise<{ password: string; totp?: string | undefined }> => {
  if (process.stdin.isTTY) {
    throw new UserError(
      "password_shown",
      "A password typed into standard input is visible.",
      "Leave out --password-stdin to be asked for it, or pass it through a pipe or from a file.",
    );
  }
  const [password = "", totp] = await firstLines(withTotp ? 2 : 1);
  if (password !== "") return { password, totp: withTotp ? givenTotp(totp) : undefined };
  throw new UserError(
    "no_password",
    "There is no password on standard input.",
    "aicost login … < password.txt",
  );
};

const proofOf = async (withTotp: boolean): Promise<{ proof: MailedProof; totp?: string | undefined }> => {
  const check = (text: string) => (pastedProof(text) === null ? NO_PROOF : null);
  const [text = "", totp] = canAsk()
    ? [await asked({ name: "code", message: "The code or the link from the mail", check })]
    : await firstLines(withTotp ? 2 : 1);
  const proof = pastedProof(text);
  if (proof === null) {
    throw new UserError(
      "no_code",
      "There is no code and no link of a sign-in on standard input.",
      "Give it as the first line of standard input.",
    );
  }
  return { proof, totp: withTotp && !canAsk() ? givenTotp(totp) : undefined };
};

const NO_PROOF = "This is not a code, and not a link that holds one. Copy it without opening it.";

const asked = async (question: Question): Promise<string> => (await ask([question]))[question.name] ?? "";
