import { Args } from "@oclif/core";
import { type Checked, type CheckedCredential, checkStored } from "../../lib/credentials/check-stored.js";
import { CredentialsCommand, nameFlag } from "../../lib/command/credentials.js";
import { UserError } from "../../lib/errors.js";
import { findCredential } from "../../lib/credentials/find.js";
import { checkTable } from "../../lib/render/credential-tables.js";

export default class CredentialsCheck extends CredentialsCommand {
  static override summary = "try stored keys at their providers, which costs nothing";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> anthropic",
  ];
  static override args = {
    provider: Args.string({ ignoreStdin: true, description: "the provider; all of them without it" }),
  };
  static override flags = { name: nameFlag };

  async run(): Promise<{ credentials: CheckedCredential[] }> {
    const { args, flags } = await this.parse(CredentialsCheck);
    if (args.provider === undefined && flags.name !== undefined) {
      throw new UserError(
        "provider_missing",
        "--name is the name of a provider's key.",
        "Name the provider, too.",
      );
    }
    const { user_id, credentials } = await this.credentials(true);
    const chosen =
      args.provider === undefined ? credentials : [findCredential(credentials, args.provider, flags.name)];
    const ring = await (await this.vaultOf(user_id)).ring();
    const checked: Checked[] = [];
    for (const credential of chosen) checked.push(await checkStored(ring, user_id, credential));
    await this.inStore(async (store) => {
      for (const { credential, changes } of checked) {
        if (changes) await store.call("change_credential", { credential_id: credential.id, changes });
      }
    });
    const results = checked.map(({ result }) => result);
    this.log(
      results.length === 0
        ? "No key is stored yet. Store one with: aicost credentials add PROVIDER"
        : checkTable(results, this.screen),
    );
    const failed = checked.find(({ error }) => error !== null)?.error;
    if (failed) process.exitCode = failed.exit;
    return { credentials: results };
  }
}
