import { Flags } from "@oclif/core";
import { AicostCommand } from "../../lib/command/base.js";
import { daysAfter } from "../../lib/dates/days.js";
import { today } from "../../lib/dates/ranges.js";
import { type AccuracyTotal, accuracyOf, type ForecastAccuracy } from "../../lib/forecast/accuracy.js";
import { FORECAST_GROUPS, historyQuery } from "../../lib/forecast/forecast.js";
import { type AlsoIn, type Currency, inCurrency, shownReport } from "../../lib/forecast/in-currency.js";
import { type ForecastReport, forecastReport } from "../../lib/forecast/report.js";
import { knownCharges } from "../../lib/reports/expected.js";
import type { Store } from "../../lib/store/store.js";
import { accuracyText, forecastText } from "../../lib/render/forecast-text.js";

/** The newest forecasts that are compared with what came. */
const MOST_COMPARED = 30;

const LONGEST_MONTH = 31;

export default class Forecast extends AicostCommand {
  static override summary = "show what you are likely to spend";
  static override description = [
    "Forecasts what usage will cost on each day from today on, with the bands that 80% and 95% of days should stay in, and what the month will come to. Flat fees that are known to come are added on their days.",
    "",
    "From 28 days of data on, Prophet is used if back-tests on your own data do not favour a simpler model; with fewer days, a simpler one is, and said so. Days without data are left out, not counted as $0.",
    "",
    "Forecasts are stored: aicost today shows what the newest one expects of the month, and --accuracy compares them with what came.",
  ].join("\n");
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    {
      description: "A quarter ahead, by provider",
      command: "<%= config.bin %> <%= command.id %> --days 90 --by provider",
    },
    { description: "How good were they?", command: "<%= config.bin %> <%= command.id %> --accuracy" },
  ];
  static override flags = {
    days: Flags.integer({
      min: 1,
      max: 365,
      default: 30,
      helpValue: "N",
      summary: "how many days, from today on",
    }),
    by: Flags.option({
      options: FORECAST_GROUPS,
      summary: "also forecast each provider or model",
    })(),
    accuracy: Flags.boolean({
      summary: "compare stored forecasts with what came",
      exclusive: ["days", "by"],
    }),
  };

  async run(): Promise<ForecastJson> {
    const { flags } = await this.parse(Forecast);
    return flags.accuracy ? this.#accuracy() : this.#forecast(flags);
  }

  async #forecast({
    days,
    by,
  }: {
    days: number;
    by?: (typeof FORECAST_GROUPS)[number] | undefined;
  }): Promise<ForecastJson> {
    const asked = await this.inStore(async (store) => {
      const { timezone, day, to } = await setting(store);
      const coverage = await store.call("get_coverage", {});
      const rows = await store.call("get_daily_spend", historyQuery(by));
      const charges = await store.call("list_charges", {
        from_day: daysAfter(day, 1),
        // As far as what is said of the month, too.
        to_day: daysAfter(day, Math.max(days, LONGEST_MONTH)),
      });
      return { timezone, to, coverage, rows, day, charges: knownCharges(charges) };
    });
    const { timezone, to, coverage, rows, day, charges } = asked;
    // A rate that is missing is told before models are fitted.
    const exchange = inCurrency(to);
    // Others may use the database while models are fitted.
    const { report, toStore } = await forecastReport(rows, {
      coverage,
      timezone,
      today: day,
      days,
      by,
      charges,
    });
    if (toStore.length > 0)
      await this.inStore((store) => store.call("save_forecasts", { forecasts: toStore }));
    this.log(forecastText(shownReport(report, exchange), to?.currency, this.screen));
    return exchange.answer(report);
  }

  async #accuracy(): Promise<ForecastJson> {
    return this.inStore(async (store) => {
      const { day, to } = await setting(store);
      const exchange = inCurrency(to);
      const [coverage, rows, forecasts] = await Promise.all([
        store.call("get_coverage", {}),
        store.call("get_daily_spend", historyQuery()),
        store.call("list_forecasts", { from_date: null, to_date: day, max_rows: MOST_COMPARED }),
      ]);
      const { accuracy, total } = accuracyOf(forecasts, rows, { coverage, today: day });
      this.log(accuracyText(accuracy.map(exchange.converted), total, to?.currency, this.screen));
      return exchange.answer({ accuracy, accuracy_total: total, warnings: [] });
    });
  }
}

/** Today, and what amounts are shown in: null for dollars. */
const setting = async (store: Store): Promise<{ timezone: string; day: string; to: Currency | null }> => {
  const { timezone, currency } = await store.call("get_preferences", {});
  const day = today(timezone);
  if (currency === "USD") return { timezone, day, to: null };
  const rates = await store.call("get_rates", { currency, from_day: day, to_day: day });
  return { timezone, day, to: { currency, rates, day } };
};

type ForecastJson = AlsoIn<
  | ForecastReport
  | {
      /** With --accuracy. */
      accuracy: ForecastAccuracy[];
      accuracy_total: AccuracyTotal | null;
      warnings: string[];
    }
>;
