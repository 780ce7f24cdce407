import { AicostCommand } from "../../lib/command/base.js";
import { tagTable } from "../../lib/render/list-tables.js";
import type { TagRule } from "../../lib/api.js";

export default class Tags extends AicostCommand {
  static override summary = "list your tags and their rules";
  static override description =
    "A report by tag gives spend the tag of the first rule that it fits, also for the past: aicost report --by tag";
  static override examples = ["<%= config.bin %> <%= command.id %>"];

  async run(): Promise<{ rules: readonly TagRule[] }> {
    await this.parse(Tags);
    const store = await this.spend();
    const { metadata } = await store.call("get_preferences", {});
    const rules = metadata.tags ?? [];
    this.log(
      rules.length === 0
        ? "There are no tags. Add one with: aicost tags add client-x --project 'acme-*'"
        : tagTable(rules, this.screen),
    );
    return { rules };
  }
}
