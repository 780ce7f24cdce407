import { CareCommand, careFlags } from "../../lib/command/care.js";
import { refreshDaily, type RefreshResult } from "../../lib/care/refresh.js";
import { UserError } from "../../lib/errors.js";
import { OTHER_WAYS } from "../../lib/store/refresh.js";
import { hasCode, STATEMENT_TIMEOUT } from "../../lib/server/server-errors.js";
import { refreshReceipt } from "../../lib/render/care-lines.js";

export default class DbRefresh extends CareCommand {
  static override summary = "bring the daily sums up to date";
  static override description =
    "Reports are right without it: they sum the days that changed since the last refresh on the fly, which takes longer. The embedded database sums such days once, when they change. In a project, a large import refreshes the sums, and so does pg_cron every night if it is enabled.";
  static override examples = ["<%= config.bin %> <%= command.id %>"];
  static override flags = careFlags;

  async run(): Promise<{ refresh: RefreshResult }> {
    const { flags } = await this.parse(DbRefresh);
    const refresh = await this.asCaller(flags["db-url"], refreshDaily).catch((error: unknown) => {
      throw hasCode(error, STATEMENT_TIMEOUT) ? tooLong(error) : error;
    });
    this.log(refreshReceipt(refresh));
    return { refresh };
  }
}

/** The data API of a project cancels after eight seconds what sums a million records; its owner may take longer. */
const tooLong = (cause: unknown): UserError =>
  new UserError(
    "statement_timeout",
    "The refresh was cancelled: it takes longer than the data API of the project allows. Reports are right without it.",
    OTHER_WAYS,
    { cause },
  );
