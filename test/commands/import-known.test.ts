import { copyFileSync, cpSync, rmSync } from "node:fs";
import path from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import ImportCommand from "../../src/commands/import.js";
import ImportsUndo from "../../src/commands/imports/undo.js";
import PrefsSet from "../../src/commands/prefs/set.js";
import RecordsEdit from "../../src/commands/records/edit.js";
import RecordsRemove from "../../src/commands/records/remove.js";
import type { ImportJson } from "../../src/lib/imports/result.js";
import { folderOf } from "../../src/lib/store/read-model/current.js";
import { modelFile } from "../../src/lib/store/read-model/file.js";
import { stateOf } from "../../src/lib/store/read-model/state.js";
import { answer, fileIn, type Home, runCommand, sample, sharedHome } from "../support/cli.js";
import { giveDatabase, homeWithDatabase, inOneOpening } from "../support/open-database.js";
import { added, imported, recorded } from "./answers.js";

const COST = sample("openai_cost_2026_by_line_item.csv");
const REEXPORTED = sample("openai_completions_usage_2026.csv");
const CURSOR = sample("cursor_usage_events_2025_09.csv");

describe("a file that is in already", () => {
  let home: Home;
  beforeEach(async () => {
    home = await homeWithDatabase();
  });

  /** A home in which one file is in; tests work on copies. */
  const withReexported = sharedHome();
  beforeAll(async () => {
    await imported(await giveDatabase(withReexported), REEXPORTED);
  });
  const haveReexported = (): void => {
    rmSync(home.dataDir, { recursive: true });
    cpSync(withReexported.dataDir, home.dataDir, { recursive: true });
  };

  /** Imports, and says whether the database was opened for it. */
  const again = async (...argv: string[]): Promise<{ imports: ImportJson[]; isRead: boolean }> => {
    const before = stateOf(folderOf(home.dataDir));
    const imports = await imported(home, ...argv);
    return { imports, isRead: stateOf(folderOf(home.dataDir)) !== before };
  };

  it("is recognised without reading it, and answered as if it were read", async () => {
    await imported(home, COST, CURSOR);
    const recognised = await again(COST, CURSOR);
    expect(recognised.isRead).toBe(false);
    rmSync(modelFile(home.dataDir));
    const read = await again(COST, CURSOR);
    expect(read.isRead).toBe(true);
    expect(recognised.imports).toEqual(read.imports);
    expect(recognised.imports.every(({ id, unchanged }) => id === null && unchanged > 0)).toBe(true);
  });

  it("is recognised under another name, in a dry run, and after entries and imports that only add", async () => {
    await imported(home, COST);
    await added(home, "-p", "groq", "-c", "1", "-d", "2026-11-05");
    await imported(home, CURSOR);
    const copy = path.join(home.folder, "copy.csv");
    copyFileSync(COST, copy);
    const { imports, isRead } = await again(copy, "--dry-run");
    expect(isRead).toBe(false);
    expect(imports).toMatchObject([{ source: copy, dry_run: true, inserted: 0 }]);
  });

  it("is left alone beside files that are new", async () => {
    await imported(home, COST);
    const { imports } = await again(CURSOR, COST);
    expect(imports.map(({ source, inserted }) => [source, inserted > 0])).toEqual([
      [CURSOR, true],
      [COST, false],
    ]);
    expect((await again(COST, CURSOR)).isRead).toBe(false);
  });

  const someRecord = async (): Promise<string> => (await recorded(home)).records[0]!.id;

  it.each<[string, () => Promise<unknown>]>([
    ["a record was removed", async () => answer(RecordsRemove, [await someRecord(), "--yes"], home)],
    ["a record was edited", async () => answer(RecordsEdit, [await someRecord(), "--cost", "9"], home)],
    ["a later export of the same days replaced some", () => imported(home, laterExport())],
  ])("changes nothing, unread, when %s", async (_, change) => {
    haveReexported();
    await inOneOpening(home, change);
    const before = await recorded(home);
    const { imports, isRead } = await again(REEXPORTED);
    expect([isRead, imports[0]?.id, imports[0]?.unchanged]).toEqual([false, null, 7]);
    expect(await recorded(home)).toEqual(before);
  });

  it("is read again with --replace", async () => {
    await imported(home, REEXPORTED, laterExport());
    const { imports, isRead } = await again(REEXPORTED, "--replace");
    expect(isRead).toBe(true);
    expect(imports).toMatchObject([{ id: expect.any(String) as string, updated: 1 }]);
  });

  it.each<[string, () => Promise<unknown>]>([
    [
      "another import was undone",
      async () => {
        const [{ id } = { id: null }] = await imported(home, CURSOR);
        await answer(ImportsUndo, [String(id)], home);
      },
    ],
    ["the time zone has changed", () => answer(PrefsSet, ["timezone", "Asia/Tokyo"], home)],
    ["a rate has changed", () => answer(PrefsSet, ["rate.CNY", "0.14"], home)],
  ])("is read again when %s", async (_, change) => {
    haveReexported();
    expect((await again(REEXPORTED)).isRead).toBe(false);
    await inOneOpening(home, change);
    expect((await again(REEXPORTED)).isRead).toBe(true);
    expect((await again(REEXPORTED)).isRead).toBe(false);
  });

  const laterExport = (): string => sample("openai_completions_usage_2026_reexport.csv");

  it("is read again if rows of it were refused", async () => {
    const file = fileIn(home, "bad.csv", "Day,Cost\n2026-11-05,1\nsoon,2\n");
    const argv = [file, "--map", "date=Day,cost=Cost", "--provider", "groq", "--on-error", "skip"];
    await imported(home, ...argv);
    expect((await again(...argv)).isRead).toBe(true);
  });

  it("is read again in another reading, which is refused as before", async () => {
    const file = fileIn(home, "bill.csv", "Day,Cost\n2026-11-05,1\n");
    await imported(home, file, "--map", "date=Day,cost=Cost", "--provider", "groq");
    const other = await runCommand(
      ImportCommand,
      [file, "--map", "date=Day,cost=Cost", "--provider", "mistral", "--json"],
      home,
    );
    expect(JSON.parse(other.stdout)).toMatchObject({ error: { code: "file_imported_otherwise" } });
  });
});
