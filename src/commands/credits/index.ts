import { Args } from "@oclif/core";
import { AicostCommand } from "../../lib/command/base.js";
import { type Credits, lookAtCredits } from "../../lib/credits/look.js";
import { checkProviders } from "../../lib/reports/filters.js";
import { creditsText } from "../../lib/render/credit-table.js";

export default class CreditsList extends AicostCommand {
  static override summary = "show what is left of prepaid credit, how long it lasts, and what expires";
  static override description =
    "A provider's ledger starts on the UTC day of its first top-up, grant or balance, with the usage of that day. How long it lasts is reckoned at the usage of the last 30 days. With a provider, its entries stand below.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> openai",
  ];
  static override args = {
    provider: Args.string({ ignoreStdin: true, description: "only this provider, with its entries" }),
  };

  async run(): Promise<Credits> {
    const { args } = await this.parse(CreditsList);
    const store = await this.store();
    const wanted = args.provider?.trim().toLowerCase();
    if (wanted !== undefined) checkProviders({ providers: [wanted] }, await store.call("list_providers", {}));
    const found = await lookAtCredits(store, wanted);
    this.log(
      found.credits.length === 0
        ? `There is no prepaid credit${wanted === undefined ? "" : ` of ${wanted}`}. Add what you bought with:\n  aicost credits add ${wanted ?? "openai"} 50`
        : creditsText(found, { screen: this.screen, withEntries: wanted !== undefined }),
    );
    return found;
  }
}
