import { Flags } from "@oclif/core";
import { AicostCommand } from "../../lib/command/base.js";
import { entryFlags } from "../../lib/command/entry-flags.js";
import { recordId } from "../../lib/command/flags.js";
import { withStoredRates } from "../../lib/rates/stored.js";
import { givenRates } from "../../lib/record/currency.js";
import { recordChanges } from "../../lib/entries/manual-entry.js";
import { recordDetail } from "../../lib/render/record-table.js";
import type { StoredRecord } from "../../lib/api.js";

export default class RecordsEdit extends AicostCommand {
  static override summary = "correct a charge";
  static override description =
    "If you correct an imported record, importing its file again keeps the correction. You cannot change its date and account, which come from the file.";
  static override examples = ["<%= config.bin %> <%= command.id %> 3f2a9c1d --cost 12.50 --note refunded"];
  static override args = { id: recordId };
  static override flags = {
    ...entryFlags,
    estimated: Flags.boolean({ summary: "the amount is an estimate, not a charge" }),
    subscription: Flags.boolean({
      allowNo: true,
      summary: "the amount is the flat fee of a plan: --kind subscription",
      exclusive: ["estimated"],
    }),
  };

  async run(): Promise<{ record: StoredRecord }> {
    const { args, flags } = await this.parse(RecordsEdit);
    const store = await this.store();
    const preferences = await store.call("get_preferences", {});
    const old = await store.call("get_cost_record", { record_id: args.id });
    const { result: changes } = await withStoredRates(
      givenRates(flags.rate),
      () => Promise.resolve(store),
      (rates) => recordChanges(flags, old, preferences, rates),
    );
    const record = await store.call("edit_cost_record", { record_id: old.id, changes });
    this.log(recordDetail(record, preferences.timezone, this.screen));
    return { record };
  }
}
