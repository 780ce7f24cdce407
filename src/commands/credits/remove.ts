import { Args } from "@oclif/core";
import type { RemovedCredit } from "../../lib/api.js";
import { AicostCommand } from "../../lib/command/base.js";
import { yesFlag } from "../../lib/command/flags.js";
import { lookAtCredits } from "../../lib/credits/look.js";
import { UserError } from "../../lib/errors.js";
import { creditText } from "../../lib/render/credit-table.js";
import { formatMoney } from "../../lib/render/money-text.js";

export default class CreditsRemove extends AicostCommand {
  static override summary = "remove a top-up with its fee, a grant, or a balance that was set";
  static override description =
    "The ledger is then as if it had never been added. A balance that was removed gives way to the entries of before it.";
  static override examples = ["<%= config.bin %> <%= command.id %> 3f2a91c0 --yes"];
  static override args = {
    id: Args.string({
      required: true,
      ignoreStdin: true,
      description: "its id, or the first characters (list: aicost credits PROVIDER)",
    }),
  };
  static override flags = { yes: yesFlag };

  async run(): Promise<{ removed: RemovedCredit | null }> {
    const { args, flags } = await this.parse(CreditsRemove);
    const wanted = args.id.trim().toLowerCase();
    if (wanted === "")
      throw new UserError(
        "usage",
        "The id of the credit is empty.",
        "See them with: aicost credits PROVIDER",
      );
    const { entries } = await lookAtCredits(await this.store());
    const found = entries.filter(({ id }) => id.startsWith(wanted));
    const [entry] = found;
    // What does not fit one, the database refuses.
    if (found.length === 1 && entry && !(await this.confirm(`Remove ${creditText(entry)}?`, flags.yes))) {
      this.log("Nothing was removed.");
      return { removed: null };
    }
    const store = await this.store();
    const removed = await store.call("remove_credit_entry", { entry_id: wanted });
    const fee = removed.fee === null ? "" : ` and its fee of ${formatMoney(removed.fee.cost_usd)}`;
    this.log(`Removed ${entry ? creditText(entry) : "it"}${fee}.`);
    return { removed };
  }
}
