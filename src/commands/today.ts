import { AicostCommand } from "../lib/command/base.js";
import { readConfig } from "../lib/config/config.js";
import { savedProfile } from "../lib/config/profiles.js";
import { checkFormat, todayText } from "../lib/render/today-line.js";
import { aheadOf } from "../lib/reports/expected.js";
import { daysOfToday, type TodaySpend, todaySpends } from "../lib/reports/today.js";
import { clockIn } from "../lib/dates/clock.js";
import { formatFlag } from "../lib/command/flags.js";
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
    const preferences = await store.call("get_preferences", {});
    const { timezone, currency, forecast_enabled } = preferences;
    const now = new Date();
    const { date } = clockIn(timezone, now);
    const { from, to } = daysOfToday(date);
    const [days, coverage, forecast, due] = await Promise.all([
      store.call("get_daily_spend", { from_date: from, to_date: to, split_by: ["model"] }),
      store.call("get_coverage", {}),
      store.call("get_forecast", {}),
      store.call("get_due", {}),
    ]);
    const asked = { currency, from_day: from, to_day: date };
    const rates = currency === "USD" ? null : await store.call("get_rates", asked);
    this.#keep({ preferences, days, coverage, rates, forecast, due }, now);

    const known = { date, timezone, as_of: now.toISOString(), current: true };
    const { spend, shown } = todaySpends(
      { days, coverage, currency, rates, ahead: aheadOf(forecast_enabled ? forecast : null, due) },
      known,
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
