import { Args } from "@oclif/core";
import { AicostCommand } from "../../lib/command/base.js";
import { rateDayFlag } from "../../lib/command/flags.js";
import { today } from "../../lib/dates/ranges.js";
import type { ListedRate } from "../../lib/rates/list.js";
import { typedCurrency, typedRate, typedRateDay } from "../../lib/rates/typed.js";

export default class RatesSet extends AicostCommand {
  static override summary = "set the exchange rate of a currency";
  static override description =
    "The rate is the US dollars for one unit. With --date it holds on that day and for up to seven days after; without, on each day that has no dated rate in the seven days up to it. What was imported before keeps its rate.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> EUR 1.08",
    "<%= config.bin %> <%= command.id %> AED 0.2723 --date 2026-11-05",
  ];
  static override args = {
    currency: Args.string({ required: true, ignoreStdin: true, description: "three letters, such as EUR" }),
    rate: Args.string({ required: true, ignoreStdin: true, description: "US dollars for one unit" }),
  };
  static override flags = { date: rateDayFlag };

  async run(): Promise<{ rate: ListedRate }> {
    const { args, flags } = await this.parse(RatesSet);
    const currency = typedCurrency(args.currency);
    const usd = typedRate(currency, args.rate);
    const store = await this.store();
    const { timezone } = await store.call("get_preferences", {});
    const date = typedRateDay(flags.date, today(timezone));
    await store.call("set_rate", { currency, day: date, usd });
    this.log(
      `One ${currency} is ${usd} US dollars ${date === null ? "on days without a dated rate" : `on ${date}`}.`,
    );
    return { rate: { currency, usd, date, source: "set" } };
  }
}
