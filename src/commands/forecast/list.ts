import { AicostCommand } from "../../lib/command/base.js";
import { pageFlags, pageOf } from "../../lib/command/flags.js";
import { forecastList } from "../../lib/render/forecast-list.js";
import { pageNotes, pageText } from "../../lib/render/page-text.js";
import type { ForecastHead } from "../../lib/api.js";

export default class ForecastList extends AicostCommand {
  static override summary = "list stored forecasts, newest data first";
  static override description =
    "Each forecast is stored by the last day of its data: one that is made again of the same data replaces the one before. Remove one with aicost forecast remove.";
  static override examples = ["<%= config.bin %> <%= command.id %>"];
  static override flags = pageFlags(20);

  async run(): Promise<{ forecasts: ForecastHead[]; total: number }> {
    const { flags } = await this.parse(ForecastList);
    const store = await this.store();
    const { timezone } = await store.call("get_preferences", {});
    const found = await store.call("list_stored_forecasts", pageOf(flags));
    const none = "No forecast is stored. Make one with: aicost forecast";
    const shown = found.forecasts.length;
    const page = { page: flags.page, shown, total: found.total, one: "forecast", many: "forecasts", none };
    this.log(pageText(page, () => forecastList(found.forecasts, timezone, this.screen)));
    for (const note of pageNotes(page)) this.note(note);
    return found;
  }
}
