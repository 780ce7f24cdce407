import { AicostCommand } from "../../lib/command/base.js";
import { importId } from "../../lib/command/flags.js";
import { importDays, importDetail, importNotes } from "../../lib/render/import-table.js";
import type { Import, ImportDay } from "../../lib/api.js";

export default class ImportsShow extends AicostCommand {
  static override summary = "show the details of an import";
  static override description =
    "Day by day: what it says, what of it counts, and which imports count there instead.";
  static override examples = ["<%= config.bin %> <%= command.id %> 3f2a9c1d"];
  static override args = { id: importId };

  async run(): Promise<{ import: Import; days: ImportDay[] }> {
    const { args } = await this.parse(ImportsShow);
    const store = await this.store();
    const { timezone } = await store.call("get_preferences", {});
    const found = await store.call("get_import", { import_id: args.id });
    const days = await store.call("import_days", { import_id: found.id });
    const parts = [
      importDetail(found, timezone, this.screen),
      importNotes(found, this.screen),
      days.length === 0 ? "" : importDays(days, this.screen),
    ];
    this.log(parts.filter((part) => part !== "").join("\n\n"));
    return { import: found, days };
  }
}
