import { AicostCommand } from "../../lib/command/base.js";
import { rangeFlag } from "../../lib/command/flags.js";
import { parseRange, today } from "../../lib/dates/ranges.js";
import { pricesInUse, type PricesInUse } from "../../lib/pricing/in-use.js";
import { pricesText } from "../../lib/render/price-table.js";

export default class Prices extends AicostCommand {
  static override summary = "list the models that you use, with their prices";
  static override description =
    "Prices are US dollars for a million tokens, as of today. The first of these that has one counts: your own prices (aicost prices set), imported lists, the lists that come with aicost. What none of them has is not priced.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --range all",
  ];
  static override flags = {
    range: {
      ...rangeFlag,
      summary: "days whose models are listed [default: your range preference, else 30d]",
    },
  };

  async run(): Promise<PricesInUse> {
    const { flags } = await this.parse(Prices);
    const store = await this.store();
    const { timezone, default_date_range } = await store.call("get_preferences", {});
    const { from, to } = parseRange(flags.range ?? default_date_range, today(timezone));
    const prices = await pricesInUse(store, from, to);
    this.log(pricesText(prices, this.screen));
    return prices;
  }
}
