import { Args, Flags } from "@oclif/core";
import { AicostCommand } from "../../lib/command/base.js";
import { UserError } from "../../lib/errors.js";
import type { Provider } from "../../lib/api.js";

export default class ProvidersAdd extends AicostCommand {
  static override summary = "add your own provider";
  static override examples = ['<%= config.bin %> <%= command.id %> my-gateway --display-name "My gateway"'];
  static override args = {
    name: Args.string({
      required: true,
      ignoreStdin: true,
      description: "its name in commands: lower-case letters, digits, dots and dashes",
    }),
  };
  static override flags = {
    "display-name": Flags.string({ helpValue: "TEXT", summary: "its name in tables [default: NAME]" }),
  };

  async run(): Promise<{ provider: Provider }> {
    const { args, flags } = await this.parse(ProvidersAdd);
    const display_name = displayName(flags["display-name"] ?? args.name);
    const store = await this.store();
    const provider = await store.call("add_provider", { name: args.name, display_name });
    this.log(`Added the provider ${provider.name}. Use it with: aicost add --provider ${provider.name}`);
    return { provider };
  }
}

const displayName = (text: string): string => {
  const name = text.trim();
  const length = Array.from(name).length;
  if (length >= 1 && length <= 200) return name;
  throw new UserError(
    "bad_display_name",
    `The display name has ${length} characters; it can have 1 to 200.`,
    'For example: --display-name "My gateway"',
  );
};
