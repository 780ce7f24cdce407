import { Args, Flags } from "@oclif/core";
import { AicostCommand } from "../../lib/command/base.js";
import { rateDayFlag } from "../../lib/command/flags.js";
import { today } from "../../lib/dates/ranges.js";
import { UserError } from "../../lib/errors.js";
import { counted } from "../../lib/money.js";
import { typedCurrency, typedRateDay } from "../../lib/rates/typed.js";

export default class RatesRemove extends AicostCommand {
  static override summary = "remove an exchange rate that you set, or those of the European Central Bank";
  static override description = "What was imported keeps its rate.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> EUR",
    "<%= config.bin %> <%= command.id %> AED --date 2026-11-05",
    "<%= config.bin %> <%= command.id %> --ecb",
  ];
  static override args = {
    currency: Args.string({ ignoreStdin: true, description: "three letters, such as EUR" }),
  };
  static override flags = {
    date: rateDayFlag,
    ecb: Flags.boolean({ default: false, summary: "remove all days of the European Central Bank" }),
  };

  async run(): Promise<{ removed: number }> {
    const { args, flags } = await this.parse(RatesRemove);
    if ((args.currency === undefined) !== flags.ecb || (flags.ecb && flags.date !== undefined)) {
      throw new UserError(
        "usage",
        "Name either a currency, with or without --date, or --ecb.",
        "For example: aicost rates remove EUR; aicost rates lists them",
      );
    }
    const removed =
      args.currency === undefined
        ? await this.#removeDays()
        : await this.#removeOne(args.currency, flags.date);
    return { removed };
  }

  async #removeDays(): Promise<number> {
    const store = await this.store();
    const removed = await store.call("remove_rate_days", {});
    this.log(`Removed ${counted(removed, "day")} of the European Central Bank.`);
    return removed;
  }

  async #removeOne(text: string, day: string | undefined): Promise<number> {
    const currency = typedCurrency(text);
    const store = await this.store();
    const { timezone } = await store.call("get_preferences", {});
    const date = typedRateDay(day, today(timezone));
    const usd = await store.call("remove_rate", { currency, day: date });
    const which = date === null ? "without a date" : `of ${date}`;
    if (usd === null) {
      throw new UserError(
        "rate_unknown",
        `You have set no rate for ${currency} ${which}.`,
        "See them with: aicost rates",
      );
    }
    this.log(`Removed the rate for ${currency} ${which}, ${usd} US dollars.`);
    return 1;
  }
}
