import { Args } from "@oclif/core";
import { type ArchiveResult, findArchives, refuseFlags } from "../lib/archive/import-archives.js";
import { AicostCommand } from "../lib/command/base.js";
import { importFlags, refuseRejects } from "../lib/command/import-flags.js";
import { readConfig } from "../lib/config/config.js";
import { MAP_TARGETS } from "../lib/csv/mapper.js";
import { UserError } from "../lib/errors.js";
import { checkAlone, guide, guidedWords, startAlone, type GuideEnd } from "../lib/imports/guide.js";
import { undo } from "../lib/imports/undo.js";
import { askWhose, importsInDoubt, type InDoubt } from "../lib/imports/whose.js";
import { importSources, type ImportOptions, type SourceResults } from "../lib/imports/import-sources.js";
import { importJson, type ImportJson, type RejectedCell } from "../lib/imports/result.js";
import { givenDate, importSettings, type ImportFlags } from "../lib/imports/settings.js";
import { isArchive } from "../lib/archive/format.js";
import { findSources, type LeftOut } from "../lib/files/sources.js";
import { interruptible } from "../lib/terminal/interrupt.js";
import { canAsk, type Question, refusedBy } from "../lib/terminal/prompt.js";
import { byteProgress } from "../lib/terminal/progress.js";
import { typedWord } from "../lib/terminal/shell-word.js";
import { exportPages } from "../lib/providers/export-pages.js";
import { formats } from "../lib/providers/index.js";
import { unusable } from "../lib/providers/unusable.js";
import { archiveReceipt } from "../lib/render/archive-receipt.js";
import { fileName } from "../lib/render/file-name.js";
import { importReceipt, rejectsList } from "../lib/render/import-receipt.js";
import { foundText, startTable } from "../lib/render/mapped-file.js";
import {
  archiveWarnings,
  dryRunWarning,
  importWarnings,
  leftOutText,
} from "../lib/render/import-warnings.js";
import { wrap } from "../lib/render/text.js";

/** From this size on, the optimizing compiler pays for itself. */
const HEAVY = 16 * 1024 * 1024;

interface ParsedFlags extends ImportFlags {
  "dry-run": boolean;
  "on-error": ImportOptions["onError"];
  rejects?: string | undefined;
}

interface Imported extends SourceResults {
  /** What is in ZIP files besides CSV files. */
  leftOut: LeftOut[];
  /** What `--save-map` did not keep, and how to keep it. */
  notSaved: string | null;
}

const NOTHING: Imported = { archives: [], imports: [], leftOut: [], notSaved: null };

const PERIOD_QUESTION: Question = {
  name: "period",
  message: "Which month are they of (YYYY-MM)?",
  check: refusedBy((period) => givenDate({ period })),
};

/** The names of an error that says that providers are not known. */
const providersIn = (error: unknown): string[] | undefined => {
  if (!(error instanceof UserError) || error.code !== "provider_unknown") return undefined;
  return (error.details as { providers?: string[] } | undefined)?.providers;
};

export default class Import extends AicostCommand {
  static override summary = "import CSV exports of AI providers, and aicost archives";
  static override description = [
    "The format is detected by the header; aicost providers lists what is known, and where to find it. ZIP and gzip files are read as they are. A bad row stops the import before anything is written: fix the row and import the file again. Importing a file twice changes nothing. If several files show the same days, each day counts once: from the file that shows more, or shows it in more detail.",
    "",
    "aicost says what a file lacks or repeats. If it is to count instead of all earlier files of its days, import it with --replace. If it belongs to another account, and does not say so itself, use --account NAME.",
    "",
    "An archive from aicost export keeps its ids: the import adds the imports and charges that are missing, and removes nothing. What counts on a day is decided as if its files were imported here.",
    "",
    "To import any other file, use --map TARGET=COLUMN,… with these targets:",
    ...Object.entries(MAP_TARGETS).map(([target, meaning]) => `- ${target}: ${meaning}`),
    "",
    "aicost finds out how the columns write dates and numbers, and refuses those that can be read in two ways. You can say it: date:DMY=… or date:MDY=… for dates such as 03/04/2026, date:ms=… for milliseconds since 1970, date:excel=… for days of Excel; cost:point=… or cost:comma=… for amounts such as 1.234. Times without a time zone are in yours, unless you write date:UTC=… or date:Europe/Berlin=…; date:MDY:UTC=… says both. input_tokens=A+B adds columns.",
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
  static override flags = importFlags;

  async run(): Promise<{ imports: ImportJson[]; archives: ArchiveResult[]; warnings: string[] }> {
    const { args, flags: typed } = await this.parse(Import);
    refuseRejects(typed.rejects, typed["on-error"]);
    const { imports, archives, leftOut, notSaved, flags } = await this.#importAsking(args.file, typed);
    this.#print({ imports, archives });
    for (const { source, names } of leftOut) this.log(`\n${fileName(source)}: ${leftOutText(names)}`);
    this.#tellFlags(guidedWords(flags, typed));
    if (this.showsProgress && canAsk() && !flags["dry-run"] && flags.account === undefined && !flags.replace)
      for (const inDoubt of await importsInDoubt(() => this.store(), imports))
        await this.#clearUp(inDoubt, flags);
    const warnings = [
      ...archives.map(({ source, covered }) => ({ source, texts: archiveWarnings(covered) })),
      ...imports.map((result) => ({ source: result.source, texts: importWarnings(result) })),
    ].flatMap(({ source, texts }) => texts.map((text) => `${source}: ${text}`));
    warnings.push(...leftOut.map(({ source, names }) => `${source}: ${leftOutText(names)}`));
    if (notSaved !== null) {
      this.log(`\n${wrap(`Not saved: ${notSaved}`, this.screen.width, 2).join("\n")}`);
      warnings.push(notSaved);
    }
    const unseen = dryRunWarning(imports);
    if (unseen !== null) {
      this.log(`\n${wrap(unseen, this.screen.width).join("\n")}`);
      warnings.push(unseen);
    }
    return { imports: imports.map(importJson), archives, warnings };
  }

  #print({ imports, archives }: SourceResults): void {
    const receipts = [
      ...archives.map((result) => archiveReceipt(result, this.screen)),
      ...imports.map((result) => importReceipt(result, this.screen)),
    ];
    if (receipts.length > 0) this.log(receipts.join("\n\n"));
  }

  /** Imports a file again, as the user says that it counts. */
  async #clearUp(inDoubt: InDoubt, flags: ParsedFlags): Promise<void> {
    const how = await askWhose(inDoubt, (questions) => this.ask(questions));
    if (how === null) return;
    if ("account" in how) await undo(await this.store(), inDoubt.id);
    this.#print(
      await interruptible((signal) => this.#import([inDoubt.result.source], { ...flags, ...how }, signal)),
    );
  }

  /** Asks what an import needs to know, if somebody is there to answer. */
  async #importAsking(names: string[], typed: ParsedFlags): Promise<Imported & { flags: ParsedFlags }> {
    let flags = typed;
    for (;;) {
      try {
        const imported = await interruptible((signal) => this.#import(names, flags, signal));
        return { ...imported, flags };
      } catch (error) {
        if (!(error instanceof UserError) || !canAsk() || this.jsonEnabled()) throw error;
        const answered = await this.#answered(error, names, flags);
        if (answered === null) return { ...NOTHING, flags: typed };
        flags = { ...flags, ...answered };
      }
    }
  }

  /** @returns flags that help against an error, or null to import nothing. @throws the error, if no question helps */
  async #answered(
    error: UserError,
    names: readonly string[],
    flags: ParsedFlags,
  ): Promise<Partial<ParsedFlags> | null> {
    const unknown = providersIn(error);
    if (unknown !== undefined) {
      const [what, them] = unknown.length === 1 ? ["provider", "it"] : ["providers", "them"];
      const question = `aicost does not know the ${what} ${unknown.join(", ")}. Add ${them}, and import?`;
      if (await this.confirm(question, false)) return { "add-providers": true };
      throw error;
    }
    if (error.code === "period_missing") {
      this.show(`${wrap(error.message, this.screen.width).join("\n")}\n`);
      const { period = "" } = await this.ask([PERIOD_QUESTION]);
      return { period };
    }
    const [file] = names.length === 1 ? names : [];
    if (error.code !== "format_unknown" || file === undefined || flags.format !== undefined) throw error;
    const guided = await this.#guide(file, flags);
    if (guided === "declined") throw error;
    if (guided !== "stopped") return guided;
    this.tell("Nothing was imported.");
    return null;
  }

  /** Asks what the columns of a file hold. */
  async #guide(file: string, flags: ParsedFlags): Promise<GuideEnd> {
    const start = await interruptible((signal) => startAlone(file, signal));
    if (start === null) return "declined";
    const spend = await this.spend();
    const preferences = await spend.call("get_preferences", {});
    const providers = await spend.call("list_providers", {});
    const { maps } = readConfig(this.config.configDir);
    const facts = {
      flags,
      dryRun: flags["dry-run"],
      fileName: file,
      providers,
      maps: Object.keys(maps),
    };
    return guide(start, facts, {
      ask: (questions) => this.ask(questions),
      showStart: (shown) => this.show(`${startTable(shown, this.screen)}\n`),
      showFound: (checked) => this.show(`${foundText(checked, this.screen)}\n`),
      check: (given) =>
        interruptible((signal) => {
          const settings = importSettings(this.config.configDir, given, preferences, providers);
          const progress = byteProgress(this.showsProgress);
          return checkAlone(file, settings, { formats, unusable, signal, progress });
        }),
    });
  }

  /** The flags that do without questions what was done with them. */
  #tellFlags(asked: readonly string[]): void {
    if (asked.length === 0) return;
    const words = ["aicost", "import", ...this.argv, ...asked].map(typedWord);
    this.tell(`\nThe same without questions: ${words.join(" ")}`);
  }

  async #import(names: string[], flags: ParsedFlags, signal: AbortSignal): Promise<Imported> {
    const { sources, leftOut, forget } = await findSources(names, { isArchive, signal });
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
      const results = await importSources(target, { archives, files }, settings, {
        formats,
        unusable,
        pages: exportPages,
        dryRun: flags["dry-run"],
        onError: flags["on-error"],
        rejectsFile: flags.rejects,
        signal,
        progress: byteProgress(this.showsProgress),
      });
      return { ...results, leftOut, notSaved: flags["dry-run"] ? null : settings.notSaved };
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
