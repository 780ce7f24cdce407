import { AicostCommand } from "../../lib/command/base.js";
import { importId } from "../../lib/command/flags.js";
import { formatCount } from "../../lib/render/money-text.js";
import type { UndoCounts } from "../../lib/api.js";

export default class ImportsUndo extends AicostCommand {
  static override summary = "undo an import";
  static override description =
    "It removes the records that the import added, and restores those that it changed. To get them back, import the file again.";
  static override examples = ["<%= config.bin %> <%= command.id %> 3f2a9c1d"];
  static override args = { id: importId };

  async run(): Promise<{ undone: UndoCounts }> {
    const { args } = await this.parse(ImportsUndo);
    const store = await this.store();
    const undone = await store.call("undo_import", { import_id: args.id });
    const restored = undone.restored > 0 ? `, ${formatCount(undone.restored)} restored` : "";
    const removed = undone.removed === 1 ? "one record" : `${formatCount(undone.removed)} records`;
    this.log(`Import undone: ${removed} removed${restored}.`);
    if (undone.edits_lost > 0) this.log(`You had edited ${formatCount(undone.edits_lost)} of them by hand.`);
    return { undone };
  }
}
