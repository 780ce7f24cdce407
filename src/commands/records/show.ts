import { AicostCommand } from "../../lib/command/base.js";
import { recordId } from "../../lib/command/flags.js";
import { recordDetail } from "../../lib/render/record-table.js";
import type { StoredRecord } from "../../lib/api.js";

export default class RecordsShow extends AicostCommand {
  static override summary = "show all details of a charge";
  static override examples = ["<%= config.bin %> <%= command.id %> 3f2a9c1d"];
  static override args = { id: recordId };

  async run(): Promise<{ record: StoredRecord }> {
    const { args } = await this.parse(RecordsShow);
    const store = await this.store();
    const { timezone } = await store.call("get_preferences", {});
    const record = await store.call("get_cost_record", { record_id: args.id });
    const names = await store.call("list_names", {});
    this.log(recordDetail(record, timezone, this.screen, names));
    return { record };
  }
}
