import { isDeepStrictEqual } from "node:util";
import { AicostCommand } from "../../lib/command/base.js";
import { recordIds, yesFlag } from "../../lib/command/flags.js";
import { UserError } from "../../lib/errors.js";
import { recordTable } from "../../lib/render/record-table.js";
import { shortId } from "../../lib/render/text.js";
import type { StoredRecord } from "../../lib/api.js";

export default class RecordsRemove extends AicostCommand {
  static override summary = "remove charges";
  static override description =
    "It removes all of the given records or, if one is not found, none. An imported record stays away if you import its file again; to undo a whole import, use aicost imports undo.";
  static override examples = ["<%= config.bin %> <%= command.id %> 3f2a9c1d 07b1e9aa --yes"];
  static override args = { id: recordIds };
  static override flags = { yes: yesFlag };

  async run(): Promise<{ removed: StoredRecord[] }> {
    const { args, flags } = await this.parse(RecordsRemove);
    const { timezone } = await (await this.store()).call("get_preferences", {});
    const records = await this.#find(args.id);
    const record_ids = records.map(({ id }) => id);
    if (!flags.yes && !this.jsonEnabled()) this.show(recordTable(records, timezone, this.screen));
    const question = records.length === 1 ? "Remove this record?" : `Remove these ${records.length} records?`;
    if (!(await this.confirm(question, flags.yes))) {
      this.log("Nothing was removed.");
      return { removed: [] };
    }
    if (!flags.yes) refuseChanged(records, await this.#find(record_ids));
    const removed = await (await this.store()).call("remove_cost_records", { record_ids });
    this.log(`Removed ${removed.length === 1 ? "one record" : `${removed.length} records`}.`);
    return { removed };
  }

  async #find(ids: readonly string[]): Promise<StoredRecord[]> {
    const store = await this.store();
    const found = new Map<string, StoredRecord>();
    for (const record_id of ids) {
      const record = await store.call("get_cost_record", { record_id });
      found.set(record.id, record);
    }
    return [...found.values()];
  }
}

/** While the question was on the screen, others could work on the records. */
const refuseChanged = (shown: readonly StoredRecord[], now: readonly StoredRecord[]): void => {
  const changed = shown.find((record, index) => !isDeepStrictEqual(record, now[index]));
  if (changed === undefined) return;
  throw new UserError(
    "record_changed",
    `The record ${shortId(changed.id)} has changed since it was shown, so nothing was removed.`,
    `See it with: aicost records show ${shortId(changed.id)}`,
  );
};
