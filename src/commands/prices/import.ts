import { Args } from "@oclif/core";
import { AicostCommand } from "../../lib/command/base.js";
import { priceSinceFlag } from "../../lib/command/price-flags.js";
import { type ImportedList, importPriceList, readPriceFile } from "../../lib/pricing/import-list.js";
import { listDay } from "../../lib/pricing/own-price.js";
import { listReceipt } from "../../lib/render/price-text.js";

export default class PricesImport extends AicostCommand {
  static override summary = "import a price list";
  static override description =
    "aicost reads LiteLLM's model_prices_and_context_window.json, the data.json of genai-prices, and its own form. The list holds from today on, or from the day that you give, so that history keeps its prices. Usage without a price is priced by it at once; estimates that are there stay (see: aicost reprice).";
  static override examples = [
    "<%= config.bin %> <%= command.id %> model_prices_and_context_window.json",
    "<%= config.bin %> <%= command.id %> data.json --since 2026-10-01",
  ];
  static override args = {
    file: Args.string({ required: true, ignoreStdin: true, description: "the file with the list" }),
  };
  static override flags = {
    since: { ...priceSinceFlag, summary: "the first day on which it holds [default: today]" },
  };

  async run(): Promise<{ list: ImportedList }> {
    const { args, flags } = await this.parse(PricesImport);
    const since = listDay(flags.since);
    const list = await importPriceList(await this.store(), readPriceFile(args.file), since);
    this.log(listReceipt(list));
    return { list };
  }
}
