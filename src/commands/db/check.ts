import { type CheckResult, checkDatabase, CHECKS, checkFailed } from "../../lib/care/check.js";
import { CareCommand, careFlags } from "../../lib/command/care.js";
import { stepProgress } from "../../lib/terminal/progress.js";
import { checkLines } from "../../lib/render/care-lines.js";

export default class DbCheck extends CareCommand {
  static override summary = "check the database for damage and inconsistencies";
  static override description =
    "It reads every value and every index, compares the daily sums with their records, and looks for rows that refer to missing ones. It changes nothing. If something is wrong, the exit code is 5.";
  static override examples = ["<%= config.bin %> <%= command.id %>"];
  static override flags = careFlags;

  async run(): Promise<{ checks: CheckResult[] }> {
    const { flags } = await this.parse(DbCheck);
    const checks = await this.asOwner(
      flags["db-url"],
      { task: "check", command: "aicost db check" },
      (db) => {
        const withProgress = stepProgress(this.showsProgress);
        return withProgress("Checking", CHECKS.length, (onProgress) => checkDatabase(db, onProgress));
      },
    );
    this.log(checkLines(checks, this.screen));
    const error = checkFailed(checks);
    if (error !== null) throw error;
    return { checks };
  }
}
