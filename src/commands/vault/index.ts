import { CredentialsCommand } from "../../lib/command/credentials.js";
import { vaultDetail } from "../../lib/render/vault-detail.js";
import { type VaultStatus, vaultStatus } from "../../lib/vault/status.js";

export default class Vault extends CredentialsCommand {
  static override summary = "show which vault key encrypts your API keys";
  static override examples = ["<%= config.bin %> <%= command.id %>"];

  async run(): Promise<{ vault: VaultStatus }> {
    await this.parse(Vault);
    const { user_id, credentials } = await this.credentials();
    const vault = await this.vaultOf(user_id);
    const status = vaultStatus(await vault.ring(), credentials);
    this.log(vaultDetail(status, this.screen));
    return { vault: status };
  }
}
