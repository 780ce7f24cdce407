import { Flags } from "@oclif/core";
import { AicostCommand } from "../lib/command/base.js";
import { daysAfter } from "../lib/dates/days.js";
import { type Span, today } from "../lib/dates/ranges.js";
import type { CreditAhead } from "../lib/credits/ahead.js";
import { type AlsoIn, inCurrency } from "../lib/forecast/in-currency.js";
import { expectedDays } from "../lib/reports/expected.js";
import { upcomingTable } from "../lib/render/upcoming-table.js";
import {
  type ComingCrossing,
  shownUpcoming,
  type Upcoming,
  upcomingOf,
} from "../lib/subscriptions/upcoming.js";

export default class UpcomingCommand extends AicostCommand {
  static override summary = "show what is due in the next days, in order of date";
  static override description =
    "The renewals of your subscriptions, from tomorrow on, and the usage that a forecast of the last week expects (aicost forecast makes one). With prepaid credit: top-ups that will be needed at the pace of the last 30 days, as much as you bought last, and credit that expires unused; the total is then what leaves your account. With budgets: the day on which each is likely to be exceeded in its current period. Other currencies, and your own (aicost prefs set currency EUR), are converted at the rate of today.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --days 90",
  ];
  static override flags = {
    days: Flags.integer({
      default: 30,
      min: 1,
      max: 730,
      helpValue: "N",
      summary: "how many days ahead",
    }),
  };

  async run(): Promise<AlsoIn<Upcoming & { timezone: string }>> {
    const { flags } = await this.parse(UpcomingCommand);
    const store = await this.store();
    const { timezone, currency, forecast_enabled } = await store.call("get_preferences", {});
    const day = today(timezone);
    const span = { from: daysAfter(day, 1), to: daysAfter(day, flags.days) };
    const charges = await store.call("list_charges", { from_day: span.from, to_day: span.to });
    const forecast = forecast_enabled ? await store.call("get_forecast", {}) : null;
    const rates =
      currency === "USD" ? null : await store.call("get_rates", { currency, from_day: day, to_day: day });
    const exchange = inCurrency(rates && { currency, rates, day });
    const expected = expectedDays(forecast, span, day);
    const credit = await this.#credit(span, day);
    const found = upcomingOf(span, charges, expected, credit, await this.#crossings(span));
    this.log(
      found.upcoming.length === 0
        ? `Nothing is due until ${span.to}. See: aicost subscriptions`
        : upcomingTable(shownUpcoming(found, exchange), rates === null ? undefined : currency, this.screen),
    );
    return exchange.answer({ ...found, timezone });
  }

  /** The budgets that are likely to be exceeded. Most users have none, which the read model knows. */
  async #crossings(span: Span): Promise<ComingCrossing[]> {
    const source = await this.spend();
    if ((await source.call("list_budgets", {})).length === 0) return [];
    const { askOfBudgets } = await import("../lib/budgets/ask.js");
    const { budgetStates } = await import("../lib/budgets/state.js");
    const { crossingsIn } = await import("../lib/budgets/crossings.js");
    const asked = await askOfBudgets(await this.store());
    return asked === null ? [] : crossingsIn(budgetStates(asked.answers, asked.day), span);
  }

  /** What is to come of prepaid credit; most users have none. */
  async #credit(span: Span, day: string): Promise<CreditAhead | undefined> {
    const store = await this.store();
    const facts = await store.call("get_credits", {});
    if (facts.entries.length === 0) return undefined;
    const { creditAhead } = await import("../lib/credits/ahead.js");
    const { paceOf } = await import("../lib/credits/look.js");
    return creditAhead(facts, span, await paceOf(store, day));
  }
}
