import { Args, Flags } from "@oclif/core";
import type { StoredCreditEntry, StoredRecord } from "../../lib/api.js";
import { AicostCommand } from "../../lib/command/base.js";
import { rateFlag } from "../../lib/command/flags.js";
import { type ListedCredit, lookAtCredits } from "../../lib/credits/look.js";
import { boughtCredit, creditEntry } from "../../lib/entries/credit-entry.js";
import { withStoredRates } from "../../lib/rates/stored.js";
import { givenRates } from "../../lib/record/currency.js";
import { today } from "../../lib/dates/ranges.js";
import { creditAddedText } from "../../lib/render/credit-table.js";

export default class CreditsAdd extends AicostCommand {
  static override summary = "add credit that you bought ahead, or that a provider granted";
  static override description =
    "Credit is not a cost until you use it. It expires as the provider says (OpenAI and Anthropic: after a year), or as --expires says. What OpenRouter charges on top becomes a fee.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> openai 50 --expires 2027-11-22",
    "<%= config.bin %> <%= command.id %> openrouter 100 --date 2026-11-03",
    "<%= config.bin %> <%= command.id %> deepseek 5 --granted --expires 2026-12-31",
  ];
  static override args = {
    provider: Args.string({
      required: true,
      ignoreStdin: true,
      description: "who has the credit (list: aicost providers)",
    }),
    amount: Args.string({
      required: true,
      ignoreStdin: true,
      description: "how much, in US dollars unless you set --currency, without fee and tax",
    }),
  };
  static override flags = {
    expires: Flags.string({
      helpValue: "DATE",
      summary: "the last day on which it can be used, or never [default: what the provider's rule says]",
    }),
    date: Flags.string({
      char: "d",
      helpValue: "DATE",
      summary: "the day, or the date and time in your time zone [default: now]",
    }),
    granted: Flags.boolean({ summary: "the provider gave it to you: nothing was paid" }),
    fee: Flags.string({
      helpValue: "AMOUNT",
      summary: "what was charged on top, in US dollars [default: OpenRouter's fee for cards]",
      exclusive: ["granted"],
    }),
    crypto: Flags.boolean({
      summary: "paid with crypto, which OpenRouter charges less for",
      exclusive: ["granted", "fee"],
    }),
    "no-fee": Flags.boolean({
      summary: "nothing was charged on top, or it is entered already",
      exclusive: ["fee", "crypto"],
    }),
    currency: Flags.string({ helpValue: "CODE", summary: "the currency of the amount" }),
    rate: rateFlag,
    note: Flags.string({ helpValue: "TEXT", summary: "a note to store with it" }),
  };

  async run(): Promise<AddedCredit> {
    const { args, flags } = await this.parse(CreditsAdd);
    const store = await this.store();
    const preferences = await store.call("get_preferences", {});
    const typed = { ...flags, provider: args.provider, amount: args.amount };
    const fee = { fee: flags.fee, noFee: flags["no-fee"], crypto: flags.crypto };
    const open = () => Promise.resolve(store);
    const added = flags.granted
      ? {
          entry: await store.call("save_credit_entry", {
            entry: (
              await withStoredRates(givenRates(flags.rate), open, (rates) =>
                creditEntry("grant", typed, preferences, rates),
              )
            ).result,
          }),
          record: null,
          fee: null,
        }
      : {
          entry: null,
          ...(await store.call(
            "add_top_up",
            (
              await withStoredRates(givenRates(flags.rate), open, (rates) =>
                boughtCredit(typed, fee, preferences, rates),
              )
            ).result,
          )),
        };
    const { id, provider } = added.entry ?? added.record;
    const { credits, entries } = await lookAtCredits(store, provider);
    const [credit = null] = credits;
    const entry = entries.find((each) => each.id === id);
    this.log(creditAddedText({ credit, entry, fee: added.fee, today: today("UTC") }, this.screen));
    this.note(`\nTake it back with: aicost credits remove ${id.slice(0, 8)}`);
    return { ...added, credit };
  }
}

interface AddedCredit {
  /** What was granted, or null. */
  entry: StoredCreditEntry | null;
  /** What was bought, or null. */
  record: StoredRecord | null;
  fee: StoredRecord | null;
  /** As `aicost credits` shows it now; null if its day has not come. */
  credit: ListedCredit | null;
}
