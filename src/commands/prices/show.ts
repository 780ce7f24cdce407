import { Args } from "@oclif/core";
import { AicostCommand } from "../../lib/command/base.js";
import { priceProviderFlag } from "../../lib/command/price-flags.js";
import { modelPrices, type ModelPrices } from "../../lib/pricing/in-use.js";
import { modelPricesText } from "../../lib/render/price-table.js";

export default class PricesShow extends AicostCommand {
  static override summary = "show what a model costs and has cost, and by which list";
  static override examples = ["<%= config.bin %> <%= command.id %> claude-sonnet-5-5"];
  static override args = {
    model: Args.string({ required: true, ignoreStdin: true, description: "the name of the model" }),
  };
  static override flags = { provider: priceProviderFlag };

  async run(): Promise<ModelPrices> {
    const { args, flags } = await this.parse(PricesShow);
    const prices = await modelPrices(await this.store(), args.model.trim(), flags.provider ?? null);
    this.log(modelPricesText(prices, this.screen));
    return prices;
  }
}
