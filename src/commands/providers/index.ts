import { AicostCommand } from "../../lib/command/base.js";
import { collectorOf } from "../../lib/providers/collectors.js";
import { formats } from "../../lib/providers/index.js";
import { formatTable, providerTable } from "../../lib/render/list-tables.js";
import type { Provider } from "../../lib/api.js";

export default class Providers extends AicostCommand {
  static override summary = "list providers, and the exports that aicost can import";
  static override description =
    "To collect from a provider with aicost sync, store a key: aicost credentials add PROVIDER";
  static override examples = ["<%= config.bin %> <%= command.id %>"];

  async run(): Promise<{ providers: (Provider & { formats: string[]; collects: boolean })[] }> {
    await this.parse(Providers);
    const store = await this.spend();
    const providers = (await store.call("list_providers", {})).map((provider) => ({
      ...provider,
      formats: formats.filter((format) => format.provider === provider.name).map(({ id }) => id),
      collects: collectorOf(provider.name) !== undefined,
    }));
    this.log(`${providerTable(providers, this.screen)}\n\n${formatTable(formats, this.screen)}`);
    return { providers };
  }
}
