import { Args } from "@oclif/core";
import { CredentialsCommand, nameFlag, providerArg } from "../../lib/command/credentials.js";
import { findCredential } from "../../lib/credentials/find.js";
import { refuseTaken } from "../../lib/credentials/settings.js";
import type { StoredCredential } from "../../lib/api.js";

export default class CredentialsRename extends CredentialsCommand {
  static override summary = "rename a stored key";
  static override examples = [
    "<%= config.bin %> <%= command.id %> openai work",
    "<%= config.bin %> <%= command.id %> openai private --name default",
  ];
  static override args = {
    provider: providerArg,
    "new-name": Args.string({
      required: true,
      ignoreStdin: true,
      description: "its new name",
    }),
  };
  static override flags = { name: nameFlag };

  async run(): Promise<{ credential: StoredCredential }> {
    const { args, flags } = await this.parse(CredentialsRename);
    const store = await this.store();
    const { credentials } = await store.call("list_credentials", {});
    const { id, provider, name } = findCredential(credentials, args.provider, flags.name);
    const changes = { name: args["new-name"] };
    if (changes.name !== name) refuseTaken(credentials, { provider, ...changes });
    const credential = await store.call("change_credential", { credential_id: id, changes });
    this.log(`The key ${name} of ${provider} is called ${credential.name} now.`);
    return { credential };
  }
}
