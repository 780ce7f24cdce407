import { randomUUID } from "node:crypto";
import { Flags } from "@oclif/core";
import { isShownBy } from "../../lib/config/web-address.js";
import { checkKey, metadataOf, parseBaseUrl } from "../../lib/credentials/check.js";
import { CredentialsCommand, keyFlags, providerArg } from "../../lib/command/credentials.js";
import { typedCollector } from "../../lib/credentials/find.js";
import { DEFAULT_NAME } from "../../lib/credentials/label.js";
import { currentKey, sealed, usableRing } from "../../lib/credentials/sealing.js";
import { askedBaseUrl, refuseTaken } from "../../lib/credentials/settings.js";
import { recognised, typedKey } from "../../lib/credentials/typed-key.js";
import { credentialDetail } from "../../lib/render/credential-tables.js";
import type { StoredCredential } from "../../lib/api.js";

export default class CredentialsAdd extends CredentialsCommand {
  static override summary = "store a key of a provider, encrypted, to collect what was spent";
  static override description =
    "The key is asked for, tried, and encrypted on this machine before it reaches the database. What was spent is collected by aicost sync.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> anthropic",
    "<%= config.bin %> <%= command.id %> openai --name work --key-stdin < key.txt",
    "<%= config.bin %> <%= command.id %> litellm --base-url https://llm.example.com",
  ];
  static override args = { provider: providerArg };
  static override flags = {
    name: Flags.string({
      default: DEFAULT_NAME,
      helpValue: "NAME",
      summary: "what to call it, if you have several keys of the provider",
    }),
    ...keyFlags,
  };

  async run(): Promise<{ credential: StoredCredential }> {
    const { args, flags } = await this.parse(CredentialsAdd);
    const collector = typedCollector(args.provider);
    const { provider } = collector;
    const given = flags["base-url"] ?? (await askedBaseUrl(collector));
    const base_url = given === undefined ? undefined : parseBaseUrl(given);
    const named = { provider, name: flags.name, metadata: base_url === undefined ? {} : { base_url } };
    const before = await this.credentials();
    refuseTaken(before.credentials, named);
    // Before a key is typed that goes there.
    if (given !== undefined && base_url !== undefined && !isShownBy(new URL(base_url).origin, given))
      this.tell(`Requests with this key will go to ${new URL(base_url).origin}`);
    const vault = await this.vaultOf(before.user_id);
    await usableRing(vault, before.credentials);

    const key = await typedKey(collector, flags["key-stdin"]);
    const kind = recognised(key, collector, base_url !== undefined);
    const check = flags.check ? await checkKey(collector, named, key) : null;
    const bound = { id: randomUUID(), provider, metadata: metadataOf(key, kind, check, named) };
    const vaultKey = await currentKey(vault, before.credentials);
    const columns = await sealed(key, vaultKey, before.user_id, bound);

    const validation_status = check === null ? "pending" : "valid";
    const credential = await this.inStore((store) =>
      store.call("add_credential", {
        credential: { ...bound, ...columns, name: flags.name, validation_status },
      }),
    );
    this.log(credentialDetail(credential, this.screen));
    if (check?.note !== undefined) this.tell(check.note);
    this.note("Collect what was spent with: aicost sync");
    return { credential };
  }
}
