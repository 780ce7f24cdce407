import { Flags } from "@oclif/core";
import { exportAll } from "../lib/archive/export.js";
import type { ArchiveFormat } from "../lib/archive/format.js";
import { fileOutput, standardOutput } from "../lib/files/output.js";
import type { KindCounts } from "../lib/archive/rows.js";
import { AicostCommand } from "../lib/command/base.js";
import { forceFlag } from "../lib/command/flags.js";
import { UserError } from "../lib/errors.js";
import { interruptible } from "../lib/terminal/interrupt.js";
import { rowProgress } from "../lib/terminal/progress.js";
import { exportSummary } from "../lib/render/archive-receipt.js";

interface ExportJson {
  /** Absent if the export went to standard output. */
  file?: string;
  format: ArchiveFormat;
  /** How many rows of each kind. */
  counts: KindCounts;
}

export default class Export extends AicostCommand {
  static override summary = "export everything to a file, as a backup or to move it to another database";
  static override description = [
    "The export goes to standard output, or to a file that only you can read. aicost import reads it into any database, with the same ids, as often as you like: it adds what is missing, keeps the later version of a record, and never removes anything. Days that the other database already has from another export of the same bill stay as they are, and so do preferences that are set there.",
    "",
    "NDJSON holds everything except stored provider keys and their log, which belong to one account and one machine. CSV holds only the records, for a spreadsheet.",
  ].join("\n");
  static override examples = [
    {
      description: "Back up everything",
      command: "<%= config.bin %> <%= command.id %> --output aicost.ndjson",
    },
    {
      description: "Read it back, here or elsewhere",
      command: "<%= config.bin %> import aicost.ndjson",
    },
    {
      description: "Open the records in a spreadsheet",
      command: "<%= config.bin %> <%= command.id %> --format csv --output records.csv",
    },
  ];
  static override flags = {
    output: Flags.string({
      char: "o",
      summary: "write to this file, or to standard output (-)",
      helpValue: "FILE",
    }),
    format: Flags.option({
      options: ["ndjson", "csv"] as const,
      default: "ndjson" as const,
      summary: "everything (ndjson), or only the records (csv)",
    })(),
    force: { ...forceFlag, dependsOn: ["output"] },
  };

  async run(): Promise<{ export: ExportJson }> {
    const { flags } = await this.parse(Export);
    const { format } = flags;
    const file = flags.output === "-" ? undefined : flags.output;
    refuseOutput(file, this.jsonEnabled());
    const store = await this.store();
    const counts = await interruptible((signal) => {
      // Opened only now: a signal before this would leave the file behind.
      const output =
        file === undefined
          ? standardOutput
          : fileOutput(file, { force: flags.force, example: "--output aicost.ndjson" });
      return exportAll(store, output, {
        format,
        program: this.config.version,
        signal,
        progress: rowProgress(this.showsProgress && file !== undefined),
      });
    });
    if (file === undefined) return { export: { format, counts } };
    this.log(exportSummary(counts, file));
    return { export: { file, format, counts } };
  }
}

const refuseOutput = (file: string | undefined, asJson: boolean): void => {
  if (file === "") {
    throw new UserError(
      "output_unnamed",
      "--output needs the name of a file.",
      "For example: --output aicost.ndjson",
    );
  }
  if (asJson && file === undefined) {
    throw new UserError(
      "json_without_output",
      "With --json, the summary goes to standard output, so the export needs a file.",
      "Add --output FILE",
    );
  }
};
