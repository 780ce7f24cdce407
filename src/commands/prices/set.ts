import { Args } from "@oclif/core";
import { AicostCommand } from "../../lib/command/base.js";
import { priceFlags, priceProviderFlag, priceSinceFlag } from "../../lib/command/price-flags.js";
import type { OwnPrice } from "../../lib/api.js";
import type { EstimateResult } from "../../lib/pricing/estimates.js";
import { parsePriceDay, setPrice } from "../../lib/pricing/own-price.js";
import { filledLines, ownPriceText } from "../../lib/render/price-text.js";

export default class PricesSet extends AicostCommand {
  static override summary = "set what a model costs";
  static override description =
    "Prices are US dollars for a million tokens. Yours come before all price lists. Usage without a price is priced by it at once; estimates that are there stay (see: aicost reprice).";
  static override examples = [
    "<%= config.bin %> <%= command.id %> gpt-6.2-sol --input 3 --output 15",
    "<%= config.bin %> <%= command.id %> claude-sonnet-5 --input 1.80 --output 9 --cache-read 0.18 --since 2026-01-01",
  ];
  static override args = {
    model: Args.string({
      required: true,
      ignoreStdin: true,
      description: "its name, as your sources write it",
    }),
  };
  static override flags = {
    ...priceFlags,
    provider: priceProviderFlag,
    since: { ...priceSinceFlag, summary: "the first day on which it holds [default: all days]" },
  };

  async run(): Promise<{ price: OwnPrice; filled: EstimateResult }> {
    const { args, flags } = await this.parse(PricesSet);
    const since = parsePriceDay(flags.since);
    const result = await setPrice(await this.store(), args.model, flags, flags.provider ?? null, since);
    this.log([ownPriceText(result.price), ...filledLines(result.filled)].join("\n"));
    return result;
  }
}
