import { Args } from "@oclif/core";
import { AicostCommand } from "../../lib/command/base.js";
import { changeConfig } from "../../lib/config/config.js";
import { useProfile } from "../../lib/config/profiles.js";

export default class ProfilesUse extends AicostCommand {
  static override summary = "choose the profile that commands work on";
  static override examples = [
    "<%= config.bin %> <%= command.id %> work",
    "<%= config.bin %> <%= command.id %> local",
  ];
  static override args = { name: Args.string({ required: true, description: "a profile, or local" }) };

  async run(): Promise<{ profile: string }> {
    const { args } = await this.parse(ProfilesUse);
    changeConfig(this.config.configDir, (config) => useProfile(config, args.name));
    this.log(`Commands now work on the profile ${args.name}.`);
    const { AICOST_PROFILE: asked = "" } = process.env;
    if (asked !== "" && asked !== args.name)
      this.tell(`AICOST_PROFILE=${asked} is set, and takes precedence here.`);
    return { profile: args.name };
  }
}
