import { Args } from "@oclif/core";
import { AicostCommand } from "../../lib/command/base.js";
import { today } from "../../lib/dates/ranges.js";
import { ecbDays } from "../../lib/rates/ecb-table.js";
import { textOfRates } from "../../lib/rates/file.js";
import { keptDays } from "../../lib/rates/kept-days.js";
import { rateDaysText } from "../../lib/render/rate-table.js";
import { counted } from "../../lib/money.js";
import type { RateDayCounts } from "../../lib/api.js";

export default class RatesImport extends AicostCommand {
  static override summary = "import a rate file of the European Central Bank";
  static override description =
    "It takes the daily and the historical file, CSV or ZIP, whole or not at all. Days before 2015 are left out: no record is that old. What was imported before keeps its rate.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> eurofxref-hist.zip",
    "<%= config.bin %> <%= command.id %> eurofxref.csv",
  ];
  static override args = {
    file: Args.string({
      required: true,
      ignoreStdin: true,
      description: "eurofxref-hist.zip, or another of its files",
    }),
  };

  async run(): Promise<RateDayCounts & { source: string; left_out: number }> {
    const { args } = await this.parse(RatesImport);
    const all = ecbDays(await textOfRates(args.file), args.file, today("UTC"));
    const days = keptDays(all);
    const store = await this.store();
    const counts = await store.call("add_rate_days", { days });
    const left_out = all.length - days.length;
    const older = left_out === 0 ? "" : `, ${counted(left_out, "day")} before 2015 left out`;
    this.log(`Exchange rates of the European Central Bank: ${rateDaysText(counts) || "no days"}${older}.`);
    return { source: args.file, ...counts, left_out };
  }
}
