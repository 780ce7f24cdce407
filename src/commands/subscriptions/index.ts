import { Flags } from "@oclif/core";
import { AicostCommand } from "../../lib/command/base.js";
import { daysAfter } from "../../lib/dates/days.js";
import { today } from "../../lib/dates/ranges.js";
import { standardOutput } from "../../lib/files/output.js";
import { subscriptionsText } from "../../lib/render/subscription-table.js";
import { calendarOf } from "../../lib/subscriptions/calendar.js";
import { lookAtSubscriptions, type Subscriptions } from "../../lib/subscriptions/look.js";

/** A calendar goes so far ahead. */
const CALENDAR_DAYS = 366;

export default class SubscriptionsList extends AicostCommand {
  static override summary = "list your subscriptions: what renews next, and what they cost";
  static override description =
    "A charge counts in reports from the day on which it is due. Below the table stand list prices that changed, plans without use for 40 days if use is known, trials that end, and charges without an exchange rate.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    {
      description: "For a calendar",
      command: "<%= config.bin %> <%= command.id %> --ics > renewals.ics",
    },
  ];
  static override flags = {
    ics: Flags.boolean({
      summary: "print the renewals of a year as a calendar (iCalendar)",
      exclusive: ["json"],
    }),
  };

  async run(): Promise<Subscriptions | undefined> {
    const { flags } = await this.parse(SubscriptionsList);
    const store = await this.store();
    if (flags.ics) {
      const { timezone } = await store.call("get_preferences", {});
      const from_day = daysAfter(today(timezone), 1);
      const to_day = daysAfter(from_day, CALENDAR_DAYS);
      const charges = await store.call("list_charges", { from_day, to_day });
      await standardOutput.write(calendarOf(charges, await store.call("list_subscriptions", {})));
      return undefined;
    }
    const found = await lookAtSubscriptions(store, {
      dataDir: this.config.dataDir,
      profile: this.profile.name,
    });
    this.log(
      found.subscriptions.length === 0
        ? "There are no subscriptions. Add one with:\n  aicost subscriptions add claude max --since 2026-01-15"
        : subscriptionsText(found, this.screen),
    );
    return found;
  }
}
