import { Args } from "@oclif/core";
import { AicostCommand } from "../../lib/command/base.js";
import { preferenceChange, SETTABLE } from "../../lib/config/preferences.js";
import { preferencesTable } from "../../lib/render/list-tables.js";
import type { Preferences } from "../../lib/api.js";

export default class PrefsSet extends AicostCommand {
  static override summary = "change a preference";
  static override description = `You can set ${SETTABLE}. Every report and range uses the calendar of your time zone.`;
  static override examples = [
    "<%= config.bin %> <%= command.id %> timezone Europe/Berlin",
    "<%= config.bin %> <%= command.id %> range mtd",
    "<%= config.bin %> <%= command.id %> rate.CNY 0.14",
  ];
  static override args = {
    key: Args.string({ required: true, ignoreStdin: true, description: "timezone, range or rate.CURRENCY" }),
    value: Args.string({
      required: true,
      ignoreStdin: true,
      description: "the new value; “none” removes a rate",
    }),
  };

  async run(): Promise<{ preferences: Preferences }> {
    const { args } = await this.parse(PrefsSet);
    const store = await this.store();
    const current = await store.call("get_preferences", {});
    const changes = preferenceChange(args.key, args.value, current);
    const preferences = await store.call("set_preferences", { changes });
    this.log(preferencesTable(preferences, this.screen));
    return { preferences };
  }
}
