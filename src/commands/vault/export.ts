import { Args, Flags } from "@oclif/core";
import { CredentialsCommand } from "../../lib/command/credentials.js";
import { forceFlag } from "../../lib/command/flags.js";
import { UserError } from "../../lib/errors.js";
import { fileOutput } from "../../lib/files/output.js";
import { typedPassphrase } from "../../lib/vault/passphrase.js";

export default class VaultExport extends CredentialsCommand {
  static override summary = "write the vault key to a file, sealed with a passphrase, for another machine";
  static override examples = [
    "<%= config.bin %> <%= command.id %> aicost-vault.txt",
    "<%= config.bin %> <%= command.id %> aicost-vault.txt --passphrase-stdin < passphrase.txt",
  ];
  static override args = {
    file: Args.string({ required: true, ignoreStdin: true, description: "the file to write" }),
  };
  static override flags = {
    "passphrase-stdin": Flags.boolean({ summary: "read the passphrase from standard input" }),
    force: forceFlag,
  };

  async run(): Promise<{ file: string; key_ids: string[] }> {
    const { args, flags } = await this.parse(VaultExport);
    const { user_id } = await this.credentials();
    const vault = await this.vaultOf(user_id);
    const ring = await vault.ring();
    if (ring === null) throw nothingThere();
    const passphrase = await typedPassphrase(flags["passphrase-stdin"], true);
    const { exportRing } = await import("../../lib/vault/transfer.js");
    const text = await exportRing(ring, passphrase);
    const output = fileOutput(args.file, { force: flags.force, example: "aicost vault export FILE" });
    try {
      await output.write(text);
      output.keep();
    } finally {
      output.discard();
    }
    this.log(`The vault is in ${args.file}.\nOn the other machine:\n  aicost vault import ${args.file}`);
    return { file: args.file, key_ids: ring.keys.map(({ id }) => id) };
  }
}

const nothingThere = () =>
  new UserError(
    "vault_empty",
    "There is no vault key on this machine yet.",
    "It is created when you store the first key: aicost credentials add PROVIDER",
  );
