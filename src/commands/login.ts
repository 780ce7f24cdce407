import { Flags } from "@oclif/core";
import { signedInAccount } from "../lib/auth/account.js";
import { type SignInFlags, openTarget, type Target } from "../lib/auth/target.js";
import { signInFlags } from "../lib/command/flags.js";
import { keepSession } from "../lib/auth/keeping.js";
import type { Session } from "../lib/auth/server.js";
import { signInByBrowser, signInByCode, signInByPassword } from "../lib/auth/sign-in.js";
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
    otp: Flags.boolean({
      summary: "get a one-time code by e-mail instead of using a password",
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
    const target = await openTarget(flags, lacking(flags), process.env, this.place);
    const signedIn = { ...target, session: await this.#signIn(target, flags) };
    await keepSession(signedIn, target.secrets, this.place);
    const account = signedInAccount(signedIn, target.secrets.kind);
    this.log(accountDetail(account, this.screen));
    return { ...account, moved: await this.settleIn(account.profile) };
  }

  #signIn(target: Target, flags: LoginFlags): Promise<Session> {
    const tell = (text: string) => this.tell(text);
    if (flags.otp) return signInByCode(target, flags, tell);
    if (flags.oauth === undefined) return signInByPassword(target, flags);
    const { oauth: provider, port = 0, "no-browser": closed } = flags;
    return signInByBrowser(target, { provider, port, opens: !closed, tell });
  }
}

interface LoginFlags extends SignInFlags {
  otp: boolean;
  oauth?: string | undefined;
  port?: number | undefined;
  "no-browser": boolean;
}

/** What is missing without a terminal; a code is then read from standard input. */
const lacking = ({ email, otp, oauth, "password-stdin": hasPassword }: LoginFlags): string[] => {
  if (oauth !== undefined) return [];
  return [
    ...(email === undefined ? ["--email"] : []),
    ...(otp || hasPassword ? [] : ["--password-stdin (or --otp, or --oauth PROVIDER)"]),
  ];
};
