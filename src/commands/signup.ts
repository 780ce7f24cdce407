import { signedInAccount } from "../lib/auth/account.js";
import { type SignInFlags, openTarget } from "../lib/auth/target.js";
import { signInFlags } from "../lib/command/flags.js";
import { keepSession } from "../lib/auth/keeping.js";
import { signUp } from "../lib/auth/sign-in.js";
import { type LoggedIn, SignInCommand } from "../lib/command/sign-in.js";
import { accountDetail } from "../lib/render/account-detail.js";

/** Either signed in at once, or once the address is confirmed. */
type SignedUp = LoggedIn | { profile: string; project: string; confirmation_sent_to: string };

export default class Signup extends SignInCommand {
  static override summary = "make an account in your Supabase project";
  static override description =
    "In a terminal, aicost asks for what the flags leave out. If the project does not confirm e-mail addresses, you are signed in at once, as with aicost login.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --email you@example.com --password-stdin < password.txt",
  ];
  static override flags = signInFlags;

  async run(): Promise<SignedUp> {
    const { flags } = await this.parse(Signup);
    const tell = (text: string) => this.tell(text);
    const target = await openTarget(flags, lacking, process.env, this.place, tell);
    const { profile, project } = target;
    const { email, session } = await signUp(target, flags);
    if (session === null) {
      this.log(
        `A mail is on its way to ${email}. Open the link in it, then: aicost login --profile ${profile}`,
      );
      return { profile, project: project.url, confirmation_sent_to: email };
    }
    await keepSession({ profile, project, session }, target.secrets, this.place);
    const account = signedInAccount({ profile, project, session }, target.secrets.kind);
    this.log(accountDetail(account, this.screen));
    return { ...account, moved: await this.settleIn(account.profile) };
  }
}

const lacking = ({ email, "password-stdin": hasPassword }: SignInFlags): string[] => [
  ...(email === undefined ? ["--email"] : []),
  ...(hasPassword ? [] : ["--password-stdin"]),
];
