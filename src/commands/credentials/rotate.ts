import { checkKey, metadataOf, parseBaseUrl, sameAccount } from "../../lib/credentials/check.js";
import { CredentialsCommand, keyFlags, nameFlag, providerArg } from "../../lib/command/credentials.js";
import { findCredential, typedCollector } from "../../lib/credentials/find.js";
import { currentKey, provenBaseUrl, sealed, usableRing } from "../../lib/credentials/sealing.js";
import { recognised, typedKey } from "../../lib/credentials/typed-key.js";
import { credentialDetail } from "../../lib/render/credential-tables.js";
import type { StoredCredential } from "../../lib/api.js";

/** Facts learned with the previous key are forgotten. */
const UNTRIED = { checked_at: null, account_name: null };

export default class CredentialsRotate extends CredentialsCommand {
  static override summary = "replace a stored key with a new one of the same account";
  static override description =
    "Make the new key at the provider, store it with this command, then delete the old one at the provider.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> anthropic",
    "<%= config.bin %> <%= command.id %> openai --name work --key-stdin < key.txt",
  ];
  static override args = { provider: providerArg };
  static override flags = { name: nameFlag, ...keyFlags };

  async run(): Promise<{ credential: StoredCredential }> {
    const { args, flags } = await this.parse(CredentialsRotate);
    const collector = typedCollector(args.provider);
    const { user_id, credentials } = await this.credentials(true);
    const known = findCredential(credentials, args.provider, flags.name);
    const given = flags["base-url"] === undefined ? undefined : parseBaseUrl(flags["base-url"]);
    const vault = await this.vaultOf(user_id);
    const ring = await usableRing(vault, credentials);
    const base_url = given ?? (await provenBaseUrl(ring, user_id, known));
    const named = { ...known, metadata: base_url === undefined ? {} : { base_url } };

    const key = await typedKey(collector, flags["key-stdin"]);
    const kind = recognised(key, collector, base_url !== undefined);
    const check = flags.check ? await checkKey(collector, named, key) : null;
    const metadata = sameAccount(metadataOf(key, kind, check, named), known.metadata, named);
    const vaultKey = await currentKey(vault, credentials);
    const columns = await sealed(key, vaultKey, user_id, { ...known, metadata });

    const validation_status = check === null ? "pending" : "valid";
    const credential = await this.inStore((store) =>
      store.call("change_credential", {
        credential_id: known.id,
        changes: { ...columns, validation_status, metadata: { ...UNTRIED, ...metadata } },
      }),
    );
    this.log(credentialDetail(credential, this.screen));
    if (check?.note !== undefined) this.tell(check.note);
    return { credential };
  }
}
