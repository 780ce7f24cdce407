import { currenciesOf, needNames } from "../lib/budgets/ask.js";
import { AicostCommand } from "../lib/command/base.js";
import { readConfig } from "../lib/config/config.js";
import { savedProfile } from "../lib/config/profiles.js";
import { checkFormat, todayText } from "../lib/render/today-line.js";
import { aheadOf } from "../lib/reports/expected.js";
import type { StoredRates } from "../lib/record/rates.js";
import { daysOfToday, type TodaySpend, todaySpends } from "../lib/reports/today.js";
import { clockIn } from "../lib/dates/clock.js";
import { formatFlag } from "../lib/command/flags.js";
import { todayQuery, withBudgets } from "../lib/today/budgets.js";
import { forgetAnswer, keepAnswer } from "../lib/today/kept-answer.js";

export default class Today extends AicostCommand {
  static override summary = "show what you spent today and this month, in one line";
  static override description =
    "The pace is the month's total if spending goes on like this: flat fees as they are, renewals to come in the month, and the rest at the daily rate of the days with data. If a forecast of the last seven days is stored (aicost forecast), the line has what that expects instead, with the flat fees that are known to come. If the data end before today, the line says where. As in aicost report, estimates are marked with ~.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    {
      description: "In your own words",
      command: '<%= config.bin %> <%= command.id %> --format "{yesterday} yesterday, {tokens} tokens today"',
    },
    { description: "For a script", command: "<%= config.bin %> <%= command.id %> --json" },
  ];
  static override flags = { format: formatFlag };

  async run(): Promise<TodaySpend> {
    const { flags } = await this.parse(Today);
    if (flags.format !== undefined) checkFormat(flags.format);
    const store = await this.spend();
    const [preferences, budgets] = await Promise.all([
      store.call("get_preferences", {}),
      store.call("list_budgets", {}),
    ]);
    const { timezone, currency, forecast_enabled } = preferences;
    const now = new Date();
    const { date } = clockIn(timezone, now);
    const query = todayQuery(budgets, date);
    const [rows, coverage, forecast, due, names] = await Promise.all([
      store.call("get_daily_spend", query),
      store.call("get_coverage", {}),
      store.call("get_forecast", {}),
      store.call("get_due", {}),
      needNames(budgets) ? store.call("list_names", {}) : {},
    ]);
    const ratesOf = (currency: string) =>
      store.call("get_rates", { currency, from_day: query.from_date, to_day: date });
    const rates = currency === "USD" ? null : await ratesOf(currency);
    const budget_rates: Record<string, StoredRates> = {};
    for (const other of currenciesOf(budgets))
      if (other !== currency) budget_rates[other] = await ratesOf(other);
    const known_budgets = { budgets, names, budget_rates };
    this.#keep({ preferences, days: rows, coverage, rates, forecast, due, ...known_budgets }, now);

    const known = { date, timezone, as_of: now.toISOString(), current: true };
    const { from, to } = daysOfToday(date);
    const days = rows.filter((row) => row.date >= from && row.date <= to);
    const spends = todaySpends(
      { days, coverage, currency, rates, ahead: aheadOf(forecast_enabled ? forecast : null, due) },
      known,
    );
    const all = { ...budget_rates, ...(rates && { [currency]: rates }) };
    const { spend, shown } = withBudgets(
      spends,
      { budgets, rows, coverage, names, preferences, rates: all },
      date,
    );
    this.log(todayText(shown, flags.format));
    return spend;
  }

  /** Lets `aicost prompt` tell what a project answered. */
  #keep(answer: Parameters<typeof keepAnswer>[2], now: Date): void {
    const { profile } = this;
    const { configDir, dataDir } = this.config;
    if (profile.kind === "embedded") return;
    keepAnswer(profile, dataDir, answer, now);
    // The user may have signed out meanwhile: then nothing is kept.
    const saved = savedProfile(readConfig(configDir), profile.name);
    if (saved?.session === undefined) forgetAnswer(dataDir, profile.name);
  }
}
