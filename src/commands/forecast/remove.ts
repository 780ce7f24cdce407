import { Args, Flags } from "@oclif/core";
import { AicostCommand } from "../../lib/command/base.js";
import { yesFlag } from "../../lib/command/flags.js";
import { today } from "../../lib/dates/ranges.js";
import { UserError } from "../../lib/errors.js";
import { storedForecasts, typedDays } from "../../lib/forecast/stored.js";
import { counted } from "../../lib/money.js";
import { forecastList } from "../../lib/render/forecast-list.js";

export default class ForecastRemove extends AicostCommand {
  static override summary = "remove stored forecasts";
  static override description =
    "A forecast is named by the last day of its data, as in aicost forecast list; those of providers and models whose data end on that day go with it. Your charges stay as they are. aicost today and aicost upcoming use the newest one that is left, or none.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> 2026-11-29",
    { description: "All of them", command: "<%= config.bin %> <%= command.id %> --all --yes" },
  ];
  static override args = {
    days: Args.string({
      multiple: true,
      ignoreStdin: true,
      description: "the last days of their data",
    }),
  };
  static override flags = {
    all: Flags.boolean({ default: false, summary: "remove all stored forecasts" }),
    yes: yesFlag,
  };

  async run(): Promise<{ removed: { forecasts: number; days: number } | null }> {
    const { args, flags } = await this.parse(ForecastRemove);
    const typed = (args.days ?? []) as readonly string[];
    if ((typed.length === 0) !== flags.all)
      throw new UserError(
        "usage",
        "Name the last day of its data, or use --all.",
        "See them with: aicost forecast list",
      );
    const store = await this.store();
    const { timezone } = await store.call("get_preferences", {});
    const last_days = flags.all ? null : typedDays(typed, today(timezone));
    const found = await storedForecasts(store, last_days);
    if (found.length === 0) {
      this.log("No forecast is stored.");
      return { removed: null };
    }
    if (!flags.yes) this.show(forecastList(found, timezone, this.screen));
    const question = `Remove ${found.length === 1 ? "this forecast" : `these ${found.length} forecasts`}?`;
    if (!(await this.confirm(question, flags.yes))) {
      this.log("Nothing was removed.");
      return { removed: null };
    }
    // Others may have used the database meanwhile.
    const removed = await (await this.store()).call("remove_forecasts", { last_days });
    this.log(`Removed ${counted(removed.forecasts, "forecast")}.`);
    return { removed };
  }
}
