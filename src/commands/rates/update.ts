import { AicostCommand } from "../../lib/command/base.js";
import { type RatesUpdate, updateRates } from "../../lib/rates/update.js";
import { ratesUpdateText } from "../../lib/render/rate-table.js";
import { interruptible } from "../../lib/terminal/interrupt.js";

export default class RatesUpdateCommand extends AicostCommand {
  static override summary = "fetch exchange rates of the European Central Bank";
  static override description =
    "It fetches what was published since the last time: the daily file, or the whole history if days are missing. aicost never does so by itself, unless you switch it on for aicost sync: aicost prefs set update-rates on";
  static override examples = ["<%= config.bin %> <%= command.id %>"];

  async run(): Promise<RatesUpdate> {
    await this.parse(RatesUpdateCommand);
    const update = await interruptible(
      (signal) => updateRates({ inStore: (work) => this.inStore(work, signal), env: process.env, signal }),
      "Nothing was changed.",
    );
    this.log(ratesUpdateText(update));
    return update;
  }
}
