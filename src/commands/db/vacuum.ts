import { CareCommand, careFlags } from "../../lib/command/care.js";
import type { VacuumResult } from "../../lib/care/vacuum.js";
import { vacuumReceipt } from "../../lib/render/care-lines.js";

export default class DbVacuum extends CareCommand {
  static override summary = "reclaim the space of deleted records";
  static override description =
    "The embedded database returns the space to the disk; meanwhile it needs free space for twice its largest month. A project keeps the space for new records.";
  static override examples = ["<%= config.bin %> <%= command.id %>"];
  static override flags = careFlags;

  async run(): Promise<{ vacuum: { bytes_before: number; bytes_after: number } }> {
    const { flags } = await this.parse(DbVacuum);
    const { before, after } = await this.asOwner(
      flags["db-url"],
      { task: "vacuum", command: "aicost db vacuum" },
      async (db): Promise<VacuumResult> => {
        const { vacuum } = await import("../../lib/care/vacuum.js");
        return vacuum(db);
      },
    );
    this.log(vacuumReceipt(before, after));
    return { vacuum: { bytes_before: before, bytes_after: after } };
  }
}
