import { AicostCommand } from "../lib/command/base.js";
import { dryRunFlag, rangeFlag } from "../lib/command/flags.js";
import { parseRange, today } from "../lib/dates/ranges.js";
import { type EstimateChange, pricingHead, writeEstimates } from "../lib/pricing/estimates.js";
import { pricerOf } from "../lib/prices/pricer.js";
import { repriceText } from "../lib/render/price-table.js";
import { interruptible } from "../lib/terminal/interrupt.js";

export default class Reprice extends AicostCommand {
  static override summary = "estimate usage again, by the prices that you have now";
  static override description =
    "An estimate keeps the price with which it came in, until you run this command. It changes estimates by price lists only: no bill, and no estimate that a source states. Undo it as an import.";
  static override examples = [
    { description: "See what would change", command: "<%= config.bin %> <%= command.id %> --dry-run" },
    "<%= config.bin %> <%= command.id %> --range 2026-11",
  ];
  static override flags = {
    range: { ...rangeFlag, summary: "only these days [default: all]" },
    "dry-run": dryRunFlag,
  };

  async run(): Promise<{
    import_id: string | null;
    dry_run: boolean;
    records: number;
    changes: EstimateChange[];
  }> {
    const { flags } = await this.parse(Reprice);
    const store = await this.store();
    const { timezone } = await store.call("get_preferences", {});
    const { from, to } = parseRange(flags.range ?? "all", today(timezone));
    const pricer = await pricerOf(store);
    const dry_run = flags["dry-run"];
    const result = await interruptible(
      (signal) =>
        writeEstimates(store, pricer, pricingHead("aicost reprice"), {
          from,
          to,
          onlyUnpriced: false,
          dryRun: dry_run,
          signal,
        }),
      "Some estimates may be written: run the command again, or undo it (see: aicost imports).",
    );
    this.log(repriceText(result, dry_run, this.screen));
    return { ...result, dry_run };
  }
}
