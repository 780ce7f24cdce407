import { AicostCommand } from "../../lib/command/base.js";
import { pageFlags, pageOf } from "../../lib/command/flags.js";
import { importTable } from "../../lib/render/import-table.js";
import { pageNotes, pageText } from "../../lib/render/page-text.js";
import type { Import } from "../../lib/api.js";

export default class Imports extends AicostCommand {
  static override summary = "list your imports, newest first";
  static override examples = ["<%= config.bin %> <%= command.id %>"];
  static override flags = pageFlags(20);

  async run(): Promise<{ imports: Import[]; total: number }> {
    const { flags } = await this.parse(Imports);
    const store = await this.store();
    const { timezone } = await store.call("get_preferences", {});
    const found = await store.call("list_imports", pageOf(flags));
    const none = "Nothing is imported yet. Start with: aicost import FILE";
    const shown = found.imports.length;
    const page = { page: flags.page, shown, total: found.total, one: "import", many: "imports", none };
    this.log(pageText(page, () => importTable(found.imports, timezone, this.screen)));
    for (const note of pageNotes(page)) this.note(note);
    return found;
  }
}
