import { readFileSync, statSync } from "node:fs";
import { Args, Flags } from "@oclif/core";
import { CredentialsCommand } from "../../lib/command/credentials.js";
import { systemCode, UserError } from "../../lib/errors.js";
import { vaultDetail } from "../../lib/render/vault-detail.js";
import { typedPassphrase } from "../../lib/vault/passphrase.js";
import { type VaultStatus, vaultStatus } from "../../lib/vault/status.js";

/** An export takes a few hundred bytes a key. */
const LARGEST = 1024 * 1024;

export default class VaultImport extends CredentialsCommand {
  static override summary = "import the vault key that aicost vault export wrote on another machine";
  static override examples = ["<%= config.bin %> <%= command.id %> aicost-vault.txt"];
  static override args = {
    file: Args.string({ required: true, ignoreStdin: true, description: "the file to read" }),
  };
  static override flags = {
    "passphrase-stdin": Flags.boolean({ summary: "read the passphrase from standard input" }),
  };

  async run(): Promise<{ vault: VaultStatus }> {
    const { args, flags } = await this.parse(VaultImport);
    const text = textOf(args.file);
    const { user_id, credentials } = await this.credentials();
    const passphrase = await typedPassphrase(flags["passphrase-stdin"], false);
    const { importRing } = await import("../../lib/vault/transfer.js");
    const vault = await this.vaultOf(user_id);
    const ring = await vault.merge(await importRing(text, passphrase));
    const status = vaultStatus(ring, credentials);
    this.log(vaultDetail(status, this.screen));
    this.note(`Delete ${args.file} now, and every copy of it.`);
    return { vault: status };
  }
}

const textOf = (file: string): string => {
  try {
    if (statSync(file).size > LARGEST) throw unreadable(file, "it is too large for an export of a vault");
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw unreadable(file, code === "ENOENT" ? "it does not exist" : `the system says ${code}`);
  }
};

const unreadable = (file: string, why: string) =>
  new UserError(
    "file_unreadable",
    `The file ${file} cannot be read: ${why}.`,
    "Name the file that aicost vault export wrote.",
  );
