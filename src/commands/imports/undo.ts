import { Args, Flags } from "@oclif/core";
import { AicostCommand } from "../../lib/command/base.js";
import { dryRunFlag, importIdParts, yesFlag } from "../../lib/command/flags.js";
import { UserError } from "../../lib/errors.js";
import { previewUndo, type UndoPreview, type Undone, undo } from "../../lib/imports/undo.js";
import { undoLines, undoPreviewLines, undoQuestion } from "../../lib/render/undo-lines.js";
import type { Store } from "../../lib/store/store.js";

export default class ImportsUndo extends AicostCommand {
  static override summary = "undo an import";
  static override description =
    "All is as if it had never been imported: its charges go, and what it had replaced counts again. To get it back, import the file again, or collect its days again: aicost sync --since DATE. It asks first; in a script, use --yes. An id may be cut to its first four characters or more.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> 3f2a9c1d",
    { description: "See what would change", command: "<%= config.bin %> <%= command.id %> --last --dry-run" },
    { description: "In a script", command: "<%= config.bin %> <%= command.id %> 3f2a9c1d --yes" },
  ];
  static override args = {
    id: Args.string(importIdParts),
  };
  static override flags = {
    last: Flags.boolean({ summary: "undo the latest import that is not undone yet", default: false }),
    "dry-run": dryRunFlag,
    yes: yesFlag,
  };

  async run(): Promise<{ undone: Undone | null } | { preview: UndoPreview }> {
    const { args, flags } = await this.parse(ImportsUndo);
    if ((args.id === undefined) !== flags.last) throw whichImport();
    if (args.id !== undefined) refuseShort(args.id);
    const store = await this.store();
    const import_id = args.id ?? (await lastImport(store));
    if (flags["dry-run"]) {
      const preview = await previewUndo(store, import_id);
      this.log(undoPreviewLines(preview));
      return { preview };
    }
    const found = await store.call("get_import", { import_id });
    // One that is undone already is refused without a question.
    const isSure = found.status === "undone" || (await this.confirm(undoQuestion(found), flags.yes));
    if (!isSure) {
      this.log("Nothing was undone.");
      return { undone: null };
    }
    const undone = await undo(await this.store(), found.id);
    this.log(undoLines(undone));
    return { undone };
  }
}

/** Fewer characters often fit an import that is not meant. */
const LEAST_CHARACTERS = 4;

const refuseShort = (id: string): void => {
  if (id.trim().length >= LEAST_CHARACTERS) return;
  throw new UserError(
    "usage",
    `“${id}” is too short for an id: give at least its first ${LEAST_CHARACTERS} characters.`,
    "See them with: aicost imports",
  );
};

const whichImport = (): UserError =>
  new UserError("usage", "Name one import, or use --last.", "See them with: aicost imports");

const PAGE = 100;

/** @throws UserError `import_not_found` */
const lastImport = async (store: Store): Promise<string> => {
  for (let skip_rows = 0; ; skip_rows += PAGE) {
    const { imports, total } = await store.call("list_imports", { max_rows: PAGE, skip_rows });
    const last = imports.find(({ status }) => status !== "undone");
    if (last !== undefined) return last.id;
    if (skip_rows + PAGE >= total)
      throw new UserError("import_not_found", "There is nothing to undo.", "See: aicost imports");
  }
};
