import { type Account, embeddedAccount, hostedAccount } from "../lib/auth/account.js";
import { AicostCommand } from "../lib/command/base.js";
import { accountDetail } from "../lib/render/account-detail.js";

export default class Whoami extends AicostCommand {
  static override summary = "show which database commands work on, and who you are there";
  static override description = "It asks the project, so it also shows if the session was ended elsewhere.";
  static override examples = ["<%= config.bin %> <%= command.id %>"];

  async run(): Promise<Account> {
    await this.parse(Whoami);
    const { profile } = this;
    const account =
      profile.kind === "embedded"
        ? embeddedAccount(this.config.dataDir)
        : await hostedAccount(profile, this.place);
    this.log(accountDetail(account, this.screen));
    return account;
  }
}
