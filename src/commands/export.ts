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
  /** Absent where the export went to standard output. */
  file?: string;
  format: ArchiveFormat;
  /** How many rows of each kind. */
  counts: KindCounts;
}

export default class Export extends AicostCommand {
  static override summary = "write all that you have to a file, to keep it or to move it to another database";
  static override description = [
    "The export goes to standard output, or to a file that only you can read. aicost import reads it back on any database, to the same ids, as often as you like: it adds what is missing and takes the later version of a record, and never removes anything. Days that the other database knows from another export of the same money stay as they are there; so do preferences that were set there.",
    "",
    "NDJSON holds everything but the stored provider keys and their log, which belong to one account and one machine. CSV holds the records alone, for a spreadsheet.",
  ].join("\n");
  static override examples = [
    {
      description: "Keep a copy of everything",
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
    output: Flags.string({ char: "o", summary: "write to this file", helpValue: "FILE" }),
    format: Flags.option({
      options: ["ndjson", "csv"] as const,
      default: "ndjson" as const,
      summary: "everything, or the records alone",
    })(),
    force: { ...forceFlag, dependsOn: ["output"] },
  };

  async run(): Promise<{ export: ExportJson }> {
    const { flags } = await this.parse(Export);
    const { output: file, format } = flags;
    refuseOutput(file, this.jsonEnabled());
    const store = await this.store();
    const counts = await interruptible((signal) => {
      // Opened only now: a signal before this would leave it.
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
    throw new UserError("output_unnamed", "--output names no file.", "Name it: --output aicost.ndjson");
  }
  if (asJson && file === undefined) {
    throw new UserError(
      "json_without_output",
      "With --json, standard output is for what was exported, not for the export itself.",
      "Add --output FILE",
    );
  }
};
