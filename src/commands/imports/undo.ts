import { AicostCommand } from "../../lib/command/base.js";
import { importId } from "../../lib/command/flags.js";
import { formatCount } from "../../lib/render/money-text.js";
import type { UndoCounts } from "../../lib/api.js";

export default class ImportsUndo extends AicostCommand {
  static override summary = "take one import back whole";
  static override description =
    "What the import added is removed; what it changed is put back as it was before. Importing the file again brings it back.";
  static override examples = ["<%= config.bin %> <%= command.id %> 3f2a9c1d"];
  static override args = { id: importId };

  async run(): Promise<{ undone: UndoCounts }> {
    const { args } = await this.parse(ImportsUndo);
    const store = await this.store();
    const undone = await store.call("undo_import", { import_id: args.id });
    this.log(
      `Undone: ${formatCount(undone.removed)} records removed, ${formatCount(undone.restored)} put back as they were before.`,
    );
    if (undone.edits_lost > 0) this.log(`${formatCount(undone.edits_lost)} of them you had edited by hand.`);
    return { undone };
  }
}
