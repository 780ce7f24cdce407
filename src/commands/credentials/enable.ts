import { CredentialsCommand, nameFlag, providerArg } from "../../lib/command/credentials.js";
import { labelOf } from "../../lib/credentials/label.js";
import type { StoredCredential } from "../../lib/api.js";

export default class CredentialsEnable extends CredentialsCommand {
  static override summary = "let aicost sync use a disabled key again";
  static override examples = ["<%= config.bin %> <%= command.id %> openai"];
  static override args = { provider: providerArg };
  static override flags = { name: nameFlag };

  async run(): Promise<{ credential: StoredCredential }> {
    const { args, flags } = await this.parse(CredentialsEnable);
    const credential = await this.setActive(args.provider, flags.name, true);
    this.log(`The key of ${labelOf(credential)} is enabled.`);
    return { credential };
  }
}
