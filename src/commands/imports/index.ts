import { AicostCommand } from "../../lib/command/base.js";
import { pageFlags, pageOf } from "../../lib/command/flags.js";
import { importTable } from "../../lib/render/import-table.js";
import { formatCount } from "../../lib/render/money-text.js";
import type { Import } from "../../lib/api.js";

export default class Imports extends AicostCommand {
  static override summary = "list what was imported, newest first";
  static override examples = ["<%= config.bin %> <%= command.id %>"];
  static override flags = pageFlags(20);

  async run(): Promise<{ imports: Import[]; total: number }> {
    const { flags } = await this.parse(Imports);
    const store = await this.store();
    const { timezone } = await store.call("get_preferences", {});
    const found = await store.call("list_imports", pageOf(flags));
    const shown = found.imports.length;
    if (found.total === 0) this.log("Nothing was imported yet. Start with: aicost import FILE");
    else if (shown === 0) this.log(`No import on page ${flags.page}; there are ${formatCount(found.total)}.`);
    else this.log(importTable(found.imports, timezone, this.screen));
    if (shown > 0 && found.total > shown) {
      this.note(`${shown} of ${found.total} imports; see others with --page`);
    }
    return found;
  }
}
