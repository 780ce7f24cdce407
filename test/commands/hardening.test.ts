import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import Add from "../../src/commands/add.js";
import Import from "../../src/commands/import.js";
import Imports from "../../src/commands/imports/index.js";
import ImportsUndo from "../../src/commands/imports/undo.js";
import PrefsSet from "../../src/commands/prefs/set.js";
import Providers from "../../src/commands/providers/index.js";
import ProvidersAdd from "../../src/commands/providers/add.js";
import RecordsEdit from "../../src/commands/records/edit.js";
import type { StoredRecord } from "../../src/lib/api.js";
import {
  answer,
  fileIn,
  type Home,
  newHome,
  refusal,
  runCommand,
  sample,
  sharedHome,
} from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";
import { added, imported, recorded, reported } from "./answers.js";

const MAP = ["--map", "date=Day,cost=Sum,provider=Who"];
const bill = (home: Home, name: string, ...rows: string[]): string =>
  fileIn(home, name, `Day,Sum,Who\n${rows.join("\n")}\n`);

keepDatabasesOpen();

describe("the place of rejected rows", () => {
  const skip = (place: string) => ["--on-error", "skip", "--rejects", place];

  it("is no file that is imported, by whatever name", async () => {
    const home = newHome();
    const file = bill(home, "in.csv", "2026-11-05,x,groq");
    symlinkSync(file, path.join(home.folder, "link.csv"));
    const before = readFileSync(file, "utf8");
    for (const place of [file, path.join(home.folder, "link.csv"), `${home.folder}/./config/../in.csv`]) {
      expect(await refusal(Import, [file, ...MAP, ...skip(place)], home)).toMatchObject({
        exit: 2,
        code: "rejects_is_source",
      });
    }
    expect(readFileSync(file, "utf8")).toBe(before);
  });

  it.each([
    ["a folder", ""],
    ["in a folder that does not exist", "no/such/bad.csv"],
    ["below a file", "in.csv/bad.csv"],
  ])("is not %s", async (_, name) => {
    const home = newHome();
    const file = bill(home, "in.csv", "2026-11-05,1,groq", "2026-11-05,x,groq");
    const place = path.join(home.folder, name);
    expect(await refusal(Import, [file, ...MAP, ...skip(place)], home)).toMatchObject({
      exit: 5,
      code: "rejects_unwritable",
    });
    expect((await recorded(home)).total).toBe(0);
  });

  it("has a name", async () => {
    for (const name of ["", "-"]) {
      expect(await refusal(Import, ["x.csv", ...skip(name)], newHome())).toMatchObject({
        exit: 2,
        code: "rejects_unnamed",
      });
    }
  });

  it("keeps its older file until there is a new one, and nothing else beside it", async () => {
    const home = newHome();
    const place = fileIn(home, "out/bad.csv", "older");
    const fine = bill(home, "fine.csv", "2026-11-05,1,groq");
    await imported(home, fine, ...MAP, ...skip(place));
    expect(readFileSync(place, "utf8")).toBe("older");
    await imported(home, bill(home, "in.csv", "2026-11-05,x,groq"), ...MAP, ...skip(place));
    expect(readFileSync(place, "utf8")).toBe("Day,Sum,Who\n2026-11-05,x,groq\n");
    expect(readdirSync(path.dirname(place))).toEqual(["bad.csv"]);
  });

  it("can be a device", async () => {
    const home = newHome();
    const file = bill(home, "in.csv", "2026-11-05,x,groq");
    expect(await imported(home, file, ...MAP, ...skip("/dev/null"))).toMatchObject([{ rejected: 1 }]);
    expect(existsSync(`/dev/null.${process.pid}`)).toBe(false);
  });
});

describe("a provider that is not known", () => {
  it("in the last of several files leaves nothing of the first", async () => {
    const home = newHome();
    const files = [bill(home, "a.csv", "2026-11-05,1,groq"), bill(home, "b.csv", "2026-11-05,2,Nobody Yet")];
    expect(await refusal(Import, [...files, ...MAP], home)).toMatchObject({
      exit: 4,
      code: "provider_unknown",
      message: `${files[1]} names a provider that aicost does not know: nobody-yet.`,
      providers: ["nobody-yet"],
    });
    expect(await answer(Imports, [], home)).toEqual({ imports: [], total: 0 });
  });

  it("is not a bad row to skip: it is added with the import, or before it", async () => {
    const home = newHome();
    const file = bill(home, "a.csv", "2026-11-05,1,groq", "2026-11-05,2,mine");
    const place = path.join(home.folder, "bad.csv");
    const skip = ["--on-error", "skip", "--rejects", place];
    expect(await refusal(Import, [file, ...MAP, ...skip], home)).toMatchObject({ code: "provider_unknown" });
    expect(existsSync(place)).toBe(false);
    await answer(ProvidersAdd, ["mine"], home);
    expect(await imported(home, file, ...MAP)).toMatchObject([{ inserted: 2 }]);
    const other = bill(home, "b.csv", "2026-11-06,3,yours");
    expect(await imported(home, other, ...MAP, "--add-providers")).toMatchObject([{ inserted: 1 }]);
  });

  it("is typed in any case with --provider, and refused with what can be typed", async () => {
    const home = newHome();
    const file = fileIn(home, "x.csv", "Day,Sum\n2026-11-05,1\n");
    const map = ["--map", "date=Day,cost=Sum", "--provider"];
    expect(await imported(home, file, ...map, " GROQ ")).toMatchObject([{ inserted: 1 }]);
    expect(await refusal(Import, [file, ...map, "nobody yet"], home)).toMatchObject({
      exit: 2,
      code: "provider_name",
    });
    expect(await refusal(Add, ["-p", "Nobody", "-c", "1"], home)).toMatchObject({
      code: "provider_unknown",
      hint: expect.stringContaining("aicost providers add nobody") as string,
    });
  });
});

describe("a row with more text than the database takes", () => {
  it.each([
    ["y", 13_000],
    ["\u{20000}", 6001],
  ])("is refused by its line, before anything is written: %s", async (sign, count) => {
    const home = newHome();
    const text = readFileSync(sample("pollinations_usage.csv"), "utf8");
    const file = fileIn(home, "usage.csv", text.replace("generate.text", sign.repeat(count)));
    const { code, rejects } = await refusal(Import, [file], home);
    expect(code).toBe("rows_rejected");
    expect(rejects).toMatchObject([
      { line: 2, reason: expect.stringContaining("more than 12,000 characters") as string },
    ]);
    expect((await recorded(home)).total).toBe(0);
  });

  it("is kept if it has as many as are taken, of any script", async () => {
    const home = newHome();
    const text = readFileSync(sample("pollinations_usage.csv"), "utf8");
    const few = "\u{20000}".repeat(5900);
    await imported(home, fileIn(home, "usage.csv", text.replace("generate.text", few)));
    expect((await recorded(home)).records.some(({ metadata }) => metadata["type"] === few)).toBe(true);
  });
});

describe("a folder", () => {
  it("with a link that leads nowhere is refused by the name of the link", async () => {
    const home = newHome();
    const folder = path.join(home.folder, "files");
    mkdirSync(folder);
    symlinkSync("nowhere", path.join(folder, "x.csv"));
    expect(await refusal(Import, [folder], home)).toMatchObject({
      exit: 4,
      code: "file_unreadable",
      message: `The file ${folder}/x.csv cannot be read: it is a link to a file that does not exist.`,
    });
  });

  it("is its files alone, not a folder that is called like one", async () => {
    const home = newHome();
    const file = fileIn(home, "files/a.csv", readFileSync(sample("openrouter_activity_daily.csv")));
    mkdirSync(path.join(home.folder, "files/b.csv"));
    expect(await imported(home, path.dirname(file))).toMatchObject([{ source: file }]);
  });
});

describe("the config file", () => {
  it.each([
    "null",
    "[]",
    '{"maps":null}',
    '{"maps":[]}',
    '{"maps":{"x":null}}',
    '{"maps":{"x":{"columns":1}}}',
  ])("is refused if it holds %s", async (content) => {
    const home = newHome();
    fileIn(home, "config/config.json", content);
    expect(await refusal(Import, [sample("openrouter_activity.csv")], home)).toMatchObject({
      exit: 4,
      code: "config_broken",
    });
    rmSync(path.join(home.configDir, "config.json"));
    expect((await recorded(home)).total).toBe(0);
  });

  it("is refused if it is a folder, or cannot be written", async () => {
    const home = newHome();
    const file = fileIn(home, "x.csv", "Day,Sum\n2026-11-05,1\n");
    mkdirSync(path.join(home.configDir, "config.json"));
    expect(await refusal(Import, [file], home)).toMatchObject({ exit: 4, code: "config_broken" });
    const save = ["--map", "date=Day,cost=Sum", "--provider", "groq", "--save-map", "bill"];
    const unwritable = { ...home, configDir: path.join(file, "config") };
    expect(await refusal(Import, [file, ...save], unwritable)).toMatchObject({
      exit: 5,
      code: "config_unwritable",
    });
    rmSync(path.join(home.configDir, "config.json"), { recursive: true });
    expect((await recorded(home)).total).toBe(0);
  });

  it("keeps the time zone of a mapping", async () => {
    const home = newHome();
    const file = fileIn(home, "x.csv", "When,Sum\n2026-11-05 12:00,1\n");
    const save = ["--map", "date=When,cost=Sum", "--provider", "groq", "--save-map", "bill"];
    await answer(PrefsSet, ["timezone", "Asia/Tokyo"], home);
    await imported(home, file, ...save);
    await answer(PrefsSet, ["timezone", "Europe/Berlin"], home);
    expect(await imported(home, file)).toMatchObject([{ inserted: 0, unchanged: 1 }]);
    expect((await recorded(home)).records).toMatchObject([{ timestamp: "2026-11-05T03:00:00Z" }]);
  });

  it.each(["", "a=b", "Bill", ".x", "__proto__"])("has no mapping called “%s”", async (name) => {
    const save = ["--map", "date=Day,cost=Sum", "--provider", "groq", "--save-map", name];
    const home = newHome();
    const file = fileIn(home, "x.csv", "Day,Sum\n2026-11-05,1\n");
    expect(await refusal(Import, [file, ...save], home)).toMatchObject({ exit: 2, code: "map_name" });
  });
});

describe("one file in two readings", () => {
  it("is refused, before anything of another file is written", async () => {
    const home = newHome();
    const file = fileIn(home, "x.csv", "Day,Sum,Net\n2026-11-05,1,2\n");
    const other = sample("openrouter_activity_daily.csv");
    await imported(home, file, "--map", "date=Day,cost=Sum", "--provider", "groq");
    const again = ["--map", "date=Day,cost=Net", "--provider", "groq"];
    const third = fileIn(home, "y.csv", "Day,Sum,Net\n2026-11-06,1,2\n");
    for (const dry of [[], ["--dry-run"]]) {
      expect(await refusal(Import, [third, file, ...again, ...dry], home)).toMatchObject({
        exit: 4,
        code: "file_imported_otherwise",
      });
    }
    expect((await recorded(home)).total).toBe(1);
    expect(await imported(home, other)).toMatchObject([{ inserted: 3 }]);
  });
});

describe("what is typed of a charge", () => {
  const home = sharedHome();

  it.each([
    [["--currency", "eu"], "bad_currency"],
    [["--currency", "USD", "--rate", "USD=2"], "bad_rate"],
    [["--cost", "1e-20"], "bad_amount"],
    [["--requests", "1,2"], "bad_count"],
    [["--requests", "1e3"], "bad_count"],
    [["--note", "x".repeat(1001)], "bad_note"],
    [["--model", "x".repeat(201)], "bad_model"],
    [["--provider", "a b"], "provider_name"],
  ])("is refused: %j", async (argv, code) => {
    const flags = ["--provider", "groq", ...(argv.includes("--cost") ? [] : ["--cost", "1"]), ...argv];
    const given = argv.includes("--provider") ? flags.slice(2) : flags;
    expect(await refusal(Add, given, home)).toMatchObject({ exit: 2, code });
    expect((await recorded(home)).total).toBe(0);
  });

  it("is refused with one sentence and one hint", async () => {
    expect(await refusal(Add, ["-p", "groq", "-c", "abc"], home)).toEqual({
      exit: 2,
      code: "bad_amount",
      message: "“abc” is not an amount.",
      hint: "For example: --cost 12.50",
    });
    expect(await refusal(PrefsSet, ["rate.USD", "2"], home)).toMatchObject({ exit: 2, code: "bad_rate" });
  });
});

describe("aicost records edit", () => {
  const edited = async (home: Home, ...argv: string[]): Promise<StoredRecord> =>
    (await answer<{ record: StoredRecord }>(RecordsEdit, argv, home)).record;

  it("takes a note away", async () => {
    const home = newHome();
    const { id } = await added(home, "-p", "groq", "-c", "1", "--note", "x");
    expect((await edited(home, id, "--note", "")).metadata).toEqual({ cost_basis: "billed" });
  });

  it("makes a flat fee of a charge, and a charge of a flat fee", async () => {
    const home = newHome();
    const { id } = await added(home, "-p", "groq", "-c", "20");
    await edited(home, id, "--subscription");
    expect((await reported(home)).totals).toMatchObject({ subscription_usd: "20", usage_usd: "0" });
    expect((await edited(home, id, "--no-subscription")).metadata).toEqual({ cost_basis: "billed" });
    expect((await reported(home)).totals).toMatchObject({ subscription_usd: "0", usage_usd: "20" });
  });

  it("makes an estimate of a charge", async () => {
    const home = newHome();
    const { id } = await added(home, "-p", "groq", "-c", "20", "--subscription");
    expect(await edited(home, id, "--estimated")).toMatchObject({
      cost_usd: "0",
      estimated_cost_usd: "20",
      metadata: { cost_basis: "estimated" },
    });
    expect(await edited(home, id, "--estimated", "--cost", "3")).toMatchObject({ estimated_cost_usd: "3" });
    expect((await reported(home)).totals).toMatchObject({ estimated_usd: "3", usage_usd: "0" });
    expect(await refusal(RecordsEdit, [id, "--subscription"], home)).toMatchObject({ code: "no_charge" });
  });
});

describe("aicost imports undo", () => {
  it("says how many records that it removes were edited by hand", async () => {
    const home = newHome();
    const [file] = await imported(home, sample("openrouter_activity_daily.csv"));
    const [record] = (await recorded(home, "--import", file?.id ?? "")).records;
    await answer(RecordsEdit, [record?.id ?? "", "--note", "mine"], home);
    const { stdout } = await runCommand(ImportsUndo, [file?.id ?? "", "--yes"], home);
    expect(stdout).toContain("You had edited 1 of them by hand.");
  });
});

describe("the width of the screen", () => {
  const home = sharedHome();
  it.each(["0", "1", "abc", "1e9", "Infinity", "-5"])("is sound if COLUMNS is %s", async (COLUMNS) => {
    const { stdout, exit } = await runCommand(Providers, [], home, { COLUMNS });
    const widest = Math.max(...stdout.split("\n").map((line) => line.length));
    expect(exit).toBe(0);
    expect(widest).toBeLessThanOrEqual(500);
  });
});
