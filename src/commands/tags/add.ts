import { Args } from "@oclif/core";
import { AicostCommand } from "../../lib/command/base.js";
import { tagFlags } from "../../lib/command/flags.js";
import { UserError } from "../../lib/errors.js";
import { tagTable } from "../../lib/render/list-tables.js";
import { parseFilters, parseWho } from "../../lib/reports/filters.js";
import { parseTag, withRules } from "../../lib/reports/tags.js";
import { TAG_FIELDS, type TagRule } from "../../lib/api.js";

export default class TagsAdd extends AicostCommand {
  static override summary = "tag spend by project, key, account or provider";
  static override description =
    "What fits any of these names or globs gets the tag. If it fits rules of several tags, the one that was added first counts.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> client-x --project 'acme-*' --key '*-acme'",
    "<%= config.bin %> report --by tag",
  ];
  static override args = { tag: Args.string({ required: true, ignoreStdin: true, description: "its name" }) };
  static override flags = tagFlags;

  async run(): Promise<{ rules: readonly TagRule[] }> {
    const { args, flags } = await this.parse(TagsAdd);
    const tag = parseTag(args.tag);
    const { providers } = parseFilters({ providers: flags.provider ?? [], models: [] });
    const patterns = { ...parseWho(flags, { lists: false }), provider: providers };
    const added = TAG_FIELDS.flatMap((field) =>
      (patterns[field] ?? []).map((pattern): TagRule => ({ tag, field, pattern })),
    );
    if (added.length === 0) {
      throw new UserError(
        "tag_empty",
        "The tag has no rule.",
        `Say what gets it, for example: aicost tags add ${args.tag} --project 'acme-*'`,
      );
    }
    const store = await this.store();
    const { metadata } = await store.call("get_preferences", {});
    const rules = withRules(metadata.tags ?? [], added);
    await store.call("set_preferences", { changes: { metadata: { ...metadata, tags: rules } } });
    this.log(tagTable(rules, this.screen));
    return { rules };
  }
}
