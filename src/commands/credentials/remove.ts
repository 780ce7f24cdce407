import { CredentialsCommand, nameFlag, providerArg } from "../../lib/command/credentials.js";
import { yesFlag } from "../../lib/command/flags.js";
import { findCredential } from "../../lib/credentials/find.js";
import { labelOf } from "../../lib/credentials/label.js";
import type { StoredCredential } from "../../lib/api.js";

export default class CredentialsRemove extends CredentialsCommand {
  static override summary = "forget a stored key";
  static override description =
    "What was collected with it stays. The key itself stays valid until you delete it at the provider.";
  static override examples = ["<%= config.bin %> <%= command.id %> openai"];
  static override args = { provider: providerArg };
  static override flags = { name: nameFlag, yes: yesFlag };

  async run(): Promise<{ removed: StoredCredential[] }> {
    const { args, flags } = await this.parse(CredentialsRemove);
    const { credentials } = await this.credentials();
    const found = findCredential(credentials, args.provider, flags.name);
    const question = `Forget the key of ${labelOf(found)} (${found.metadata.masked})?`;
    if (!(await this.confirm(question, flags.yes))) return { removed: [] };
    const removed = await this.inStore((store) =>
      store.call("remove_credential", { credential_id: found.id }),
    );
    this.log(
      `The key of ${labelOf(removed)} is forgotten. Delete it at the provider, too, if nothing else uses it.`,
    );
    return { removed: [removed] };
  }
}
