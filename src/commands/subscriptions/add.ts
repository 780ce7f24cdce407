import { Args, Flags } from "@oclif/core";
import { AicostCommand } from "../../lib/command/base.js";
import { today } from "../../lib/dates/ranges.js";
import { UserError } from "../../lib/errors.js";
import { recordTable } from "../../lib/render/record-table.js";
import { addedText, entriesText } from "../../lib/render/subscription-table.js";
import { canAsk } from "../../lib/terminal/prompt.js";
import { type NewSubscription, PERIODS, type StoredRecord, type Subscription } from "../../lib/api.js";
import type { Plan } from "../../lib/subscriptions/plans.js";
import { ambiguousPlan, foundPlan, type FoundPlan, newSubscription } from "../../lib/subscriptions/typed.js";

export default class SubscriptionsAdd extends AicostCommand {
  static override summary = "add a subscription, such as Claude Max or ChatGPT Plus";
  static override description =
    "The list of plans that comes with aicost fills in the price; --cost overrules it. Charges since the first day are booked at once, later ones when they are due, each on the same day of the week, month or year: in a shorter month on its last day.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> claude max --since 2026-01-15",
    "<%= config.bin %> <%= command.id %> cursor pro --since 2026-03-01 --per year",
    "<%= config.bin %> <%= command.id %> mistral team --since 2026-02-01 --cost 24.99 --currency EUR --seats 3 --tax 19",
  ];
  static override args = {
    provider: Args.string({
      required: true,
      ignoreStdin: true,
      description: "who charges, such as claude, chatgpt or cursor",
    }),
    plan: Args.string({
      required: true,
      ignoreStdin: true,
      description: "what the plan is called, such as max",
    }),
  };
  static override flags = {
    since: Flags.string({ required: true, helpValue: "DATE", summary: "its first day" }),
    cost: Flags.string({
      helpValue: "AMOUNT",
      summary: "what a seat costs for a period, before tax [default: the list price]",
    }),
    currency: Flags.string({
      helpValue: "CODE",
      summary: "the currency of the amount [default: that of the list price, else USD]",
    }),
    per: Flags.option({ options: PERIODS, summary: "how often it is charged [default: month]" })(),
    seats: Flags.integer({
      min: 1,
      max: 100_000,
      helpValue: "N",
      summary: "how many seats you pay for [default: 1]",
    }),
    tax: Flags.string({ helpValue: "PERCENT", summary: "tax that is added to the price, in percent" }),
    "trial-until": Flags.string({
      helpValue: "DATE",
      summary: "when a free trial ends: the first charge is due on that day",
    }),
    name: Flags.string({ helpValue: "NAME", summary: "what to call it [default: provider and plan]" }),
    "take-over": Flags.boolean({
      summary: "make charges of what you entered by hand on its days",
      exclusive: ["keep"],
    }),
    keep: Flags.boolean({ summary: "let what you entered by hand on its days count instead of its charges" }),
  };

  async run(): Promise<AddedJson> {
    const { args, flags } = await this.parse(SubscriptionsAdd);
    const found = await this.#onePlan(args.plan, foundPlan(args.provider, args.plan));
    const { timezone } = await (await this.store()).call("get_preferences", {});
    const subscription = newSubscription(args.plan, found, flags, today(timezone));
    await this.#addProvider(found);
    const there = await (await this.store()).call("find_subscription_entries", { subscription });
    const entries = there.length === 0 ? null : await this.#entries(flags, subscription, there, timezone);
    const store = await this.store();
    const added = await store.call("add_subscription", { subscription, entries });
    const { without_rate = [] } = await store.call("get_coverage", {});
    const plan = subscription.prices[0]?.is_listed ? (found.plans[0] ?? null) : null;
    const kept = { count: there.length, kept: entries === "keep" };
    this.log(addedText(added, plan, kept, this.screen));
    const missing = without_rate.find(({ name }) => name === added.name);
    const warnings = missing
      ? [
          `Its charges count only once there is an exchange rate for ${missing.currency}: aicost rates set ${missing.currency} NUMBER, or aicost rates update`,
        ]
      : [];
    for (const warning of warnings) this.log(warning);
    this.note(`\nTake it back with: aicost subscriptions remove ${added.name}`);
    return { subscription: added, listed: plan, entries: kept.count, warnings };
  }

  /** The listed plan that is meant, if there is one. @throws UserError `plan_ambiguous` without a terminal */
  async #onePlan(text: string, found: FoundPlan): Promise<FoundPlan> {
    if (found.plans.length < 2) return found;
    if (!canAsk()) throw ambiguousPlan(text, found);
    const choices = found.plans.map(({ name, plan }) => ({ name: `${name} (${plan})`, value: plan }));
    const { plan } = await this.ask([{ name: "plan", message: "Which plan", choices }]);
    return { ...found, plans: found.plans.filter((each) => each.plan === plan) };
  }

  /** One of a listed plan need not be added by hand. */
  async #addProvider({ provider, listed }: FoundPlan): Promise<void> {
    const store = await this.store();
    const known = await store.call("list_providers", {});
    if (listed === null || known.some(({ name }) => name === provider)) return;
    await store.call("add_provider", { name: provider, display_name: listed.display_name });
  }

  /** What becomes of entries by hand. @throws UserError `subscription_entries` without a flag and a terminal */
  async #entries(
    flags: { "take-over": boolean; keep: boolean },
    { name }: NewSubscription,
    there: readonly StoredRecord[],
    timezone: string,
  ): Promise<"take_over" | "keep"> {
    if (flags["take-over"]) return "take_over";
    if (flags.keep) return "keep";
    const found = `There ${there.length === 1 ? "is" : "are"} ${entriesText(there.length)} on days on which ${name} is due`;
    if (!canAsk())
      throw new UserError(
        "subscription_entries",
        `${found}.`,
        "Make them its charges with --take-over, or let them count instead with --keep.",
        { details: { records: there.map(({ id }) => id) } },
      );
    this.show(recordTable(there, timezone, this.screen));
    const choices = [
      { name: "make them its charges", value: "take_over" },
      { name: "let them count instead of its charges", value: "keep" },
    ];
    const { entries } = await this.ask([{ name: "entries", message: found, choices }]);
    return entries === "keep" ? "keep" : "take_over";
  }
}

interface AddedJson {
  subscription: Subscription;
  /** The listed plan that its price is from, with its sources; null if the price was typed. */
  listed: Plan | null;
  /** How many entries by hand are on its days. */
  entries: number;
  warnings: string[];
}
