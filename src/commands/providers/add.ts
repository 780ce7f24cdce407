import { Args, Flags } from "@oclif/core";
import { AicostCommand } from "../../lib/command.js";
import type { Provider } from "../../lib/store/store.js";

export default class ProvidersAdd extends AicostCommand {
  static override summary = "add a provider of your own";
  static override examples = ['<%= config.bin %> <%= command.id %> my-gateway --display-name "My gateway"'];
  static override args = {
    name: Args.string({
      required: true,
      ignoreStdin: true,
      description: "how you type it: lower-case letters, digits, dots and dashes",
    }),
  };
  static override flags = {
    "display-name": Flags.string({ helpValue: "TEXT", summary: "how it is shown; the name without it" }),
  };

  async run(): Promise<{ provider: Provider }> {
    const { args, flags } = await this.parse(ProvidersAdd);
    const store = await this.store();
    const provider = await store.call("add_provider", {
      name: args.name,
      display_name: flags["display-name"] ?? args.name,
    });
    this.log(`Added the provider ${provider.name}. Use it with: aicost add --provider ${provider.name}`);
    return { provider };
  }
}
