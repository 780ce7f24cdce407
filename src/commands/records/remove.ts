import { AicostCommand } from "../../lib/command/base.js";
import { recordIds, yesFlag } from "../../lib/command/flags.js";
import { confirm } from "../../lib/terminal/prompt.js";
import { recordTable } from "../../lib/render/record-table.js";
import type { StoredRecord } from "../../lib/api.js";

export default class RecordsRemove extends AicostCommand {
  static override summary = "remove charges";
  static override description =
    "All of them or, where one is not found, none. An imported record comes back when its file is imported again; to take a whole file back, use: aicost imports undo";
  static override examples = ["<%= config.bin %> <%= command.id %> 3f2a9c1d 07b1e9aa --yes"];
  static override args = { id: recordIds };
  static override flags = { yes: yesFlag };

  async run(): Promise<{ removed: StoredRecord[] }> {
    const { args, flags } = await this.parse(RecordsRemove);
    const store = await this.store();
    const { timezone } = await store.call("get_preferences", {});
    const found = new Map<string, StoredRecord>();
    for (const record_id of args.id) {
      const record = await store.call("get_cost_record", { record_id });
      found.set(record.id, record);
    }
    const records = [...found.values()];
    if (!flags.yes && !this.jsonEnabled())
      process.stderr.write(`${recordTable(records, timezone, this.screen)}\n`);
    const question = records.length === 1 ? "Remove this record?" : `Remove these ${records.length} records?`;
    if (!(await confirm(question, flags.yes))) return { removed: [] };

    const removed = await store.call("remove_cost_records", { record_ids: records.map(({ id }) => id) });
    this.log(`Removed ${removed.length === 1 ? "one record" : `${removed.length} records`}.`);
    return { removed };
  }
}
