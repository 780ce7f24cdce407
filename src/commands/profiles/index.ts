import { AicostCommand } from "../../lib/command/base.js";
import { readConfig } from "../../lib/config/config.js";
import { listProfiles, type ListedProfile } from "../../lib/config/profiles.js";
import { profileTable } from "../../lib/render/list-tables.js";

export default class Profiles extends AicostCommand {
  static override summary = "list the databases that you can work on";
  static override description =
    "A profile is a Supabase project that aicost login connected to. local is always there: the embedded database, without an account. --profile NAME or AICOST_PROFILE chooses one for a command, aicost profiles use NAME for all that follow.";
  static override examples = ["<%= config.bin %> <%= command.id %>"];

  async run(): Promise<{ profiles: ListedProfile[] }> {
    await this.parse(Profiles);
    const profiles = listProfiles(readConfig(this.config.configDir), this.profileFlag, process.env);
    this.log(profileTable(profiles, this.screen));
    return { profiles };
  }
}
