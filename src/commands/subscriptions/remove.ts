import { Flags } from "@oclif/core";
import { AicostCommand } from "../../lib/command/base.js";
import { subscriptionArg, yesFlag } from "../../lib/command/flags.js";
import { counted } from "../../lib/money.js";
import { formatMoney } from "../../lib/render/money-text.js";
import { removedText } from "../../lib/render/subscription-table.js";
import type { RemovedSubscription, Subscription } from "../../lib/api.js";
import { findSubscription } from "../../lib/subscriptions/find.js";

export default class SubscriptionsRemove extends AicostCommand {
  static override summary = "remove a subscription and its charges, as if you had never added it";
  static override description =
    "Entries by hand that it took over are as before. With --keep-charges its charges stay. To end a subscription, use aicost subscriptions cancel.";
  static override examples = ["<%= config.bin %> <%= command.id %> claude-max --yes"];
  static override args = { name: subscriptionArg };
  static override flags = {
    "keep-charges": Flags.boolean({ default: false, summary: "leave what it charged, as entries by hand" }),
    yes: yesFlag,
  };

  async run(): Promise<{ removed: (RemovedSubscription & { name: string }) | null }> {
    const { args, flags } = await this.parse(SubscriptionsRemove);
    const keep_charges = flags["keep-charges"];
    const found = findSubscription(await (await this.store()).call("list_subscriptions", {}), args.name);
    if (!(await this.confirm(questionOf(found, keep_charges), flags.yes))) {
      this.log("Nothing was removed.");
      return { removed: null };
    }
    const store = await this.store();
    const removed = await store.call("remove_subscription", { subscription_id: found.id, keep_charges });
    this.log(removedText(found.name, removed, keep_charges));
    return { removed: { name: found.name, ...removed } };
  }
}

const questionOf = ({ name, charged: { count, usd } }: Subscription, keepsCharges: boolean): string => {
  if (count === 0) return `Remove ${name}?`;
  const charges = `${counted(count, "charge")} (${formatMoney(usd)})`;
  return keepsCharges
    ? `Remove ${name} and leave its ${charges}?`
    : `Remove ${name} and its ${charges}? Reports will no longer include them.`;
};
