import { CredentialsCommand, nameFlag, providerArg } from "../../lib/command/credentials.js";
import { labelOf } from "../../lib/credentials/label.js";
import type { StoredCredential } from "../../lib/api.js";

export default class CredentialsDisable extends CredentialsCommand {
  static override summary = "stop syncing with a key, without deleting it";
  static override examples = ["<%= config.bin %> <%= command.id %> openai"];
  static override args = { provider: providerArg };
  static override flags = { name: nameFlag };

  async run(): Promise<{ credential: StoredCredential }> {
    const { args, flags } = await this.parse(CredentialsDisable);
    const credential = await this.setActive(args.provider, flags.name, false);
    this.log(`The key of ${labelOf(credential)} is disabled.`);
    return { credential };
  }
}
