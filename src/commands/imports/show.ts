import { AicostCommand } from "../../lib/command/base.js";
import { importId } from "../../lib/command/flags.js";
import { importDetail } from "../../lib/render/import-table.js";
import type { Import } from "../../lib/api.js";

export default class ImportsShow extends AicostCommand {
  static override summary = "show the details of an import";
  static override examples = ["<%= config.bin %> <%= command.id %> 3f2a9c1d"];
  static override args = { id: importId };

  async run(): Promise<{ import: Import }> {
    const { args } = await this.parse(ImportsShow);
    const store = await this.store();
    const { timezone } = await store.call("get_preferences", {});
    const found = await store.call("get_import", { import_id: args.id });
    this.log(importDetail(found, timezone, this.screen));
    return { import: found };
  }
}
