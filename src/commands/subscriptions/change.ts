import { Flags } from "@oclif/core";
import { AicostCommand } from "../../lib/command/base.js";
import { subscriptionArg } from "../../lib/command/flags.js";
import { today } from "../../lib/dates/ranges.js";
import { UserError } from "../../lib/errors.js";
import { changedText } from "../../lib/render/subscription-table.js";
import type { ChangedSubscription } from "../../lib/api.js";
import { findSubscription } from "../../lib/subscriptions/find.js";
import { newPrice } from "../../lib/subscriptions/typed.js";

export default class SubscriptionsChange extends AicostCommand {
  static override summary = "change the price of a subscription from a day on";
  static override description =
    "Charges from that day on follow, past ones too, but for those that you edited or entered by hand.";
  static override examples = ["<%= config.bin %> <%= command.id %> claude-max --cost 110 --from 2026-12-01"];
  static override args = { name: subscriptionArg };
  static override flags = {
    cost: Flags.string({
      required: true,
      helpValue: "AMOUNT",
      summary: "what a seat costs for a period, before tax, in the currency of the subscription",
    }),
    from: Flags.string({ required: true, helpValue: "DATE", summary: "the first day of the new price" }),
  };

  async run(): Promise<ChangedSubscription> {
    const { args, flags } = await this.parse(SubscriptionsChange);
    const store = await this.store();
    const { timezone } = await store.call("get_preferences", {});
    const found = findSubscription(await store.call("list_subscriptions", {}), args.name);
    const { id, name, currency, since } = found;
    const price = newPrice(flags.cost, flags.from, currency, today(timezone));
    if (price.from < since)
      throw new UserError(
        "bad_date",
        `${name} begins on ${since}, after ${price.from}.`,
        `For example: --from ${since}`,
      );
    const changed = await store.call("change_subscription", { subscription_id: id, changes: { price } });
    this.log(changedText(`Changed the price of ${name} from ${price.from} on.`, changed));
    return changed;
  }
}
