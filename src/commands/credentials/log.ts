import { CredentialsCommand } from "../../lib/command/credentials.js";
import { pageFlags, pageOf } from "../../lib/command/flags.js";
import { auditTable } from "../../lib/render/credential-tables.js";
import type { AuditEntry } from "../../lib/api.js";

export default class CredentialsLog extends CredentialsCommand {
  static override summary = "list what happened to stored keys, newest first";
  static override examples = ["<%= config.bin %> <%= command.id %>"];
  static override flags = pageFlags(20);

  async run(): Promise<{ entries: AuditEntry[]; total: number }> {
    const { flags } = await this.parse(CredentialsLog);
    const store = await this.store();
    const { timezone } = await store.call("get_preferences", {});
    const log = await store.call("list_audit_log", pageOf(flags));
    const shown = log.entries.length;
    if (log.total === 0) this.log("Nothing has happened to a key yet.");
    else if (shown === 0) this.log(`Nothing on page ${flags.page}; there are ${log.total} entries.`);
    else this.log(auditTable(log.entries, timezone, this.screen));
    if (shown > 0 && log.total > shown) this.note(`${shown} of ${log.total} entries; see others with --page`);
    return log;
  }
}
