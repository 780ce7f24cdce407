import { Args, Flags } from "@oclif/core";
import type { StoredCreditEntry } from "../../lib/api.js";
import { AicostCommand } from "../../lib/command/base.js";
import { rateFlag } from "../../lib/command/flags.js";
import { type ListedCredit, lookAtCredits } from "../../lib/credits/look.js";
import { creditEntry } from "../../lib/entries/credit-entry.js";
import { withStoredRates } from "../../lib/rates/stored.js";
import { givenRates } from "../../lib/record/currency.js";
import { creditSetText } from "../../lib/render/credit-table.js";

export default class CreditsSet extends AicostCommand {
  static override summary = "set the balance of prepaid credit to what the provider shows";
  static override description =
    "The ledger starts again at this moment: top-ups of before do not count any more, later ones do. The usage of its whole UTC day counts against the balance, as far as it is known: so the best balance is that of the beginning of a day.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> openai 42.10",
    "<%= config.bin %> <%= command.id %> anthropic 18 --date 2026-11-01 --expires 2027-05-12",
  ];
  static override args = {
    provider: Args.string({
      required: true,
      ignoreStdin: true,
      description: "who has the credit (list: aicost providers)",
    }),
    balance: Args.string({
      required: true,
      ignoreStdin: true,
      description: "what is left, in US dollars unless you set --currency",
    }),
  };
  static override flags = {
    date: Flags.string({
      char: "d",
      helpValue: "DATE",
      summary: "the day, at whose beginning it was so, or the date and time [default: now]",
    }),
    expires: Flags.string({
      helpValue: "DATE",
      summary: "the last day on which it can be used, or never [default: not known]",
    }),
    currency: Flags.string({ helpValue: "CODE", summary: "the currency of the balance" }),
    rate: rateFlag,
    note: Flags.string({ helpValue: "TEXT", summary: "a note to store with it" }),
  };

  async run(): Promise<{ entry: StoredCreditEntry; credit: ListedCredit | null }> {
    const { args, flags } = await this.parse(CreditsSet);
    const store = await this.store();
    const preferences = await store.call("get_preferences", {});
    const typed = { ...flags, provider: args.provider, amount: args.balance };
    const { result } = await withStoredRates(
      givenRates(flags.rate),
      () => Promise.resolve(store),
      (rates) => creditEntry("set", typed, preferences, rates),
    );
    const entry = await store.call("save_credit_entry", { entry: result });
    const { credits, entries } = await lookAtCredits(store, entry.provider);
    const [credit = null] = credits;
    this.log(
      creditSetText(
        entry,
        credit,
        entries.find(({ id }) => id === entry.id),
        this.screen,
      ),
    );
    this.note(`\nTake it back with: aicost credits remove ${entry.id.slice(0, 8)}`);
    return { entry, credit };
  }
}
