import { CredentialsCommand } from "../../lib/command/credentials.js";
import { credentialTable } from "../../lib/render/credential-tables.js";
import type { StoredCredential } from "../../lib/api.js";

export default class Credentials extends CredentialsCommand {
  static override summary = "list the stored keys of providers; never a key itself";
  static override examples = ["<%= config.bin %> <%= command.id %>"];

  async run(): Promise<{ credentials: StoredCredential[] }> {
    await this.parse(Credentials);
    const store = await this.store();
    const { credentials } = await store.call("list_credentials", {});
    const { timezone } = await store.call("get_preferences", {});
    this.log(
      credentials.length === 0
        ? "No key is stored yet. Store one with: aicost credentials add PROVIDER"
        : credentialTable(credentials, { timezone, now: new Date() }, this.screen),
    );
    return { credentials };
  }
}
