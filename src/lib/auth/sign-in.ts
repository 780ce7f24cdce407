import { openBrowser } from "../terminal/browser.js";
import { authError } from "../server/auth-errors.js";
import { UserError } from "../errors.js";
import { interruptible } from "../terminal/interrupt.js";
import { ask, canAsk, firstLine, type Question } from "../terminal/prompt.js";
import { openLoopback } from "./loopback.js";
import type { Session } from "./server.js";
import type { SignInFlags, Target } from "./target.js";

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

export const signInByPassword = async (target: Target, flags: SignInFlags): Promise<Session> => {
  requireWay(target, "email");
  const email = await emailOf(target, flags);
  return target.auth.signIn(email, await passwordOf(flags, "once"));
};

/** Signs in by a code that is sent by e-mail; it is asked for, or read from standard input. */
export const signInByCode = async (
  target: Target,
  flags: SignInFlags,
  tell: (text: string) => void,
): Promise<Session> => {
  requireWay(target, "email");
  const email = await emailOf(target, flags);
  await target.auth.sendCode(email);
  tell(`A code is on its way to ${email}.`);
  return target.auth.signInByCode(email, await codeOf());
};

/** With PKCE: only this process can use what comes back to this machine. */
export const signInByBrowser = async (
  target: Target,
  { provider, port, opens, tell }: BrowserSignIn,
): Promise<Session> => {
  requireWay(target, provider);
  return interruptible(async (signal) => {
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
};

/** @returns no session if the address must be confirmed first */
export const signUp = async (
  target: Target,
  flags: SignInFlags,
): Promise<{ email: string; session: Session | null }> => {
  requireWay(target, "email");
  if (!target.settings.signup) throw refusedBy(target, "signup_disabled", "");
  const email = await emailOf(target, flags);
  return { email, session: await target.auth.signUp(email, await passwordOf(flags, "twice")) };
};

/** Before anything is typed, or a browser shows an error that this program never hears of. */
const requireWay = (target: Target, way: string): void => {
  if (!target.settings.allows(way)) throw refusedBy(target, "provider_disabled", `${way} is not enabled`);
};

const refusedBy = ({ project, profile }: Target, code: string, message: string): UserError =>
  authError({ code, message }, { url: project.url, profile, email: "" });

const emailOf = async ({ lastEmail }: Target, { email }: SignInFlags): Promise<string> => {
  if (email !== undefined) return givenEmail(email.trim());
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

const passwordOf = async (flags: SignInFlags, times: "once" | "twice"): Promise<string> => {
  if (flags["password-stdin"]) return passwordFromInput();
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

const passwordFromInput = async (): Promise<string> => {
  if (process.stdin.isTTY) {
    throw new UserError(
      "password_shown",
      "A password typed into standard input is visible.",
      "Leave out --password-stdin to be asked for it, or pass it through a pipe or from a file.",
    );
  }
  const password = await firstLine();
  if (password !== "") return password;
  throw new UserError(
    "no_password",
    "There is no password on standard input.",
    "aicost login … < password.txt",
  );
};

/** People copy codes with spaces in them. */
const codeOf = async (): Promise<string> => {
  const isCode = (text: string): boolean => /^\w+$/.test(text.replaceAll(/\s/g, ""));
  const check = (text: string) => (isCode(text) ? null : "This is not a code.");
  const text = canAsk()
    ? await asked({ name: "code", message: "The code from the e-mail", check })
    : await firstLine();
  if (isCode(text)) return text.replaceAll(/\s/g, "");
  throw new UserError(
    "no_code",
    "There is no code on standard input.",
    "Give it as the first line of standard input.",
  );
};

const asked = async (question: Question): Promise<string> => (await ask([question]))[question.name] ?? "";
