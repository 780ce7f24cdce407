import { copyFileSync, cpSync, rmSync } from "node:fs";
import path from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import ImportCommand from "../../src/commands/import.js";
import Imports from "../../src/commands/imports/index.js";
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

  const laterExport = (): string => sample("openai_completions_usage_2026_reexport.csv");
  const someRecord = async (): Promise<string> => (await recorded(home)).records[0]!.id;

  it.each<[string, () => Promise<unknown>, object]>([
    [
      "a record was removed",
      async () => answer(RecordsRemove, [await someRecord(), "--yes"], home),
      { unchanged: 6, kept_edits: 1 },
    ],
    [
      "a record was edited",
      async () => answer(RecordsEdit, [await someRecord(), "--cost", "9"], home),
      { unchanged: 6, kept_edits: 1 },
    ],
    [
      "a later export of the same days replaced some",
      () => imported(home, laterExport()),
      { unchanged: 6, covered: 1, facts: { covered_by: [laterExport()] } },
    ],
  ])("changes nothing, and says what of it counts, when %s", async (_, change, said) => {
    haveReexported();
    const [first] = (await answer<{ imports: { id: string }[] }>(Imports, [], home)).imports;
    await inOneOpening(home, change);
    const before = await recorded(home);
    for (const dryRun of [[], ["--dry-run"]]) {
      const { imports, isRead } = await again(REEXPORTED, ...dryRun);
      expect(isRead).toBe(true);
      expect(imports).toMatchObject([{ id: null, imported_as: first?.id, inserted: 0, updated: 0, ...said }]);
    }
    expect(await recorded(home)).toEqual(before);
  });

  const EURO_MAP = ["--map", "date=Day,cost=Cost", "--provider", "groq", "--currency", "EUR"];

  it("keeps the rate of its first import, and says so", async () => {
    const file = fileIn(home, "euro.csv", "Day,Cost\n2026-11-05,1\n2026-11-06,2\n");
    await imported(home, file, ...EURO_MAP, "--rate", "EUR=1.1");
    expect((await again(file, ...EURO_MAP, "--rate", "EUR=1.10")).isRead).toBe(false);
    for (const dryRun of [[], ["--dry-run"]]) {
      const { imports } = await again(file, ...EURO_MAP, "--rate", "EUR=1.2", ...dryRun);
      expect(imports).toMatchObject([
        { cost_usd: "3.3", counted_usd: "3.3", kept_rates: { EUR: { kept: ["1.1"], given: "1.2" } } },
      ]);
    }
    const { stdout } = await runCommand(ImportCommand, [file, ...EURO_MAP, "--rate", "EUR=1.2"], home);
    expect(stdout).toContain("EUR still counts at 1.1 US dollars, not at 1.2");
    const longer = fileIn(home, "longer.csv", "Day,Cost\n2026-11-05,1\n2026-11-06,2\n2026-11-07,3\n");
    expect(await imported(home, longer, ...EURO_MAP, "--rate", "EUR=1.2")).toMatchObject([
      { inserted: 1, counted_usd: "6.9", kept_rates: { EUR: { kept: ["1.1"], given: "1.2" } } },
    ]);
  });

  it("says that it was imported for another account", async () => {
    const file = fileIn(home, "bill.csv", "Day,Cost\n2026-11-05,1\n");
    const map = ["--map", "date=Day,cost=Cost", "--provider", "groq", "--json"];
    await imported(home, file, ...map, "--account", "work");
    for (const [given, said] of [
      [[], "with --account work"],
      [["--account", "home"], "with --account work"],
    ] as const) {
      const { stdout } = await runCommand(ImportCommand, [file, ...map, ...given], home);
      expect(JSON.parse(stdout)).toMatchObject({
        error: { code: "file_imported_otherwise", message: expect.stringContaining(said) as string },
      });
    }
  });

  it("keeps the time zone of its first import, and says so", async () => {
    const file = fileIn(home, "moments.csv", "At,Cost\n2026-11-05 12:00,1\n2026-11-06 13:00,2\n");
    const map = ["--map", "date=At,cost=Cost", "--provider", "groq"];
    await imported(home, file, ...map);
    await answer(PrefsSet, ["timezone", "Asia/Tokyo"], home);
    expect(await imported(home, file, ...map)).toMatchObject([
      { id: null, unchanged: 2, read: { zone: { name: "UTC", kept: true } } },
    ]);
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
        await answer(ImportsUndo, [String(id), "--yes"], home);
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
