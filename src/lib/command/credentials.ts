import { Args, Flags } from "@oclif/core";
import { AicostCommand } from "./base.js";
import { areTexts } from "./usage-errors.js";
import { UserError } from "../errors.js";
import type { Api, StoredCredential } from "../api.js";
import { findCredential } from "../credentials/find.js";
import type { Vault } from "../vault/vault.js";

export const providerArg = Args.string({
  required: true,
  ignoreStdin: true,
  description: "the provider, for example anthropic",
});

export const nameFlag = Flags.string({
  summary: "which key, if the provider has several",
  helpValue: "NAME",
});

/** How a key is given. It is never an argument: other users of the machine see those. */
export const keyFlags = {
  "key-stdin": Flags.boolean({ summary: "read the key from standard input" }),
  "base-url": Flags.string({
    summary: "address to send the key to, if not the provider's own: your own gateway",
    helpValue: "URL",
  }),
  check: Flags.boolean({
    default: true,
    allowNo: true,
    summary: "try the key before it is stored",
  }),
};

export abstract class CredentialsCommand extends AicostCommand {
  /** An argument too many may be a key or a passphrase, which the framework's own error would show. */
  protected override catch(thrown: unknown): Promise<void> {
    return super.catch(unasked(thrown));
  }

  protected async vaultOf(userId: string): Promise<Vault> {
    const { openVault } = await import("../vault/vault.js");
    return openVault({ ...this.place, userId, env: process.env });
  }

  protected async setActive(
    provider: string,
    name: string | undefined,
    is_active: boolean,
  ): Promise<StoredCredential> {
    const store = await this.store();
    const { credentials } = await store.call("list_credentials", {});
    const { id } = findCredential(credentials, provider, name);
    return store.call("change_credential", { credential_id: id, changes: { is_active } });
  }

  /** @param withKeys with their ciphertexts */
  protected credentials(withKeys = false): Promise<Api["list_credentials"]["result"]> {
    return this.inStore((store) => store.call("list_credentials", { with_keys: withKeys }));
  }
}

/** Without what was typed, which the framework would show. */
const unasked = (thrown: unknown): unknown => {
  const { args } = (thrown ?? {}) as { args?: unknown };
  if (areTexts(args)) {
    return new UserError(
      "usage",
      "This command was given too many arguments.",
      "A key or a passphrase is never an argument, which others could see: aicost asks for it, or reads it from standard input. See --help",
    );
  }
  return thrown;
};
