import { Args } from "@oclif/core";
import type { ArchiveResult } from "../lib/archive/import-archives.js";
import { AicostCommand } from "../lib/command/base.js";
import { importFlags, refuseRejects } from "../lib/command/import-flags.js";
import { MAP_TARGETS } from "../lib/csv/mapper.js";
import { UserError } from "../lib/errors.js";
import { type Asked, type AskingTools, clearUp, importAsking } from "../lib/imports/asking.js";
import { guidedWords } from "../lib/imports/guide.js";
import { importNamed, type NamedFlags } from "../lib/imports/import-named.js";
import type { SourceResults } from "../lib/imports/import-sources.js";
import { importJson, type ImportJson, type RejectedCell } from "../lib/imports/result.js";
import { interruptible } from "../lib/terminal/interrupt.js";
import { canAsk } from "../lib/terminal/prompt.js";
import { byteProgress } from "../lib/terminal/progress.js";
import { typedWord } from "../lib/terminal/shell-word.js";
import { archiveReceipt } from "../lib/render/archive-receipt.js";
import { importReceipt, rejectsList } from "../lib/render/import-receipt.js";
import { importNotes, receiptWarnings } from "../lib/render/import-warnings.js";
import { foundText, startTable } from "../lib/render/mapped-file.js";
import { wrap } from "../lib/render/text.js";

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
      description: "a file to import; also a folder, a glob, or - for standard input",
    }),
  };
  static override flags = importFlags;

  async run(): Promise<{ imports: ImportJson[]; archives: ArchiveResult[]; warnings: string[] }> {
    const { args, flags: typed } = await this.parse(Import);
    refuseRejects(typed.rejects, typed["on-error"]);
    const { imported, flags, isStopped } = await this.#import(args.file, typed);
    const { imports, archives } = imported;
    this.#print(imported);
    const notes = importNotes(imported);
    for (const note of notes) this.log(`\n${wrap(note.text, this.screen.width, 2).join("\n")}`);
    if (isStopped) this.tell("Nothing was imported.");
    else this.#tellFlags(guidedWords(flags, typed));
    await this.#clearUp(imported, flags);
    const warnings = [...receiptWarnings(imported), ...notes.map(({ warning }) => warning)];
    return { imports: imports.map(importJson), archives, warnings };
  }

  async #import(names: readonly string[], flags: NamedFlags): Promise<Asked> {
    if (canAsk() && !this.jsonEnabled()) return importAsking(names, flags, this.#tools);
    const imported = await interruptible((signal) => importNamed(names, flags, this.#tools, signal));
    return { imported, flags, isStopped: false };
  }

  /** Asks whose files are that contradict others, if a person is there, and did not say it. */
  async #clearUp({ imports }: SourceResults, flags: NamedFlags): Promise<void> {
    if (!this.showsProgress || !canAsk() || flags["dry-run"]) return;
    if (flags.account !== undefined || flags.replace) return;
    for await (const again of clearUp(imports, flags, this.#tools)) this.#print(again);
  }

  #print({ imports, archives }: SourceResults): void {
    const receipts = [
      ...archives.map((result) => archiveReceipt(result, this.screen)),
      ...imports.map((result) => importReceipt(result, this.screen)),
    ];
    if (receipts.length > 0) this.log(receipts.join("\n\n"));
  }

  /** The flags that do without questions what was done with them. */
  #tellFlags(asked: readonly string[]): void {
    if (asked.length === 0) return;
    const words = ["aicost", "import", ...this.argv, ...asked].map(typedWord);
    this.tell(`\nThe same without questions:\n  ${words.join(" ")}`);
  }

  get #tools(): AskingTools {
    return {
      configDir: this.config.configDir,
      progress: byteProgress(this.showsProgress),
      spend: (opening) => this.spend(opening),
      store: (opening) => this.store(opening),
      ask: (questions) => this.ask(questions),
      confirm: (question) => this.confirm(question, false),
      show: (text) => this.show(`${wrap(text, this.screen.width).join("\n")}\n`),
      showStart: (start) => this.show(`${startTable(start, this.screen)}\n`),
      showFound: (checked) => this.show(`${foundText(checked, this.screen)}\n`),
    };
  }

  protected override async catch(error: unknown): Promise<void> {
    if (error instanceof UserError && error.code === "rows_rejected" && !this.jsonEnabled()) {
      const { rejects, rejected } = error.details as { rejects: RejectedCell[]; rejected: number };
      this.show(`${rejectsList(rejects, rejected, this.screen)}\n`);
    }
    await super.catch(error);
  }
}
