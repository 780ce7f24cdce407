import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import Import from "../../src/commands/import.js";
import type { ImportJson } from "../../src/lib/imports/result.js";
import { answer, fileIn, newHome, refusal, runCommand, sample } from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";
import { zipped } from "../support/zip.js";
import { imported, recorded, totalCost } from "./answers.js";

const bytesOf = (name: string): Buffer => readFileSync(sample(name));
const RATE = ["--rate", "CNY=0.14"];

/** The download of DeepSeek's usage page. */
const download = () =>
  zipped([
    { name: "amount-2026-8.csv", content: bytesOf("deepseek_amount_2026_08.csv") },
    { name: "cost-2026-8.csv", content: bytesOf("deepseek_cost_2026_08.csv") },
  ]);

keepDatabasesOpen();

describe("a packed file", () => {
  let temporary = "";
  beforeEach(() => {
    temporary = mkdtempSync(path.join(tmpdir(), "aicost-packed-"));
    vi.stubEnv("TMPDIR", temporary);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    expect(readdirSync(temporary).filter((name) => name.startsWith("aicost-import"))).toEqual([]);
  });

  const homeOf = () => {
    vi.stubEnv("TMPDIR", path.dirname(temporary));
    const home = newHome();
    vi.stubEnv("TMPDIR", temporary);
    return home;
  };

  it("is imported if it is a ZIP file, each CSV file in it by itself, and nothing of it twice", async () => {
    const home = homeOf();
    const file = fileIn(home, "usage_data.zip", download());
    const first = await imported(home, file, ...RATE);
    expect(first.map(({ source, format, inserted }) => [path.basename(source), format, inserted])).toEqual([
      ["amount-2026-8.csv", "deepseek-usage", 3],
      ["cost-2026-8.csv", "deepseek-cost", 8],
    ]);
    expect(first[0]?.source).toBe(`${file}/amount-2026-8.csv`);
    expect(await totalCost(home)).toBe("0.55776");
    const again = await imported(home, file, ...RATE);
    expect(again.map(({ id, inserted, unchanged }) => [id, inserted, unchanged])).toEqual([
      [null, 0, 3],
      [null, 0, 8],
    ]);
    // Unpacked by hand, it is the same file.
    const [cost] = await imported(home, sample("deepseek_cost_2026_08.csv"), ...RATE);
    expect(cost).toMatchObject({ id: null, unchanged: 8 });
  });

  it("is imported if gzip packed it, whatever it is called, and from standard input", async () => {
    const home = homeOf();
    const packed = gzipSync(bytesOf("openai_cost_2025.csv"));
    const [file] = await imported(home, fileIn(home, "cost.csv.gz", packed));
    expect(file).toMatchObject({ format: "openai-cost", inserted: 6 });
    const [other] = await imported(home, fileIn(home, "download", packed));
    expect(other).toMatchObject({ id: null, unchanged: 6 });
    const piped = await runCommand(Import, ["-", "--json"], home, {}, packed);
    expect((JSON.parse(piped.stdout) as { imports: ImportJson[] }).imports[0]).toMatchObject({
      unchanged: 6,
    });
    const zip = await runCommand(Import, ["-", "--json", ...RATE], home, {}, download());
    expect((JSON.parse(zip.stdout) as { imports: ImportJson[] }).imports.map(({ source }) => source)).toEqual(
      ["-/amount-2026-8.csv", "-/cost-2026-8.csv"],
    );
  });

  it("names what else is in it, and leaves it out", async () => {
    const home = homeOf();
    const file = fileIn(
      home,
      "export.zip",
      zipped([
        { name: "2026/", content: "" },
        { name: "2026/invoice.pdf", content: "%PDF-1.7" },
        { name: "2026/cost.csv", content: bytesOf("openai_cost_2025.csv") },
        { name: "__MACOSX/2026/._cost.csv", content: "junk" },
        { name: "2026/.DS_Store", content: "junk" },
      ]),
    );
    const { imports, warnings } = await answer<{ imports: ImportJson[]; warnings: string[] }>(
      Import,
      [file],
      home,
    );
    expect(imports.map(({ source }) => source)).toEqual([`${file}/2026/cost.csv`]);
    expect(warnings).toEqual([`${file}: left out 2026/invoice.pdf, which is not a CSV file`]);
    const { stdout } = await runCommand(Import, [file], home, { COLUMNS: "200" });
    expect(stdout).toContain("export.zip: left out 2026/invoice.pdf, which is not a CSV file");
  });

  it("is found in a folder if CSV files are in it", async () => {
    const home = homeOf();
    const folder = path.join(home.folder, "downloads");
    mkdirSync(folder);
    fileIn(home, "downloads/a.csv.gz", gzipSync(bytesOf("openai_cost_2025.csv")));
    fileIn(home, "downloads/b.zip", zipped([{ name: "c.csv", content: bytesOf("anthropic_cost_2024.csv") }]));
    fileIn(home, "downloads/photos.zip", zipped([{ name: "cat.jpg", content: "meow" }]));
    fileIn(home, "downloads/broken.zip", download().subarray(0, 100));
    const found = await imported(home, folder);
    expect(found.map(({ source }) => path.relative(folder, source))).toEqual(["a.csv.gz", "b.zip/c.csv"]);
  });

  const bomb = () => Buffer.alloc(64 * 1024 * 1024, "a,b\n");

  it.each<[string, string, string, () => Buffer]>([
    ["file_damaged", "a ZIP file that was cut off", "a.zip", () => download().subarray(0, 500)],
    [
      "file_damaged",
      "a ZIP file whose content was changed",
      "a.zip",
      () => zipped([{ name: "a.csv", content: bytesOf("openai_cost_2025.csv"), checksum: 1 }]),
    ],
    ["file_damaged", "a gzip file that was cut off", "a.csv.gz", () => gzipSync(bomb()).subarray(0, 60)],
    [
      "file_damaged",
      "a gzip file whose content was changed",
      "a.csv.gz",
      () => {
        const packed = gzipSync(bytesOf("openai_cost_2025.csv"));
        return packed.fill(0, packed.length - 8, packed.length - 4);
      },
    ],
    [
      "file_encrypted",
      "an encrypted ZIP file",
      "a.zip",
      () => zipped([{ name: "a.csv", content: "a,b\n1,2\n", isEncrypted: true }]),
    ],
    [
      "file_too_dense",
      "a ZIP file that unpacks without end",
      "a.zip",
      () => zipped([{ name: "a.csv", content: bomb() }]),
    ],
    ["file_too_dense", "a gzip file that unpacks without end", "a.csv.gz", () => gzipSync(bomb())],
    [
      "file_archive",
      "a workbook",
      "a.csv",
      () => zipped([{ name: "xl/workbook.xml", content: "<workbook/>" }]),
    ],
    [
      "file_archive",
      "a ZIP file without a CSV file",
      "a.zip",
      () => zipped([{ name: "a.jpg", content: "x" }]),
    ],
    ["file_archive", "an empty ZIP file", "a.zip", () => zipped([])],
    ["file_pdf", "a PDF that gzip packed", "a.csv.gz", () => gzipSync("%PDF-1.7\n")],
    ["file_archive", "a ZIP file in a gzip file", "a.csv.gz", () => gzipSync(gzipSync("%PDF"))],
  ])("is refused as %s, and leaves nothing behind: %s", async (code, _, name, content) => {
    const home = homeOf();
    const error = await refusal(Import, [fileIn(home, name, content())], home);
    expect(error).toMatchObject({ exit: 4, code });
    expect((await recorded(home)).total).toBe(0);
  });

  it("may be an archive of aicost, which stays one", async () => {
    const home = homeOf();
    await imported(home, sample("openai_cost_2025.csv"));
    const { default: Export } = await import("../../src/commands/export.js");
    const out = path.join(home.folder, "all.ndjson");
    await runCommand(Export, ["--output", out], home);
    const packed = fileIn(home, "all.ndjson.gz", gzipSync(readFileSync(out)));
    expect(gunzipSync(readFileSync(packed)).toString()).toMatch(/^\{"aicost_archive"/);
    expect(await answer(Import, [packed], home)).toMatchObject({
      archives: [{ source: packed }],
      imports: [],
    });
  });
});
