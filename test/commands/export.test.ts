import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import Export from "../../src/commands/export.js";
import Import from "../../src/commands/import.js";
import Imports from "../../src/commands/imports/index.js";
import ImportsUndo from "../../src/commands/imports/undo.js";
import PrefsSet from "../../src/commands/prefs/set.js";
import ProvidersAdd from "../../src/commands/providers/add.js";
import RecordsEdit from "../../src/commands/records/edit.js";
import type { ArchiveResult } from "../../src/lib/archive/import-archives.js";
import type { ImportJson } from "../../src/lib/imports/result.js";
import type { SpendReport } from "../../src/lib/reports/report.js";
import type { Import as StoredImport } from "../../src/lib/api.js";
import {
  answer,
  fileIn,
  type Home,
  newHome,
  refusal,
  runCommand,
  sample,
  sharedHome,
  steady,
} from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";
import { added, imported, recorded, reported } from "./answers.js";

const NOTHING = { inserted: 0, updated: 0, unchanged: 0, covered: 0 };
const GROUPS = ["day", "week", "month", "provider", "model", "method"];

const UNGROUPED = sample("openai_cost_2026_ungrouped.csv");
const BY_LINE_ITEM = sample("openai_cost_2026_by_line_item.csv");
const USAGE = sample("openai_completions_usage_2026.csv");
const LARGER = sample("openai_completions_usage_2026_reexport.csv");

/** Everything of a home, in a file. @returns its path */
const exported = async (home: Home, name = "aicost.ndjson", ...argv: string[]): Promise<string> => {
  const file = path.join(home.folder, name);
  await answer(Export, ["--output", file, ...argv], home);
  return file;
};

const restored = (home: Home, ...argv: string[]) =>
  answer<{ archives: ArchiveResult[]; imports: ImportJson[] }>(Import, argv, home);

const importList = (home: Home) => answer<{ imports: StoredImport[] }>(Imports, [], home);

/** What a person sees of a home, in every grouping. */
const seen = async (home: Home) => {
  const reports: SpendReport[] = [];
  for (const group of GROUPS) reports.push(await reported(home, "--by", group));
  return { reports, records: await recorded(home), imports: await importList(home) };
};

/** Without the first line, which holds the moment of the export. */
const body = (file: string): string => readFileSync(file, "utf8").replace(/^.*\n/, "");

keepDatabasesOpen();

describe("an archive", () => {
  const source = sharedHome();
  let file: string;
  beforeAll(async () => {
    await runCommand(PrefsSet, ["rate.EUR", "1.1"], source);
    await runCommand(ProvidersAdd, ["my-gateway"], source);
    await imported(source, UNGROUPED, BY_LINE_ITEM, USAGE, LARGER);
    await added(source, "--provider", "my-gateway", "--cost", "3.5", "--date", "2026-11-01");
    const { records } = await recorded(source, "--model", "gpt");
    await runCommand(RecordsEdit, [records[0]?.id ?? "", "--note", "mended"], source);
    file = await exported(source);
  });

  it("brings everything to another database: every report, list and record is the same", async () => {
    const target = newHome();
    await restored(target, file);
    expect(await seen(target)).toEqual(await seen(source));
    expect(body(await exported(target))).toBe(body(file));
  });

  it("changes nothing the second time, nor do the files that were imported where it came from", async () => {
    const target = newHome();
    await restored(target, file);
    const before = await seen(target);
    const { archives } = await restored(target, file);
    expect(archives).toMatchObject([{ inserted: 0, updated: 0, covered: 0 }]);
    for (const again of [UNGROUPED, BY_LINE_ITEM, LARGER]) {
      expect(await imported(target, again)).toMatchObject([
        { id: null, inserted: 0, updated: 0, replaced: 0 },
      ]);
    }
    expect(await seen(target)).toEqual(before);
  });

  it("lets a restored import be undone as it can be where it came from", async () => {
    const target = newHome();
    await restored(target, file);
    const other = newHome();
    await restored(other, await exported(target));
    const { imports } = await importList(source);
    for (const { id } of imports) {
      expect(await answer(ImportsUndo, [id, "--yes"], target)).toEqual(
        await answer(ImportsUndo, [id, "--yes"], other),
      );
    }
    expect(await recorded(target)).toEqual(await recorded(other));
    expect((await recorded(target)).records).toMatchObject([{ provider: "my-gateway", cost_usd: "3.5" }]);
  });

  it("is told of exactly in a dry run, which writes nothing", async () => {
    const target = newHome();
    const dry = await restored(target, file, "--dry-run");
    expect(dry.archives[0]).toMatchObject({ dry_run: true, source: file, format: "ndjson", covered: 0 });
    expect((await recorded(target)).total).toBe(0);
    expect((await importList(target)).imports).toEqual([]);
    const { archives } = await restored(target, file);
    expect(archives).toEqual([{ ...dry.archives[0], dry_run: false }]);
  });

  it("can be piped, and may lie among other files, of which none is taken twice", async () => {
    const target = newHome();
    const folder = path.join(target.folder, "downloads");
    mkdirSync(folder);
    writeFileSync(path.join(folder, "all.ndjson"), readFileSync(file));
    writeFileSync(path.join(folder, "cost.csv"), readFileSync(BY_LINE_ITEM));
    writeFileSync(path.join(folder, "log.ndjson"), '{"level":"info"}\n');
    const result = await restored(target, folder);
    expect(result.archives).toMatchObject([{ source: path.join(folder, "all.ndjson") }]);
    expect(result.imports).toMatchObject([{ id: null, inserted: 0, unchanged: 10, kept_edits: 1 }]);
    expect(await seen(target)).toEqual(await seen(source));
  });

  it("leaves nothing behind, files included, when one of several is wrong", async () => {
    const target = newHome();
    const bad = fileIn(target, "bad.csv", readFileSync(BY_LINE_ITEM, "utf8").replace(/0\.\d+/, "much"));
    expect(await refusal(Import, [file, bad], target)).toMatchObject({ exit: 4, code: "rows_rejected" });
    const cut = fileIn(target, "cut.ndjson", readFileSync(file).subarray(0, -30));
    expect(await refusal(Import, [cut, USAGE, file], target)).toMatchObject({
      exit: 4,
      code: "archive_damaged",
      source: cut,
    });
    expect((await recorded(target)).total).toBe(0);
    expect((await importList(target)).imports).toEqual([]);
  });

  it("is refused with a provider that nobody knows, and with flags that read other files", async () => {
    const target = newHome();
    const edited = readFileSync(file, "utf8")
      .replaceAll('"provider":"my-gateway"', '"provider":"nobody"')
      .replace(/(?<="end".*),"sha256":"\w+"/, "");
    expect(await refusal(Import, [fileIn(target, "edited.ndjson", edited)], target)).toMatchObject({
      exit: 4,
      code: "provider_unknown",
      message: expect.stringContaining("holds records of “nobody”") as string,
      hint: "Nothing was restored. Add it with: aicost providers add nobody",
    });
    expect(await refusal(Import, [file, "--map", "date=Day,cost=Sum"], target)).toMatchObject({
      exit: 2,
      code: "archive_flag",
    });
    expect((await recorded(target)).total).toBe(0);
  });

  it("says what became of it", async () => {
    const target = newHome();
    await runCommand(ProvidersAdd, ["my-gateway"], target);
    await imported(target, UNGROUPED);
    const dry = await runCommand(Import, [file, "--dry-run"], target);
    const done = await runCommand(Import, [file], target);
    const again = await runCommand(Import, [file], target);
    const text = [dry, done, again].map(({ stdout }) => steady(stdout, target)).join("\n");
    await expect(text).toMatchFileSnapshot("snapshots/import-archive.txt");
    expect([dry, done, again].map(({ stderr }) => stderr)).toEqual(["", "", ""]);
  });
});

describe("aicost export", () => {
  const home = sharedHome();
  beforeAll(async () => {
    await imported(home, USAGE);
  });

  it("writes to standard output, one JSON object a line", async () => {
    const { stdout, stderr, exit } = await runCommand(Export, [], home);
    expect({ stderr, exit }).toEqual({ stderr: "", exit: 0 });
    const lines = stdout.trimEnd().split("\n");
    const objects = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(objects[0]).toEqual({
      aicost_archive: 2,
      owner: null,
      exported_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
      schema: expect.stringMatching(/^\d{14}$/) as string,
      program: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
    });
    expect(objects.at(-1)).toEqual({
      end: {
        preferences: 1,
        price: 0,
        price_list: 0,
        rates: 0,
        provider: 0,
        subscription: 0,
        credit: 0,
        budget: 0,
        import: 1,
        edit: 0,
        sheet: 5,
        sheet_row: 7,
        cost_record: 0,
        forecast: 0,
      },
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(objects).toHaveLength(16);
  });

  it("writes to standard output if the file is -", async () => {
    const [{ stdout }, plain] = [
      await runCommand(Export, ["--output", "-"], home),
      await runCommand(Export, [], home),
    ];
    const lines = ({ stdout }: { stdout: string }) => stdout.split("\n").slice(1);
    expect(lines({ stdout })).toEqual(lines(plain));
    expect(existsSync("-")).toBe(false);
  });

  it("writes to a file that only its owner can read, and says what", async () => {
    const file = path.join(home.folder, "mine.ndjson");
    const { stdout, stderr } = await runCommand(Export, ["--output", file], home);
    expect({ stdout, stderr }).toEqual({
      stdout: `Exported 7 records, 1 import to ${file}\n`,
      stderr: "",
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("replaces no file unasked, and leaves none half written", async () => {
    const file = fileIn(home, "kept/old.ndjson", "mine");
    expect(await refusal(Export, ["--output", file], home)).toMatchObject({
      exit: 4,
      code: "output_exists",
      message: `The file ${file} already exists.`,
    });
    expect(readFileSync(file, "utf8")).toBe("mine");
    const replaced = await answer<{ export: { counts: object } }>(
      Export,
      ["--output", file, "--force"],
      home,
    );
    expect(replaced.export.counts).toMatchObject({ sheet_row: 7, import: 1 });
    expect(readFileSync(file, "utf8")).toContain('{"end":');
    expect(readdirSync(path.dirname(file))).toEqual(["old.ndjson"]);
  });

  it.each([
    [["--output", ""], "output_unnamed"],
    [["--output", "HOME"], "output_unwritable", 5],
    [["--output", "HOME/no/such/folder.ndjson"], "output_unwritable", 5],
    [[], "json_without_output"],
    [["--force"], "usage"],
    [["--format", "xml"], "usage"],
  ] as [string[], string, number?][])("refuses %j", async (argv, code, exit = 2) => {
    const words = argv.map((word) => word.replace("HOME", home.folder));
    expect(await refusal(Export, words, home)).toMatchObject({ exit, code });
  });

  it("writes the records as CSV, which are read back to the same ids with their import where that is", async () => {
    const file = await exported(home, "records.csv", "--format", "csv");
    expect(readFileSync(file, "utf8").split("\r\n")).toHaveLength(9);
    const { archives } = await restored(home, file);
    expect(archives).toMatchObject([{ ...NOTHING, format: "csv", unchanged: 7 }]);
    const target = newHome();
    expect((await restored(target, file)).archives).toMatchObject([{ inserted: 7 }]);
    const source = await recorded(home);
    expect((await recorded(target)).records).toEqual(
      source.records.map((record) => ({ ...record, import_id: null })),
    );
    const { rows } = await reported(target, "--by", "day");
    expect(rows).toEqual((await reported(home, "--by", "day")).rows);
  });
});
