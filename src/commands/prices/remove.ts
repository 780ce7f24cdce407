import { Args } from "@oclif/core";
import { AicostCommand } from "../../lib/command/base.js";
import { priceProviderFlag, priceSinceFlag } from "../../lib/command/price-flags.js";
import type { OwnPrice } from "../../lib/api.js";
import { parsePriceDay, removePrices } from "../../lib/pricing/own-price.js";
import { ownPriceText } from "../../lib/render/price-text.js";

export default class PricesRemove extends AicostCommand {
  static override summary = "remove prices that you set";
  static override description =
    "Estimates by them stay (see: aicost reprice). To remove an imported list, undo its import: aicost imports";
  static override examples = [
    "<%= config.bin %> <%= command.id %> gpt-6.2-sol",
    "<%= config.bin %> <%= command.id %> claude-sonnet-5 --since 2026-01-01",
  ];
  static override args = {
    model: Args.string({ required: true, ignoreStdin: true, description: "the model, as you named it" }),
  };
  static override flags = { provider: priceProviderFlag, since: priceSinceFlag };

  async run(): Promise<{ removed: OwnPrice[] }> {
    const { args, flags } = await this.parse(PricesRemove);
    const since = parsePriceDay(flags.since);
    const removed = await removePrices(await this.store(), args.model, { provider: flags.provider, since });
    this.log(removed.map((price) => `Removed: ${ownPriceText(price)}`).join("\n"));
    return { removed };
  }
}
