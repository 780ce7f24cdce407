import { Flags } from "@oclif/core";
import { AicostCommand } from "../../lib/command/base.js";
import { subscriptionArg } from "../../lib/command/flags.js";
import { today } from "../../lib/dates/ranges.js";
import { UserError } from "../../lib/errors.js";
import { changedText } from "../../lib/render/subscription-table.js";
import type { ChangedSubscription } from "../../lib/api.js";
import { findSubscription } from "../../lib/subscriptions/find.js";
import { subscriptionDay } from "../../lib/subscriptions/typed.js";

export default class SubscriptionsCancel extends AicostCommand {
  static override summary = "end a subscription, without removing what it charged before";
  static override description =
    "Nothing is due from that day on: charges of later days are taken back, but for those that you edited or entered by hand. aicost cancels nothing at your provider.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> claude-max --on 2026-12-15",
    { description: "It goes on after all", command: "<%= config.bin %> <%= command.id %> claude-max --undo" },
  ];
  static override args = { name: subscriptionArg };
  static override flags = {
    on: Flags.string({ helpValue: "DATE", summary: "the first day without it [default: today]" }),
    undo: Flags.boolean({ summary: "let it go on", exclusive: ["on"] }),
  };

  async run(): Promise<ChangedSubscription> {
    const { args, flags } = await this.parse(SubscriptionsCancel);
    const store = await this.store();
    const { timezone } = await store.call("get_preferences", {});
    const day = today(timezone);
    const {
      id,
      name,
      cancelled_on: before,
    } = findSubscription(await store.call("list_subscriptions", {}), args.name);
    if (flags.undo && before === null)
      throw new UserError("not_cancelled", `${name} is not cancelled.`, "See it with: aicost subscriptions");
    const cancelled_on = flags.undo ? null : subscriptionDay("on", flags.on ?? day, day);
    const changed = await store.call("change_subscription", {
      subscription_id: id,
      changes: { cancelled_on },
    });
    const what =
      cancelled_on === null ? `${name} goes on.` : `${name} ends: nothing is due from ${cancelled_on} on.`;
    this.log(changedText(what, changed));
    return changed;
  }
}
