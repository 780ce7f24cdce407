import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { Flags } from "@oclif/core";
import { makeArchiveFolder, removeLostDrafts } from "../../lib/care/archive-file.js";
import { type ArchivedMonth, archiveMonth, monthsBefore, type PlannedMonth } from "../../lib/care/archive.js";
import { CareCommand, careFlags } from "../../lib/command/care.js";
import { dryRunFlag, yesFlag } from "../../lib/command/flags.js";
import type { CareDatabase } from "../../lib/care/database.js";
import { pastMonth } from "../../lib/care/past-month.js";
import { UserError } from "../../lib/errors.js";
import { interruptible } from "../../lib/terminal/interrupt.js";
import { stepProgress } from "../../lib/terminal/progress.js";
import { archivedLines, archiveQuestion, plannedLines } from "../../lib/render/archive-lines.js";
import { callFunction } from "../../lib/store/call-function.js";

interface ArchiveJson {
  /** The folder of the files. */
  folder: string;
  archived: ArchivedMonth[];
  /** With --dry-run: what would be archived. */
  planned?: PlannedMonth[];
}

const PURPOSE = { task: "archive months of", command: "aicost db archive --before YYYY-MM" };

export default class DbArchive extends CareCommand {
  static override summary = "move old months from the database into compressed files";
  static override description = [
    "Each month before the given one goes into its own file, with a checksum beside it. A month leaves the database only after its file was read back and compared; reports no longer include it. You can stop at any moment without losing a record: run the command again to complete it.",
    "",
    "aicost import restores a month from its file, with the same ids. Months are in UTC. In a project, each user's records get their own file. Undoing an import only affects records that are in the database.",
  ].join("\n");
  static override examples = [
    {
      description: "See what would be archived",
      command: "<%= config.bin %> <%= command.id %> --before 2024-01 --dry-run",
    },
    {
      description: "Archive everything before 2024",
      command: "<%= config.bin %> <%= command.id %> --before 2024-01",
    },
  ];
  static override flags = {
    before: Flags.string({
      required: true,
      summary: "archive the months before this one",
      helpValue: "YYYY-MM",
    }),
    to: Flags.string({
      summary: "folder for the files [default: archive in the data folder]",
      helpValue: "FOLDER",
    }),
    "dry-run": dryRunFlag,
    yes: yesFlag,
    ...careFlags,
  };

  async run(): Promise<ArchiveJson> {
    const { flags } = await this.parse(DbArchive);
    const before = pastMonth(flags.before, new Date());
    const folder = flags.to ?? join(this.config.dataDir, "archive");
    const plan = (db: CareDatabase): Promise<PlannedMonth[]> => monthsBefore(db, before);
    const planned = await this.asOwner(flags["db-url"], PURPOSE, plan);
    if (flags["dry-run"] || planned.length === 0) {
      this.log(plannedLines(planned, before, this.screen));
      return { folder, archived: [], planned };
    }
    if (!flags.yes && !this.jsonEnabled()) this.show(plannedLines(planned, before, this.screen));
    if (!(await this.confirm(archiveQuestion(planned, folder), flags.yes))) return { folder, archived: [] };
    const archived = await this.asOwner(flags["db-url"], PURPOSE, async (db) => {
      const now = await plan(db);
      if (!flags.yes && !isDeepStrictEqual(planned, now)) throw monthsChanged();
      return this.#archive(db, now, folder);
    });
    this.log(archivedLines(archived, this.screen));
    return { folder, archived };
  }

  async #archive(
    db: CareDatabase,
    planned: readonly PlannedMonth[],
    folder: string,
  ): Promise<ArchivedMonth[]> {
    makeArchiveFolder(folder);
    removeLostDrafts(folder);
    const withProgress = stepProgress(this.showsProgress);
    const archived: ArchivedMonth[] = [];
    const { version: program } = this.config;
    const { waitMs } = this.place;
    await withProgress("Archiving", planned.length, async (onProgress) => {
      await interruptible(async (signal) => {
        for (const { month } of planned) {
          signal.throwIfAborted();
          archived.push(await archiveMonth(db, month, { folder, program, waitMs, signal }));
          onProgress(archived.length);
        }
      }, "Months are archived whole or not at all. Run the command again to continue.");
      await callFunction(db, "public.refresh_cost_records_daily", {});
    });
    return archived;
  }
}

/** While the question was on the screen, others could work on the records. */
const monthsChanged = (): UserError =>
  new UserError(
    "months_changed",
    "The records of these months have changed since they were shown, so nothing was archived.",
    "Run the command again.",
  );
