import { AicostCommand } from "../../lib/command/base.js";
import { listedRates, type ListedRate } from "../../lib/rates/list.js";
import { rateTable } from "../../lib/render/rate-table.js";
import type { RateList } from "../../lib/api.js";

export default class Rates extends AicostCommand {
  static override summary = "list your exchange rates";
  static override description =
    "Amounts in other currencies are converted to US dollars at the rate of their day: the newest dated one, at most seven days old, else one that you set without a date. Without any, aicost refuses.";
  static override examples = ["<%= config.bin %> <%= command.id %>"];

  async run(): Promise<{ rates: ListedRate[]; ecb: Omit<NonNullable<RateList["ecb"]>, "rates"> | null }> {
    await this.parse(Rates);
    const store = await this.store();
    const list = await store.call("list_rates", {});
    const rates = listedRates(list);
    const ecb = list.ecb && {
      days: list.ecb.days,
      first_day: list.ecb.first_day,
      last_day: list.ecb.last_day,
    };
    this.log(
      rates.length === 0
        ? [
            "There are no exchange rates. Fetch those of the European Central Bank with:",
            "  aicost rates update",
            "Or set your own, in US dollars: aicost rates set EUR 1.08",
          ].join("\n")
        : rateTable(rates, ecb, this.screen),
    );
    return { rates, ecb };
  }
}
