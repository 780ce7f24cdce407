import { Args } from "@oclif/core";
import { AicostCommand } from "../../lib/command/base.js";
import { preferenceChange, rateKey, SETTABLE } from "../../lib/config/preferences.js";
import { typedCurrency, typedRate } from "../../lib/rates/typed.js";
import { preferencesTable } from "../../lib/render/list-tables.js";
import type { Preferences } from "../../lib/api.js";

export default class PrefsSet extends AicostCommand {
  static override summary = "change a preference";
  static override description = `You can set ${SETTABLE}. Every report and range uses the calendar of your time zone.`;
  static override examples = [
    "<%= config.bin %> <%= command.id %> timezone Europe/Berlin",
    "<%= config.bin %> <%= command.id %> range mtd",
    "<%= config.bin %> <%= command.id %> currency EUR",
  ];
  static override args = {
    key: Args.string({
      required: true,
      ignoreStdin: true,
      description: "timezone, range, currency, update-rates or forecast",
    }),
    value: Args.string({ required: true, ignoreStdin: true, description: "the new value" }),
  };

  async run(): Promise<{ preferences: Preferences }> {
    const { args } = await this.parse(PrefsSet);
    const store = await this.store();
    const current = await store.call("get_preferences", {});
    const currency = rateKey(args.key);
    if (currency !== null) return this.#setRate(typedCurrency(currency), args.value);
    const changes = preferenceChange(args.key, args.value, current);
    const preferences = await store.call("set_preferences", { changes });
    this.log(preferencesTable(preferences, this.screen));
    return { preferences };
  }

  /** As `aicost rates set` and `aicost rates remove` do. */
  async #setRate(currency: string, value: string): Promise<{ preferences: Preferences }> {
    const store = await this.store();
    const rate = { currency, day: null };
    if (value.trim().toLowerCase() === "none") await store.call("remove_rate", rate);
    else await store.call("set_rate", { ...rate, usd: typedRate(currency, value) });
    this.log("Rates are kept beside preferences. See them with: aicost rates");
    return { preferences: await store.call("get_preferences", {}) };
  }
}
