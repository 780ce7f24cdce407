import { Args } from "@oclif/core";
import { AicostCommand } from "../../lib/command/base.js";
import { withoutTag } from "../../lib/reports/tags.js";
import type { TagRule } from "../../lib/api.js";

export default class TagsRemove extends AicostCommand {
  static override summary = "remove a tag and its rules";
  static override examples = ["<%= config.bin %> <%= command.id %> client-x"];
  static override args = { tag: Args.string({ required: true, ignoreStdin: true, description: "its name" }) };

  async run(): Promise<{ rules: readonly TagRule[] }> {
    const { args } = await this.parse(TagsRemove);
    const store = await this.store();
    const { metadata } = await store.call("get_preferences", {});
    const rules = withoutTag(metadata.tags ?? [], args.tag.trim());
    await store.call("set_preferences", { changes: { metadata: { ...metadata, tags: rules } } });
    this.log(`Removed the tag ${args.tag.trim()}. No record is changed.`);
    return { rules };
  }
}
