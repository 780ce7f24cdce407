import { Flags } from "@oclif/core";
import { signedInAccount } from "../lib/auth/account.js";
import { openTarget, type SignInFlags, type Target } from "../lib/auth/target.js";
import { secondFactorFlags, signInFlags } from "../lib/command/flags.js";
import { keepSession } from "../lib/auth/keeping.js";
import type { Session } from "../lib/auth/server.js";
import {
  type LoginFlags as SignInLoginFlags,
  signInByBrowser,
  signInByMail,
  signInByPassword,
  withSecondFactor,
} from "../lib/auth/sign-in.js";
import { type LoggedIn, SignInCommand } from "../lib/command/sign-in.js";
import { accountDetail } from "../lib/render/account-detail.js";

export default class Login extends SignInCommand {
  static override summary = "sign in to your Supabase project, and work on it from then on";
  static override description =
    "In a terminal it asks for what the flags leave out. The session is kept in the keychain of the operating system, the address of the project and its publishable key in the profile. aicost logout goes back to the embedded database.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --email you@example.com --password-stdin < password.txt",
    "<%= config.bin %> <%= command.id %> --otp",
    "<%= config.bin %> <%= command.id %> --profile work --oauth github",
  ];
  static override flags = {
    ...signInFlags,
    ...secondFactorFlags,
    otp: Flags.boolean({
      summary: "get a code or a link by e-mail instead of using a password",
      exclusive: ["password-stdin", "oauth"],
    }),
    oauth: Flags.string({
      summary: "sign in with a provider in the browser: github, google or another one of the project",
      helpValue: "PROVIDER",
      exclusive: ["password-stdin"],
    }),
    port: Flags.integer({
      summary: "the port of this machine that the browser comes back to",
      helpValue: "PORT",
      min: 1,
      max: 65_535,
      dependsOn: ["oauth"],
    }),
    "no-browser": Flags.boolean({
      summary: "open no browser, only print the address",
      dependsOn: ["oauth"],
    }),
  };

  async run(): Promise<LoggedIn> {
    const { flags } = await this.parse(Login);
    const tell = (text: string) => this.tell(text);
    const target = await openTarget(flags, lacking, process.env, this.place, tell);
    const signedIn = { ...target, session: await this.#signIn(target, flags) };
    await keepSession(signedIn, target.secrets, this.place);
    const account = signedInAccount(signedIn, target.secrets.kind);
    this.log(accountDetail(account, this.screen));
    return { ...account, moved: await this.settleIn(account.profile) };
  }

  async #signIn(target: Target, flags: LoginFlags): Promise<Session> {
    const tell = (text: string) => this.tell(text);
    const { oauth: provider, port = 0, "no-browser": closed } = flags;
    const granted = flags.otp
      ? await signInByMail(target, flags, tell)
      : provider === undefined
        ? await signInByPassword(target, flags)
        : await signInByBrowser(target, { provider, port, opens: !closed, tell }, flags);
    return withSecondFactor(target, granted, tell);
  }
}

interface LoginFlags extends SignInLoginFlags {
  otp: boolean;
  oauth?: string | undefined;
  port?: number | undefined;
  "no-browser": boolean;
}

/** What is missing without a terminal; a code is then read from standard input. */
const lacking = (flags: SignInFlags & Partial<LoginFlags>, lastEmail: string | undefined): string[] => {
  const { email = lastEmail, otp, oauth, "password-stdin": hasPassword } = flags;
  if (oauth !== undefined) return [];
  return [
    ...(email === undefined ? ["--email"] : []),
    ...(otp || hasPassword ? [] : ["--password-stdin (or --otp, or --oauth PROVIDER)"]),
  ];
};
