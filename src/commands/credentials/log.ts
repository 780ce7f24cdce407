import { CredentialsCommand } from "../../lib/command/credentials.js";
import { pageFlags, pageOf } from "../../lib/command/flags.js";
import { auditTable } from "../../lib/render/credential-tables.js";
import { pageNotes, pageText } from "../../lib/render/page-text.js";
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
    const none = "Nothing has happened to a key yet.";
    const shown = log.entries.length;
    const page = { page: flags.page, shown, total: log.total, one: "entry", many: "entries", none };
    this.log(pageText(page, () => auditTable(log.entries, timezone, this.screen)));
    for (const note of pageNotes(page)) this.note(note);
    return log;
  }
}
