import { CredentialsCommand } from "../../lib/command/credentials.js";
import { type Rotation, rotateVault } from "../../lib/credentials/rotate-vault.js";

export default class VaultRotate extends CredentialsCommand {
  static override summary = "encrypt all stored API keys again, with a new vault key";
  static override description =
    "If it is interrupted, run it again to complete it. Your other machines then need the new vault key: aicost vault export.";
  static override examples = ["<%= config.bin %> <%= command.id %>"];

  async run(): Promise<Rotation> {
    await this.parse(VaultRotate);
    const { user_id, credentials } = await this.credentials(true);
    const vault = await this.vaultOf(user_id);
    const rotation = await rotateVault(vault, user_id, credentials, (work) => this.inStore(work));
    const { key_id, rotated, resumed } = rotation;
    const keys = rotated === 1 ? "One stored key was" : `${rotated} stored keys were`;
    this.log(`${keys} encrypted again, with the vault key ${key_id}.`);
    if (resumed) this.note("An earlier rotation was cut short; this one completed it.");
    return rotation;
  }
}
