import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import Import from "../../src/commands/import.js";
import ImportsUndo from "../../src/commands/imports/undo.js";
import Imports from "../../src/commands/imports/index.js";
import ImportsShow from "../../src/commands/imports/show.js";
import PrefsSet from "../../src/commands/prefs/set.js";
import type { ImportJson } from "../../src/lib/imports/result.js";
import type { Import as StoredImport, ImportDay } from "../../src/lib/api.js";
import {
  ROOT,
  aicost,
  answer,
  fileIn,
  jsonOf,
  newHome,
  refusal,
  runCommand,
  sample,
  sharedHome,
  steady,
} from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";
import { zipped } from "../support/zip.js";
import { imported, recorded, reported, totalCost } from "./answers.js";

const snapshot = (name: string): string => path.join(import.meta.dirname, "snapshots", name);

const OPENROUTER = "Date,Slug,Usage,BYOK Usage,Requests,Prompt Tokens,Completion Tokens,Reasoning Tokens";
const row = (cost: string, date = "2026-11-01 00:00:00"): string =>
  `"${date}","openai/gpt","${cost}","0","2","30","11","4"`;

keepDatabasesOpen();

describe("the receipt", () => {
  it.each(["80", "120"])("is written for a terminal of %s columns", async (columns) => {
    const home = newHome();
    const files = [
      "openai_cost_2026_ungrouped.csv",
      "openai_cost_2026_by_line_item.csv",
      "cursor_usage_events_2026_09.csv",
    ];
    const first = await runCommand(Import, files.map(sample), home, { COLUMNS: columns });
    const again = await runCommand(Import, files.map(sample), home, { COLUMNS: columns });
    expect(first).toMatchObject({ exit: 0, stderr: "" });
    await expect(steady(`${first.stdout}\n${again.stdout}`, home)).toMatchFileSnapshot(
      snapshot(`import-${columns}.txt`),
    );
  });

  it("holds as JSON what it holds as text", async () => {
    const home = newHome();
    const [file] = await imported(home, sample("openai_completions_usage_2026.csv"));
    expect(file).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      source: sample("openai_completions_usage_2026.csv"),
      format: "openai-usage",
      rows: 10,
      inserted: 7,
      updated: 0,
      unchanged: 0,
      covered: 0,
      kept_edits: 0,
      replaced: 0,
      skipped: 3,
      skipped_reasons: { "empty bucket": 3 },
      rejected: 0,
      cost_usd: "0",
      counted_usd: "0",
      facts: {},
      tokens: 2705022,
      from: "2026-11-02",
      to: "2026-11-05",
      dry_run: false,
      ignored_columns: [],
    });
  });

  it("names the columns that were not used", async () => {
    const home = newHome();
    const file = fileIn(home, "extra.csv", `${OPENROUTER},Mood\n${row("1")},good\n`);
    const { stdout } = await runCommand(Import, [file], home);
    expect(stdout).toContain("columns not used: Mood");
    expect(await imported(home, file)).toMatchObject([{ unchanged: 1, ignored_columns: ["Mood"] }]);
  });
});

describe("where files come from", () => {
  const two = () => {
    const home = newHome();
    const folder = path.join(home.folder, "Down loads");
    mkdirSync(path.join(folder, "deeper"), { recursive: true });
    copyFileSync(sample("openrouter_activity_daily.csv"), path.join(folder, "a.CSV"));
    copyFileSync(sample("openai_legacy_cost_2024.csv"), path.join(folder, "b.csv"));
    copyFileSync(sample("anthropic_cost_2024.csv"), path.join(folder, "deeper/c.csv"));
    fileIn(home, "Down loads/notes.pdf", "%PDF-1.7");
    fileIn(home, "Down loads/.hidden.csv", "nothing");
    return { home, folder };
  };
  const sources = (files: ImportJson[]) => files.map(({ source }) => source);

  it("a folder is its CSV files, in order of their names", async () => {
    const { home, folder } = two();
    expect(sources(await imported(home, folder))).toEqual([`${folder}/a.CSV`, `${folder}/b.csv`]);
    expect(await totalCost(home)).toBe("43.069345");
  });

  it("a glob is what it matches, in subfolders too, named as it was given", async () => {
    const { home, folder } = two();
    expect(sources(await imported(home, `${folder}/**/*.csv`))).toEqual([
      `${folder}/b.csv`,
      `${folder}/deeper/c.csv`,
    ]);
  });

  it("several files are imported in one call, and one that is named twice counts once", async () => {
    const { home, folder } = two();
    symlinkSync(`${folder}/b.csv`, `${home.folder}/link.csv`);
    const files = await imported(
      home,
      `${folder}/b.csv`,
      `${folder}/a.CSV`,
      folder,
      `${home.folder}/link.csv`,
    );
    expect(files).toHaveLength(2);
    expect(await totalCost(home)).toBe("43.069345");
  });

  it("a file whose name has the signs of a glob is itself", async () => {
    const { home } = two();
    const file = fileIn(home, "cost [1].csv", readFileSync(sample("openrouter_activity_daily.csv")));
    expect(sources(await imported(home, file))).toEqual([file]);
  });

  it("- is standard input, beside other files", async () => {
    const { home, folder } = two();
    const input = readFileSync(sample("anthropic_cost_2024.csv"));
    const outcome = await aicost(["import", "-", `${folder}/b.csv`, "--json"], home, { input });
    expect(outcome).toMatchObject({ exit: 0, stderr: "" });
    expect(sources(jsonOf<{ imports: ImportJson[] }>(outcome).imports)).toEqual(["-", `${folder}/b.csv`]);
    expect(await totalCost(home)).toBe("9.427");
  });

  it("standard input with nothing in it is refused as an empty file", async () => {
    const { stderr, exit } = await aicost(["import", "-"], newHome());
    expect({ stderr, exit }).toMatchObject({
      exit: 4,
      stderr: expect.stringContaining("Standard input is empty.") as string,
    });
  });
});

describe("how files are written", () => {
  const plain = readFileSync(sample("openrouter_activity_daily.csv"), "utf8").replaceAll("\r\n", "\n");
  const utf16be = (text: string) => Buffer.from(`\ufeff${text}`, "utf16le").swap16();

  it.each([
    ["UTF-8 with a byte order mark", `\ufeff${plain}`],
    ["UTF-16 little endian, as Excel writes it", Buffer.from(`\ufeff${plain}`, "utf16le")],
    ["UTF-16 big endian", utf16be(plain)],
    ["CRLF", plain.replaceAll("\n", "\r\n")],
    ["semicolons", plain.replaceAll('","', '";"').replace(/^.*/, (header) => header.replaceAll(",", ";"))],
    ["tabs", plain.replaceAll('","', '"\t"').replace(/^.*/, (header) => header.replaceAll(",", "\t"))],
    ["thirty lines of preamble", `${"Report of nothing\n".repeat(30)}${plain}`],
    ["a total line and blank lines", `${plain.trimEnd()}\n\nTotal,,41.212345,,494,,,\n\n`],
    ["no line end at the end", plain.trimEnd()],
  ])("%s leads to the same records", async (_, content) => {
    const home = newHome();
    const [file] = await imported(home, fileIn(home, "activity.csv", content));
    expect(file).toMatchObject({ format: "openrouter-activity-daily", inserted: 3, rejected: 0 });
    expect((await reported(home)).totals).toMatchObject({ cost_usd: "41.212345", request_count: 494 });
    expect(await imported(home, sample("openrouter_activity_daily.csv"))).toMatchObject([{ unchanged: 3 }]);
  });
});

describe("the column mapper", () => {
  const refused = sharedHome();
  const bill = `Tag;Betrag, netto;Modell\n03.11.2026;1.234,56;Large\n04.11.2026;0,44;Small\n`;
  const map = 'date:DMY=Tag,cost:comma="Betrag, netto",model=Modell';

  it("reads any other file, and a saved mapping is found again by the columns", async () => {
    const home = newHome();
    const file = fileIn(home, "bill.csv", bill);
    expect(await refusal(Import, [file], home)).toMatchObject({ exit: 4, code: "format_unknown" });
    const [first] = await imported(
      home,
      file,
      "--map",
      map,
      "--provider",
      "mistral",
      "--save-map",
      "invoice",
    );
    expect(first).toMatchObject({
      format: "map:invoice",
      inserted: 2,
      cost_usd: "1235",
      from: "2026-11-03",
      to: "2026-11-04",
    });
    const later = fileIn(home, "later.csv", bill.replace("0,44", "0,54"));
    expect(await imported(home, later)).toMatchObject([{ format: "map:invoice", updated: 1, unchanged: 1 }]);
    expect(await imported(home, later, "--map", "invoice")).toMatchObject([
      { format: "map:invoice", unchanged: 2 },
    ]);
    expect((await reported(home, "--by", "model")).rows).toMatchObject([
      { model: "Large", cost_usd: "1234.56" },
      { model: "Small", cost_usd: "0.54" },
    ]);
  });

  it("takes moments in the user's time zone", async () => {
    const home = newHome();
    await answer(PrefsSet, ["timezone", "America/Los_Angeles"], home);
    const file = fileIn(home, "calls.csv", "When,Sum\n2026-11-05 20:00,1\n");
    await imported(home, file, "--map", "date=When,cost=Sum", "--provider", "groq");
    expect((await recorded(home)).records).toMatchObject([
      { timestamp: "2026-11-06T04:00:00Z", granularity: "event" },
    ]);
    expect((await reported(home)).rows).toMatchObject([{ day: "2026-11-05" }]);
  });

  it("converts another currency with a rate that was given, and with none refuses", async () => {
    const home = newHome();
    const file = fileIn(home, "cny.csv", "Day,Sum\n2026-11-05,100\n");
    const map = ["--map", "date=Day,cost=Sum", "--provider", "deepseek", "--currency", "cny"];
    expect(await refusal(Import, [file, ...map], home)).toMatchObject({
      exit: 4,
      code: "currency_rate_missing",
      hint: expect.stringContaining("aicost rates set CNY NUMBER") as string,
    });
    expect((await recorded(home)).total).toBe(0);
    await imported(home, file, ...map, "--rate", "CNY=0.14");
    expect((await recorded(home)).records).toMatchObject([
      { cost_usd: "14", metadata: { original: { currency: "CNY", amount: "100", rate: "0.14" } } },
    ]);
    await answer(PrefsSet, ["rate.CNY", "0.15"], home);
    // A file that is in changes nothing; imported anew, it is converted anew.
    expect(await imported(home, file, ...map)).toMatchObject([{ unchanged: 1 }]);
    expect(await totalCost(home)).toBe("14");
    await answer(ImportsUndo, ["--last", "--yes"], home);
    await imported(home, file, ...map);
    expect(await totalCost(home)).toBe("15");
  });

  it.each([
    [["--map", "date=Day"], "map_incomplete", 2],
    [["--map", "cost=Sum"], "map_incomplete", 2],
    [["--map", "day=Day,cost=Sum"], "map_unknown_target", 2],
    [["--map", "date=Day,cost=Sum,cost=Sum"], "map_repeated_target", 2],
    [["--map", "date=Day,cost=Summe", "--provider", "groq"], "csv_missing_column", 4],
    [["--map", "date=Day,cost=Sum"], "map_provider_missing", 2],
    [["--map", "nothing-saved", "--provider", "groq"], "map_unknown", 2],
    [["--map", "date=Day,cost=Sum", "--provider", "nobody"], "provider_unknown", 4],
    [["--save-map", "x"], "usage", 2],
    [["--provider", "groq"], "usage", 2],
    [["--map", "date=Day,cost=Sum", "--format", "openai-cost"], "usage", 2],
  ])("refuses %j", async (flags, code, exit) => {
    const home = refused;
    const before = await recorded(home);
    const file = fileIn(home, "x.csv", "Day,Sum\n2026-11-05,1\n");
    expect(await refusal(Import, [file, ...flags], home)).toMatchObject({ code, exit });
    expect(await recorded(home)).toEqual(before);
  });

  it("writes nothing of any row if one provider is unknown, however far down it stands", async () => {
    const home = newHome();
    const rows = Array.from({ length: 5100 }, (_, i) => `2026-11-05T00:00:00Z,groq,${i}`);
    const file = fileIn(
      home,
      "many.csv",
      `When,Who,Sum\n${rows.join("\n")}\n2026-11-05T00:00:00Z,nobody,1\n`,
    );
    const map = ["--map", "date=When,provider=Who,cost=Sum"];
    expect(await refusal(Import, [file, ...map], home)).toMatchObject({
      exit: 4,
      code: "provider_unknown",
      providers: ["nobody"],
    });
    expect((await recorded(home)).total).toBe(0);
    expect(await answer(Imports, [], home)).toEqual({ imports: [], total: 0 });
  });
});

describe("--on-error skip --rejects", () => {
  const content = `${OPENROUTER}\r\n${row("1")}\r\n${row("1,23", "2026-11-02 00:00:00")}\r\n${row("NaN", "2026-11-03 00:00:00")}\r\n${row("2")}\r\n`;

  it("takes the good rows; the others, mended, come in cleanly", async () => {
    const home = newHome();
    const file = fileIn(home, "usage.csv", content);
    const rejects = path.join(home.folder, "bad.csv");
    const [first] = await imported(home, file, "--on-error", "skip", "--rejects", rejects);
    expect(first).toMatchObject({ rows: 4, inserted: 2, rejected: 2, cost_usd: "3" });
    const bad = readFileSync(rejects, "utf8");
    expect(bad.split(/\r?\n/)).toEqual([
      OPENROUTER,
      row("1,23", "2026-11-02 00:00:00"),
      row("NaN", "2026-11-03 00:00:00"),
      "",
    ]);
    expect(statSync(rejects).mode & 0o777).toBe(0o600);
    const mended = fileIn(home, "mended.csv", bad.replace("1,23", "1.23").replace("NaN", "0.77"));
    expect(await imported(home, mended)).toMatchObject([{ inserted: 2, rejected: 0 }]);
    expect(await totalCost(home)).toBe("5");
  });

  it("leads to exact totals, too, if a bad row shares its key with a good one", async () => {
    const home = newHome();
    const file = fileIn(home, "usage.csv", `${OPENROUTER}\n${row("1")}\n${row("NaN")}\n`);
    await imported(home, file, "--on-error", "skip", "--rejects", path.join(home.folder, "bad.csv"));
    await imported(home, fileIn(home, "usage.csv", readFileSync(file, "utf8").replace("NaN", "2")));
    expect(await totalCost(home)).toBe("3");
  });

  it("keeps the rejected rows of several files apart, also if the files have one name", async () => {
    const home = newHome();
    const files = ["a/usage.csv", "b/usage.csv"].map((name, i) =>
      fileIn(home, name, `${OPENROUTER}\n${row(`x${i}`)}\n`),
    );
    await imported(home, ...files, "--on-error", "skip", "--rejects", path.join(home.folder, "bad.csv"));
    const written = readdirSync(home.folder)
      .filter((name) => name.startsWith("bad."))
      .map((name) => readFileSync(path.join(home.folder, name), "utf8"));
    expect(written).toHaveLength(2);
    expect(written.join("")).toContain(row("x0"));
    expect(written.join("")).toContain(row("x1"));
  });

  it("never overwrites the file that is imported", async () => {
    const home = newHome();
    const file = fileIn(home, "usage.csv", content);
    const outcome = await refusal(Import, [file, "--on-error", "skip", "--rejects", file], home);
    expect(readFileSync(file, "utf8")).toBe(content);
    expect(outcome.exit).not.toBe(1);
  });

  it("refuses a place that cannot be written, before anything is imported", async () => {
    const home = newHome();
    const file = fileIn(home, "usage.csv", content);
    const other = fileIn(home, "good.csv", `${OPENROUTER}\n${row("7")}\n`);
    const place = path.join(home.folder, "no/such/folder/bad.csv");
    const { exit, code } = await refusal(
      Import,
      [other, file, "--on-error", "skip", "--rejects", place],
      home,
    );
    expect((await recorded(home)).total).toBe(0);
    expect({ exit, code }).not.toMatchObject({ exit: 1, code: "bug" });
  });

  it("needs --on-error skip", async () => {
    expect(
      await refusal(Import, [sample("openrouter_activity.csv"), "--rejects", "x"], newHome()),
    ).toMatchObject({
      exit: 2,
      code: "rejects_without_skip",
      hint: "Add --on-error skip",
    });
  });
});

interface Refusal {
  message?: RegExp;
  hint?: RegExp;
  cell?: { line: number; column: string; value: string; reason: string };
}

describe("a file that is refused", () => {
  const home = sharedHome();
  /** A cut JPEG. */
  const binary = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10, 0x4a, 0x46, 0x49, 0x46, 0x00, 0x01]);
  const good = `${OPENROUTER}\n${row("1")}\n`;
  const rejected = (column: string, value: string, reason: RegExp) => ({
    message: /^One row is refused, so nothing was imported\.$/,
    hint: /--on-error skip --rejects bad-rows\.csv$/,
    cell: { line: 3, column, value, reason: expect.stringMatching(reason) as string },
  });

  it.each<[what: string, content: string | Uint8Array, code: string, error: Refusal]>([
    ["an empty file", "", "file_empty", { message: /^The file .* is empty\.$/ }],
    [
      "a binary file",
      binary,
      "file_binary",
      { message: /^The file .* is not readable as text: it is neither UTF-8 nor UTF-16\.$/ },
    ],
    ["a text with NUL bytes", `a,b\n1,\0\n`, "file_binary", { message: /it contains NUL bytes/ }],
    [
      "a PDF that is called .csv",
      "%PDF-1.7\n%âãÏÓ\n",
      "file_pdf",
      { message: /it is a PDF document, probably an invoice/, hint: /Download the usage or cost export/ },
    ],
    [
      "a workbook that is called .csv",
      zipped([{ name: "xl/workbook.xml", content: "<workbook/>" }]),
      "file_archive",
      { message: /it is a workbook of a spreadsheet/ },
    ],
    [
      "a file cut in the middle of a quoted field",
      good.slice(0, -8),
      "csv_unclosed_quote",
      {
        message: /^The quote that opens in line 2 of .* is not closed before the end of the file\.$/,
        hint: /cut off/,
      },
    ],
    [
      "a header without rows",
      `${OPENROUTER}\n`,
      "csv_no_rows",
      { message: /^The file .* has a header in line 1, but no rows below it\.$/ },
    ],
    ["a header alone, without its line end", OPENROUTER, "csv_no_rows", {}],
    [
      "columns of no known export",
      "a,b\n1,2\n",
      "format_unknown",
      { hint: /^Say what its columns are: --map date=Day.*\nSee .*: aicost providers$/ },
    ],
    [
      "columns of which most are those of an export",
      "usage_date_utc,model,token_type,cost\n2026-11-01,a,b,3\n",
      "format_unknown",
      {
        hint: /^It looks like Anthropic Console cost export \(anthropic-cost\), but lacks cost_usd\.\nSay what/,
      },
    ],
    [
      "no table",
      "hello\nworld\n",
      "format_unknown",
      { message: /^No line of .* looks like the header of a table\.$/ },
    ],
    [
      "a row with too few fields",
      `${good}"2026-11-02 00:00:00","x","1"\n`,
      "rows_rejected",
      rejected("", "", /^the row has 3 fields, but the header has 8 columns$/),
    ],
    [
      "a date of 1970",
      `${good}${row("1", "1970-01-01 00:00:00")}\n`,
      "rows_rejected",
      rejected("Date", "1970-01-01 00:00:00", /^is 1970-01-01, before 2015-01-01/),
    ],
    [
      "a date of 2999",
      `${good}${row("1", "2999-01-01 00:00:00")}\n`,
      "rows_rejected",
      rejected("Date", "2999-01-01 00:00:00", /^is 2999-01-01, more than two years ahead$/),
    ],
    [
      "an amount such as 1,23",
      `${good}${row("1,23")}\n`,
      "rows_rejected",
      rejected("Usage", "1,23", /^is ambiguous, because of its comma; write 1\.23/),
    ],
    [
      "an amount such as 1,23 without quotes",
      `${good}2026-11-02 00:00:00,x,1,23,0,2,30,11,4\n`,
      "rows_rejected",
      rejected(
        "",
        "",
        /^the row has 9 fields, but the header has 8 columns; perhaps a number with a comma is not in quotes$/,
      ),
    ],
    ["NaN", `${good}${row("NaN")}\n`, "rows_rejected", rejected("Usage", "NaN", /^is not an amount/)],
    [
      "an amount that is too large",
      `${good}${row("1e300")}\n`,
      "rows_rejected",
      rejected("Usage", "1e300", /too large/),
    ],
    [
      "a model with a name of 201 characters",
      `${good}${row("1").replace("openai/gpt", "m".repeat(201))}\n`,
      "rows_rejected",
      {},
    ],
  ])("%s says what is wrong, and nothing is written", async (_, content, code, { message, hint, cell }) => {
    const before = await recorded(home);
    const file = fileIn(home, "x.csv", content);
    const fine = fileIn(home, "fine.csv", good);
    const found = await refusal(Import, [fine, file], home);
    expect({ exit: found.exit, code: found.code }).toEqual({ exit: 4, code });
    if (message) expect(found.message).toMatch(message);
    if (hint) expect(found.hint).toMatch(hint);
    if (cell) expect(found).toMatchObject({ rejected: 1, rejects: [{ source: file, ...cell }] });
    expect(await recorded(home)).toEqual(before);
  });

  it("a missing file", async () => {
    const before = await recorded(home);
    expect(await refusal(Import, [sample("openrouter_activity.csv"), "/no/such.csv"], home)).toEqual({
      exit: 4,
      code: "file_missing",
      message: "There is no file /no/such.csv.",
      hint: "Check the path; a folder of CSV files works too.",
    });
    expect(await recorded(home)).toEqual(before);
  });

  it("a folder without CSV files, and a glob without a match", async () => {
    expect(await refusal(Import, [home.configDir], home)).toEqual({
      exit: 4,
      code: "folder_without_csv",
      message: `The folder ${home.configDir} has no CSV files.`,
      hint: "Its subfolders are not searched; name the files or a glob such as '**/*.csv'.",
    });
    expect(await refusal(Import, [`${home.folder}/*.tsv`], home)).toMatchObject({
      exit: 4,
      code: "glob_without_match",
    });
  });

  it("shows the first twenty bad cells, with file, line, column, value and reason, and how many rows there are", async () => {
    const bad = Array.from({ length: 25 }, (_, i) => row(`bad ${i}`)).join("\n");
    const file = fileIn(home, "usage.csv", `${OPENROUTER}\n${bad}\n`);
    const { stdout, stderr, exit } = await runCommand(Import, [file], home, { COLUMNS: "100" });
    expect({ stdout, exit }).toEqual({ stdout: "", exit: 4 });
    await expect(steady(stderr, home)).toMatchFileSnapshot(snapshot("import-rejects-100.txt"));
  });

  it("a format that does not exist, and one that the file is not of", async () => {
    const file = sample("openrouter_activity.csv");
    expect(await refusal(Import, [file, "--format", "openai-csot"], home)).toMatchObject({
      exit: 2,
      code: "no_such_format",
      hint: expect.stringMatching(/^Did you mean --format openai-cost\? The formats are /) as string,
    });
    expect(await refusal(Import, [file, "--format", "openai-cost"], home)).toMatchObject({
      exit: 4,
      code: "csv_missing_column",
    });
  });

  it("wrong flags", async () => {
    const file = sample("openrouter_activity.csv");
    expect(await refusal(Import, [file, "--rate", "CNY"], home)).toMatchObject({ exit: 2, code: "bad_rate" });
    expect(await refusal(Import, [file, "--on-error", "ignore"], home)).toMatchObject({
      exit: 2,
      code: "usage",
    });
    expect(await refusal(Import, [], home)).toMatchObject({ exit: 2, code: "usage" });
  });

  it("a config file that is broken", async () => {
    const own = newHome();
    const config = fileIn(own, "config/config.json", "{ maps: ");
    expect(await refusal(Import, [sample("openrouter_activity.csv")], own)).toEqual({
      exit: 4,
      code: "config_broken",
      message: `The config file ${config} is not valid JSON.`,
      hint: `Fix it, or move it aside: mv ${config} ${config}.broken`,
    });
  });
});

describe("aicost imports", () => {
  it("lists what came from where, and shows one", async () => {
    const home = newHome();
    expect((await runCommand(Imports, [], home)).stdout).toBe(
      "Nothing is imported yet. Start with: aicost import FILE\n",
    );
    expect(await answer(Imports, [], home)).toEqual({ imports: [], total: 0 });
    const file = "examples/openrouter-activity.csv";
    const [first] = await imported(home, path.join(ROOT, file));
    const [second] = await imported(home, sample("anthropic_cost_2026_08.csv"));

    const { imports, total } = await answer<{ imports: StoredImport[]; total: number }>(Imports, [], home);
    expect(imports.map(({ id }) => id)).toEqual([second?.id, first?.id]);
    expect(total).toBe(2);
    expect(await answer(Imports, ["--limit", "1", "--page", "2"], home)).toEqual({
      imports: [imports[1]],
      total: 2,
    });
    const shown = await answer<{ import: StoredImport; days: ImportDay[] }>(
      ImportsShow,
      [imports[0]?.id.slice(0, 8) ?? ""],
      home,
    );
    expect(shown.import).toEqual(imports[0]);
    expect(shown.days.map(({ day, counted_usd, hidden_by }) => [day, counted_usd, hidden_by])).toEqual([
      ["2026-11-02", "25.42", []],
      ["2026-11-03", "5.57", []],
      ["2026-11-04", "1204.51", []],
    ]);
    expect(imports[0]).toMatchObject({
      source_name: sample("anthropic_cost_2026_08.csv"),
      format: "anthropic-cost",
      status: "done",
      row_count: 12,
      inserted: 12,
      cost_usd: "1235.5",
    });

    for (const columns of ["80", "120"]) {
      const { stdout } = await runCommand(Imports, [], home, { COLUMNS: columns });
      const text = steady(stdout, home).replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d(?!:)/g, "YYYY-MM-DD HH:MM");
      await expect(text).toMatchFileSnapshot(snapshot(`imports-${columns}.txt`));
    }
    const { stdout } = await runCommand(ImportsShow, [second?.id ?? ""], home);
    await expect(steady(stdout.replaceAll(ROOT, "ROOT"), home)).toMatchFileSnapshot(
      snapshot("imports-show.txt"),
    );
  });

  it("refuses an id that is none", async () => {
    expect(await refusal(ImportsShow, ["zzz"], newHome())).toMatchObject({
      exit: 4,
      code: "import_not_found",
    });
    expect(await refusal(Imports, ["--limit", "0"], newHome())).toMatchObject({ exit: 2, code: "usage" });
  });
});
