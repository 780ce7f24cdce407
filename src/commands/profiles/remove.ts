import { Args } from "@oclif/core";
import { AicostCommand } from "../../lib/command/base.js";
import { changeConfig } from "../../lib/config/config.js";
import { removeProfile } from "../../lib/config/profiles.js";

export default class ProfilesRemove extends AicostCommand {
  static override summary = "forget a Supabase project";
  static override description = "Nothing in the project changes. Sign out of it first.";
  static override examples = ["<%= config.bin %> <%= command.id %> work"];
  static override args = { name: Args.string({ required: true, description: "the profile" }) };

  async run(): Promise<{ removed: string }> {
    const { args } = await this.parse(ProfilesRemove);
    changeConfig(this.config.configDir, (config) => removeProfile(config, args.name));
    this.log(`The profile ${args.name} is forgotten.`);
    return { removed: args.name };
  }
}
