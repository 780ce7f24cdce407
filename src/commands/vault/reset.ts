import { CredentialsCommand } from "../../lib/command/credentials.js";
import { yesFlag } from "../../lib/command/flags.js";
import { vaultDetail } from "../../lib/render/vault-detail.js";
import { type VaultStatus, vaultStatus } from "../../lib/vault/status.js";

export default class VaultReset extends CredentialsCommand {
  static override summary = "create a new vault after the vault key was lost for good";
  static override description =
    "What the lost key encrypted can never be decrypted again: enter each API key again with aicost credentials rotate. Nothing else is lost.";
  static override examples = ["<%= config.bin %> <%= command.id %>"];
  static override flags = { yes: yesFlag };

  async run(): Promise<{ vault: VaultStatus | null }> {
    const { flags } = await this.parse(VaultReset);
    const { user_id, credentials } = await this.credentials();
    const question = "Create a new vault? Keys encrypted with the lost one can never be decrypted.";
    if (!(await this.confirm(question, flags.yes))) return { vault: null };
    const vault = await this.vaultOf(user_id);
    const status = vaultStatus(await vault.beginAnew(), credentials);
    this.log(vaultDetail(status, this.screen));
    if (status.locked > 0) this.tell("Enter these keys again: aicost credentials rotate PROVIDER");
    return { vault: status };
  }
}
