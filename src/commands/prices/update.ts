import { Flags } from "@oclif/core";
import { AicostCommand } from "../../lib/command/base.js";
import { priceSinceFlag } from "../../lib/command/price-flags.js";
import { downloadPriceList, PRICE_LIST_URL } from "../../lib/pricing/download.js";
import { type ImportedList, importPriceList } from "../../lib/pricing/import-list.js";
import { listDay } from "../../lib/pricing/own-price.js";
import { listReceipt } from "../../lib/render/price-text.js";
import { interruptible } from "../../lib/terminal/interrupt.js";

export default class PricesUpdate extends AicostCommand {
  static override summary = "fetch a price list and import it";
  static override description =
    "Nothing is fetched unless you run this command. By default it is the list of genai-prices on GitHub. The rest is as with: aicost prices import";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --url https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json",
  ];
  static override flags = {
    url: Flags.string({ helpValue: "URL", summary: "its address", default: PRICE_LIST_URL }),
    since: { ...priceSinceFlag, summary: "the first day on which it holds [default: today]" },
  };

  async run(): Promise<{ list: ImportedList }> {
    const { flags } = await this.parse(PricesUpdate);
    const since = listDay(flags.since);
    const fetched = await interruptible((signal) => downloadPriceList(flags.url, signal));
    const list = await importPriceList(await this.store(), fetched, since);
    this.log(listReceipt(list));
    return { list };
  }
}
