import { Args, Flags } from "@oclif/core";
import { type ArchiveResult, findArchives, refuseFlags } from "../lib/archive/import-archives.js";
import { AicostCommand } from "../lib/command/base.js";
import { dryRunFlag, providerFlag, rateFlag } from "../lib/command/flags.js";
import { MAP_TARGETS } from "../lib/csv/mapper.js";
import { UserError } from "../lib/errors.js";

import { importSources, type ImportOptions, type SourceResults } from "../lib/imports/import-sources.js";
import {
  archiveWarnings,
  importJson,
  type ImportJson,
  importWarnings,
  type RejectedCell,
} from "../lib/imports/result.js";
import { importSettings, type ImportFlags } from "../lib/imports/settings.js";
import { isArchive } from "../lib/archive/format.js";
import { findSources } from "../lib/files/sources.js";
import { interruptible } from "../lib/terminal/interrupt.js";
import { byteProgress } from "../lib/terminal/progress.js";
import { formats } from "../lib/providers/index.js";
import { archiveReceipt } from "../lib/render/archive-receipt.js";
import { importReceipt, rejectsList } from "../lib/render/import-receipt.js";

/** From this size on, the optimizing compiler pays for itself. */
const HEAVY = 16 * 1024 * 1024;

interface ParsedFlags extends ImportFlags {
  "dry-run": boolean;
  "on-error": ImportOptions["onError"];
  rejects?: string | undefined;
}

export default class Import extends AicostCommand {
  static override summary = "import CSV exports of AI providers, and aicost archives";
  static override description = [
    "The format is detected by the header. A bad row stops the import before anything is written: fix the row and import the file again. Importing a file twice changes nothing; a later export of the same days replaces their numbers.",
    "",
    "An archive from aicost export keeps its ids: the import adds what is missing, replaces older versions of a record, and removes nothing. It leaves out days that another export of the same bill already covers.",
    "",
    "To import any other file, use --map TARGET=COLUMN,… with these targets:",
    ...Object.entries(MAP_TARGETS).map(([target, meaning]) => `- ${target}: ${meaning}`),
    "",
    "For dates such as 03/04/2026, write date:DMY=… or date:MDY=…; for amounts such as 1.234,56, write cost:comma=….",
  ].join("\n");
  static override examples = [
    { description: "Import one file", command: "<%= config.bin %> <%= command.id %> openai-cost.csv" },
    {
      description: "See what the files in a folder would change",
      command: "<%= config.bin %> <%= command.id %> ~/Downloads --dry-run",
    },
    {
      description: "Import any other file, and save the mapping",
      command: `<%= config.bin %> <%= command.id %> bill.csv --map 'date=Day,cost="Amount (USD)"' --provider mistral --save-map bill`,
    },
    {
      description: "Import the good rows, and save the bad ones to fix them",
      command: "<%= config.bin %> <%= command.id %> usage.csv --on-error skip --rejects bad-rows.csv",
    },
  ];
  static override args = {
    file: Args.string({
      required: true,
      multiple: true,
      ignoreStdin: true,
      description: "files, folders and globs; - is standard input",
    }),
  };
  static override flags = {
    format: Flags.string({
      summary: "the format, if it cannot be detected",
      helpValue: "ID",
      exclusive: ["map"],
    }),
    map: Flags.string({
      summary: "which column holds what, or the name of a saved mapping",
      helpValue: "TARGET=COLUMN,…",
    }),
    "save-map": Flags.string({
      summary: "save this mapping under a name",
      helpValue: "NAME",
      dependsOn: ["map"],
    }),
    provider: { ...providerFlag, summary: "the provider of mapped rows", dependsOn: ["map"] },
    currency: Flags.string({
      summary: "the currency of mapped amounts",
      helpValue: "CODE",
      dependsOn: ["map"],
    }),
    rate: rateFlag,
    "dry-run": dryRunFlag,
    "on-error": Flags.option({
      options: ["abort", "skip"] as const,
      default: "abort" as const,
      summary: "what to do about a bad row",
    })(),
    rejects: Flags.string({ summary: "write skipped rows to this file", helpValue: "FILE" }),
  };

  async run(): Promise<{ imports: ImportJson[]; archives: ArchiveResult[]; warnings: string[] }> {
    const { args, flags } = await this.parse(Import);
    refuseRejects(flags.rejects, flags["on-error"]);
    const { imports, archives } = await interruptible((signal) => this.#import(args.file, flags, signal));
    const receipts = [
      ...archives.map((result) => archiveReceipt(result, this.screen)),
      ...imports.map((result) => importReceipt(result, this.screen)),
    ];
    this.log(receipts.join("\n\n"));
    const warnings = [
      ...archives.map(({ source, covered }) => ({ source, texts: archiveWarnings(covered) })),
      ...imports.map((result) => ({ source: result.source, texts: importWarnings(result) })),
    ].flatMap(({ source, texts }) => texts.map((text) => `${source}: ${text}`));
    return { imports: imports.map(importJson), archives, warnings };
  }

  async #import(names: string[], flags: ParsedFlags, signal: AbortSignal): Promise<SourceResults> {
    const { sources, forget } = await findSources(names, { isArchive, signal });
    try {
      const { archives, files } = findArchives(sources);
      if (files.length === 0) refuseFlags(flags);
      const heavy = sources.reduce((sum, { size }) => sum + size, 0) > HEAVY;
      const spend = await this.spend({ heavy, signal });
      const settings = importSettings(
        this.config.configDir,
        flags,
        await spend.call("get_preferences", {}),
        await spend.call("list_providers", {}),
      );
      const target = {
        known: spend.files,
        open: (given: AbortSignal) => this.store({ heavy, signal: given }),
      };
      return await importSources(target, { archives, files }, settings, {
        formats,
        dryRun: flags["dry-run"],
        onError: flags["on-error"],
        rejectsFile: flags.rejects,
        signal,
        progress: byteProgress(this.showsProgress),
      });
    } finally {
      forget();
    }
  }

  protected override async catch(error: unknown): Promise<void> {
    if (error instanceof UserError && error.code === "rows_rejected" && !this.jsonEnabled()) {
      const { rejects, rejected } = error.details as { rejects: RejectedCell[]; rejected: number };
      this.show(`${rejectsList(rejects, rejected, this.screen)}\n`);
    }
    await super.catch(error);
  }
}

const refuseRejects = (rejects: string | undefined, onError: ImportOptions["onError"]): void => {
  if (rejects === "") {
    throw new UserError(
      "rejects_unnamed",
      "--rejects needs the name of a file.",
      "For example: --rejects bad-rows.csv",
    );
  }
  if (rejects !== undefined && onError !== "skip") {
    throw new UserError(
      "rejects_without_skip",
      "--rejects only works if bad rows are skipped.",
      "Add --on-error skip",
    );
  }
};
