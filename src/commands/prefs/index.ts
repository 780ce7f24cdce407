import { AicostCommand } from "../../lib/command/base.js";
import { preferencesTable } from "../../lib/render/list-tables.js";
import type { Preferences } from "../../lib/api.js";

export default class Prefs extends AicostCommand {
  static override summary = "show your preferences";
  static override examples = ["<%= config.bin %> <%= command.id %>"];

  async run(): Promise<{ preferences: Preferences }> {
    await this.parse(Prefs);
    const store = await this.spend();
    const preferences = await store.call("get_preferences", {});
    this.log(preferencesTable(preferences, this.screen));
    return { preferences };
  }
}
