import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import Import from "../../src/commands/import.js";
import Imports from "../../src/commands/imports/index.js";
import ImportsUndo from "../../src/commands/imports/undo.js";
import RecordsEdit from "../../src/commands/records/edit.js";
import RecordsRemove from "../../src/commands/records/remove.js";
import type { Import as StoredImport, UndoCounts } from "../../src/lib/api.js";
import { answer, fileIn, type Home, newHome, refusal, runCommand, sample } from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";
import { added, imported, recorded, reported, totalCost } from "./answers.js";

const USAGE = sample("openai_completions_usage_2026.csv");
const LARGER = sample("openai_completions_usage_2026_reexport.csv");
const UNGROUPED = sample("openai_cost_2026_ungrouped.csv");
const BY_LINE_ITEM = sample("openai_cost_2026_by_line_item.csv");

const undo = async (home: Home, id: string | null | undefined): Promise<UndoCounts> =>
  (await answer<{ undone: UndoCounts }>(ImportsUndo, [id ?? "", "--yes"], home)).undone;

const importList = async (home: Home) =>
  (await answer<{ imports: StoredImport[] }>(Imports, [], home)).imports;

keepDatabasesOpen();

describe("a later export of the same days", () => {
  it("replaces the numbers of the first, whatever the order of its rows, and can be taken back", async () => {
    const home = newHome();
    const [first] = await imported(home, USAGE);
    const before = await recorded(home);
    const [second] = await imported(home, LARGER);
    expect(second).toMatchObject({ inserted: 0, updated: 1, unchanged: 6 });
    expect((await reported(home)).totals).toMatchObject({
      input_tokens: 2411697,
      output_tokens: 301905,
      request_count: 907,
      record_count: 7,
    });
    expect(await undo(home, second?.id?.slice(0, 8))).toEqual({
      id: second?.id,
      removed: 0,
      restored: 1,
      edits_lost: 0,
    });
    expect(await recorded(home)).toEqual(before);
    expect(await undo(home, first?.id)).toMatchObject({ removed: 7, restored: 0 });
    expect((await recorded(home)).total).toBe(0);
  });

  it("stays whole when the first import is taken back, and leads to nothing when both are", async () => {
    const home = newHome();
    const [first] = await imported(home, USAGE);
    const [second] = await imported(home, LARGER);
    const before = (await reported(home)).totals;
    expect(await undo(home, first?.id)).toMatchObject({ removed: 0, restored: 0 });
    expect((await reported(home)).totals).toEqual(before);
    expect(await undo(home, second?.id)).toMatchObject({ removed: 7, restored: 0 });
    expect((await recorded(home)).total).toBe(0);
  });
});

describe("two cost exports of the same days, one of them grouped", () => {
  it("count once, in the finer detail, when the ungrouped one came first", async () => {
    const home = newHome();
    await imported(home, UNGROUPED);
    expect(await totalCost(home)).toBe("0.737656");
    const [fine] = await imported(home, BY_LINE_ITEM);
    expect(fine).toMatchObject({ inserted: 11, replaced: 2, covered: 0 });
    expect(await totalCost(home)).toBe("0.740168");
    expect(await undo(home, fine?.id)).toMatchObject({ removed: 11, restored: 2 });
    expect(await totalCost(home)).toBe("0.737656");
  });

  it("count once, in the finer detail, when the grouped one came first", async () => {
    const home = newHome();
    const [fine] = await imported(home, BY_LINE_ITEM);
    const [coarse] = await imported(home, UNGROUPED);
    expect(coarse).toMatchObject({ inserted: 0, replaced: 0, covered: 2, counted_usd: "0" });
    expect(await totalCost(home)).toBe("0.740168");
    expect(await undo(home, fine?.id)).toMatchObject({ removed: 11, restored: 2 });
    expect(await totalCost(home)).toBe("0.737656");
  });

  it("count once when both are imported in one call", async () => {
    const home = newHome();
    const files = await imported(home, UNGROUPED, BY_LINE_ITEM);
    expect(files).toMatchObject([{ inserted: 2 }, { inserted: 11, replaced: 2 }]);
    expect(await totalCost(home)).toBe("0.740168");
  });
});

describe("aicost imports undo", () => {
  it("lets the same file in again", async () => {
    const home = newHome();
    const [first] = await imported(home, USAGE);
    const before = await recorded(home);
    await undo(home, first?.id);
    const [again] = await imported(home, USAGE);
    expect(again).toMatchObject({ inserted: 7 });
    const withoutImport = ({ records }: typeof before) =>
      records.map((record) => ({ ...record, import_id: null }));
    expect(withoutImport(await recorded(home))).toEqual(withoutImport(before));
    expect((await importList(home)).map(({ status }) => status)).toEqual(["done", "undone"]);
  });

  it("says what it did, and refuses to do it twice", async () => {
    const home = newHome();
    const [first] = await imported(home, USAGE);
    const { stdout, exit } = await runCommand(ImportsUndo, [first?.id ?? "", "--yes"], home);
    expect({ stdout, exit }).toEqual({
      stdout: "Import undone: 7 records removed.\n",
      exit: 0,
    });
    expect(await refusal(ImportsUndo, [first?.id ?? "", "--yes"], home)).toMatchObject({
      exit: 4,
      code: "import_undone",
    });
    expect(await refusal(ImportsUndo, ["no-such"], home)).toMatchObject({
      exit: 4,
      code: "import_not_found",
    });
    expect(await refusal(ImportsUndo, [], home)).toMatchObject({ exit: 2, code: "usage" });
  });

  it("names the file, its days and its sum before it asks", async () => {
    const home = newHome();
    const [first] = await imported(home, BY_LINE_ITEM);
    const id = first?.id ?? "";
    const { code, message } = await refusal(ImportsUndo, [id.slice(0, 4)], home);
    expect(code).toBe("not_confirmed");
    for (const part of [id.slice(0, 8), path.basename(BY_LINE_ITEM), "2026-11-0", " rows, $0.74"]) {
      expect(message).toContain(part);
    }
    expect((await importList(home)).map(({ status }) => status)).toEqual(["done"]);
  });

  it.each(["", "3", "3f2"])("takes at least four characters of an id: “%s”", async (id) => {
    expect(await refusal(ImportsUndo, [id, "--yes"], newHome())).toMatchObject({ exit: 2, code: "usage" });
  });

  it("takes the last one with --last, and says beforehand what the totals become", async () => {
    const home = newHome();
    await imported(home, BY_LINE_ITEM);
    const [last] = await imported(home, USAGE);
    const { stdout } = await runCommand(ImportsUndo, ["--last", "--dry-run"], home);
    expect(stdout.split("\n")).toEqual([
      "Undoing it would remove 7 records.",
      "All charges together: $0.74 → $0.74",
      "Nothing was changed.",
      "",
    ]);
    const { preview } = await answer<{ preview: { removed: number } }>(
      ImportsUndo,
      ["--last", "--dry-run"],
      home,
    );
    expect(preview).toMatchObject({
      id: last?.id,
      removed: 7,
      cost_usd: { before: "0.740168", after: "0.740168" },
    });
    expect((await importList(home)).map(({ status }) => status)).toEqual(["done", "done"]);
    for (const removed of [7, 11]) {
      const { undone } = await answer<{ undone: UndoCounts }>(ImportsUndo, ["--last", "--yes"], home);
      expect(undone.removed).toBe(removed);
    }
    expect(await refusal(ImportsUndo, ["--last", "--yes"], home)).toMatchObject({ code: "import_not_found" });
    expect(await refusal(ImportsUndo, [last?.id ?? "", "--last", "--yes"], home)).toMatchObject({
      code: "usage",
    });
  });

  it("leaves manual entries and other imports alone", async () => {
    const home = newHome();
    await added(home, "--provider", "openai", "--cost", "4", "--date", "2026-11-02");
    await imported(home, sample("openrouter_activity.csv"));
    const before = await recorded(home);
    const [file] = await imported(home, USAGE);
    await undo(home, file?.id);
    expect(await recorded(home)).toEqual(before);
  });
});

describe("--dry-run", () => {
  it("says what would change, exactly, and changes nothing", async () => {
    const home = newHome();
    await imported(home, USAGE, UNGROUPED);
    const before = { records: await recorded(home), imports: await importList(home) };
    const files = await imported(home, LARGER, BY_LINE_ITEM, "--dry-run");
    expect(files).toMatchObject([
      { id: null, dry_run: true, inserted: 0, updated: 1, unchanged: 6 },
      { id: null, dry_run: true, inserted: 11, replaced: 2 },
    ]);
    const { stdout } = await runCommand(Import, [LARGER, "--dry-run"], home);
    expect(stdout).toContain("would be 1 updated, 6 unchanged, 3 skipped (without usage)");
    expect(stdout).toContain("nothing was written");
    expect({ records: await recorded(home), imports: await importList(home) }).toEqual(before);
  });

  it("keeps no mapping and writes no rejected rows", async () => {
    const home = newHome();
    const file = fileIn(home, "bill.csv", "Day,Sum\n2026-11-01,1.5\n2026-11-02,x\n");
    const rejects = `${home.folder}/bad.csv`;
    const map = ["--map", "date=Day,cost=Sum", "--provider", "mistral", "--save-map", "bill"];
    await imported(home, file, ...map, "--on-error", "skip", "--rejects", rejects, "--dry-run");
    expect(() => readFileSync(rejects)).toThrow("ENOENT");
    expect(await refusal(Import, [file], home)).toMatchObject({ code: "format_unknown" });
  });
});

describe("a record that was corrected by hand", () => {
  it("stays as it is when its file is imported again", async () => {
    const home = newHome();
    await imported(home, UNGROUPED);
    const [record] = (await recorded(home)).records;
    await answer(RecordsEdit, [record?.id ?? "", "--cost", "100", "--note", "mended"], home);
    const before = await recorded(home);
    const [again] = await imported(home, UNGROUPED);
    expect(again).toMatchObject({ id: null, unchanged: 2, updated: 0 });
    expect(await recorded(home)).toEqual(before);
  });

  it("is left out of another file that has it, which says so", async () => {
    const home = newHome();
    await imported(home, USAGE);
    for (const { id } of (await recorded(home)).records) {
      await answer(RecordsEdit, [id, "--note", "mended"], home);
    }
    const before = await recorded(home);
    const { stdout } = await runCommand(Import, [LARGER], home);
    expect(stdout).toContain("7 rows left out: edited by hand, and kept");
    expect(await recorded(home)).not.toEqual([]);
    expect((await recorded(home)).total).toBe(before.total);
  });
});

describe("a record that was removed", () => {
  it("stays away when its file is imported again, and comes back when that is undone and imported", async () => {
    const home = newHome();
    const [file] = await imported(home, UNGROUPED);
    const [record] = (await recorded(home)).records;
    await answer(RecordsRemove, [record?.id ?? "", "--yes"], home);
    const without = await totalCost(home);
    expect(await imported(home, UNGROUPED)).toMatchObject([{ id: null, inserted: 0, unchanged: 2 }]);
    expect(await totalCost(home)).toBe(without);
    expect(await undo(home, file?.id)).toMatchObject({ removed: 1, edits_lost: 1 });
    await imported(home, UNGROUPED);
    expect(await totalCost(home)).toBe("0.737656");
  });
});
