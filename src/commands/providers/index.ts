import { AicostCommand } from "../../lib/command/base.js";
import type { ExportFormat } from "../../lib/csv/format.js";
import { collectorOf } from "../../lib/providers/collectors.js";
import { formats } from "../../lib/providers/index.js";
import { exportList, type ListedExport, providerTable } from "../../lib/render/list-tables.js";
import type { Provider } from "../../lib/api.js";

interface ListedProvider extends Provider {
  /** The ids of its exports, as `--format` takes them. */
  formats: string[];
  exports: ListedExport[];
  collects: boolean;
}

/** The exports of a provider; those of any for an empty name. */
const exportsOf = (name: string): ListedExport[] =>
  (formats as readonly ExportFormat[])
    .filter(({ provider }) => provider === name)
    .map(({ id, title, where }) => ({ id, title, where }));

export default class Providers extends AicostCommand {
  static override summary = "list providers, the exports that aicost can import, and where to find them";
  static override description = [
    "aicost recognises an export by its columns. Any other CSV file can be imported with a mapping: aicost import --help",
    "",
    "To collect from a provider with aicost sync, store a key: aicost credentials add PROVIDER",
  ].join("\n");
  static override examples = ["<%= config.bin %> <%= command.id %>"];

  async run(): Promise<{ providers: ListedProvider[]; any_provider: ListedExport[] }> {
    await this.parse(Providers);
    const store = await this.spend();
    const providers = (await store.call("list_providers", {})).map((provider) => {
      const exports = exportsOf(provider.name);
      return {
        ...provider,
        formats: exports.map(({ id }) => id),
        exports,
        collects: collectorOf(provider.name) !== undefined,
      };
    });
    const any = exportsOf("");
    const groups = [
      ...providers.map(({ name, exports }) => [name, exports] as const),
      ["any provider", any] as const,
    ].filter(([, exports]) => exports.length > 0);
    this.log(providerTable(providers, this.screen));
    this.log(`\nExports, and where to find them:\n\n${exportList(groups, this.screen)}`);
    return { providers, any_provider: any };
  }
}
