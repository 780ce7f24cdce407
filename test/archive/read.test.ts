import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { archiveFormat } from "../../src/lib/archive/format.js";
import { ndjsonPieces, type ReadRow, readNdjson } from "../../src/lib/archive/ndjson.js";
import { type ArchiveFacts, ownerMark } from "../../src/lib/archive/owner.js";
import { repeatedKey } from "../../src/lib/archive/repeated-key.js";
import { csvPieces, readRecordsCsv } from "../../src/lib/archive/records-csv.js";
import { UserError } from "../../src/lib/errors.js";
import type { Store } from "../../src/lib/store/store.js";
import { giveDatabase, openHome } from "../support/open-database.js";
import { fileIn, sharedHome } from "../support/cli.js";
import { bring } from "../support/layers.js";
import { costRecord } from "../support/records.js";

const home = sharedHome();
let store: Store;
/** The lines of a whole archive, and of a CSV file of its records. */
let lines: string[];
let csv: string;

beforeAll(async () => {
  store = await openHome(await giveDatabase(home));
  await store.call("add_provider", { name: "my-gateway", display_name: "Mine" });
  const records = [costRecord({ model_name: "=SUM(A1)" }), costRecord({ provider: "my-gateway" })];
  const grown = records.map((record) => ({ ...record, cost_usd: "2" }));
  const head = { series: "openai/cost" };
  await bring(store, records, { head });
  await bring(store, grown, { head });
  await store.call("add_cost_record", {
    record: costRecord({ collection_method: "manual_entry", cost_usd: "3" }),
  });
  lines = (await whole(ndjsonPieces(store, { program: "0.0.0", onRows: () => undefined }))).split("\n");
  csv = await whole(csvPieces(store, { timezone: "Asia/Tokyo", onRows: () => undefined }));
});
afterAll(() => store.close());

const whole = async (pieces: AsyncIterable<string>): Promise<string> => {
  let text = "";
  for await (const piece of pieces) text += piece;
  return text;
};

const fileOf = (text: string | Uint8Array): { path: string; name: string } => ({
  path: fileIn(home, "some.ndjson", text),
  name: "some.ndjson",
});

const read = async (
  text: string | Uint8Array,
  reader: (file: { path: string; name: string }) => AsyncIterable<ReadRow> = readNdjson,
): Promise<ReadRow[]> => {
  const rows: ReadRow[] = [];
  for await (const row of reader(fileOf(text))) rows.push(row);
  return rows;
};

const refusal = async (
  text: string | Uint8Array,
  reader?: typeof readRecordsCsv,
): Promise<Pick<UserError, "code" | "message" | "exit">> => {
  try {
    await read(text, reader);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { code: error.code, message: error.message, exit: error.exit };
  }
  throw new Error("The archive was not refused.");
};

/** The archive with that line changed; the first line is 1. */
const withLine = (number: number, change: (line: string) => string): string =>
  lines.map((line, index) => (index === number - 1 ? change(line) : line)).join("\n");

/** The number of the first line that holds a row of that kind. */
const lineOf = (kind: string): number => lines.findIndex((line) => line.startsWith(`{"kind":"${kind}"`)) + 1;

describe("an NDJSON archive", () => {
  it("is read row by row, kind after kind", async () => {
    const kinds = (await read(lines.join("\n"))).map(({ kind }) => kind);
    expect(kinds).toEqual([
      "preferences",
      "provider",
      "import",
      "import",
      "sheet",
      "sheet",
      "sheet_row",
      "sheet_row",
      "sheet_row",
      "sheet_row",
      "cost_record",
    ]);
  });

  it("is read with blank lines, CRLF, or in UTF-16, as a shell or an editor may leave it", async () => {
    const rows = (text: ReadRow[]) => text.map(({ kind, row }) => ({ kind, row }));
    const expected = rows(await read(lines.join("\n")));
    expect(rows(await read(`${lines.join("\r\n")}\n\n`))).toEqual(expected);
    const utf16 = Buffer.from(`\ufeff${lines.join("\r\n")}`, "utf16le");
    expect(rows(await read(utf16))).toEqual(expected);
    expect(archiveFormat(fileOf(utf16))).toBe("ndjson");
  });

  it("is refused when it was cut off, wherever that is", async () => {
    for (const kept of [1, 2, lines.length - 2]) {
      expect(await refusal(lines.slice(0, kept).join("\n"))).toEqual({
        code: "archive_cut_off",
        message: "The archive some.ndjson is incomplete: it was cut off.",
        exit: 4,
      });
    }
    const inside = lines.slice(0, 6).join("\n").slice(0, -20);
    expect(await refusal(inside)).toMatchObject({
      code: "archive_damaged",
      message: "Line 6 of some.ndjson is not a JSON object.",
    });
  });

  it("is refused when a row is missing, or one is in it twice", async () => {
    const number = lineOf("cost_record");
    expect(await refusal(lines.toSpliced(number - 1, 1).join("\n"))).toMatchObject({
      code: "archive_damaged",
      message: `Line ${lines.length - 2} of some.ndjson counts 1 rows of “cost_record”, but there are 0.`,
    });
    expect(await refusal(lines.toSpliced(number, 0, lines[number - 1]!).join("\n"))).toMatchObject({
      message: `Line ${lines.length} of some.ndjson counts 1 rows of “cost_record”, but there are 2.`,
    });
  });

  it("is refused when a line has a key twice, whatever their values, and wherever", async () => {
    const number = lineOf("cost_record");
    const twice = [
      [number, '"cost_usd":"3"', '"cost_usd":"3","cost_usd":"9"', "cost_usd"],
      [number, '"cost_usd":"3"', '"cost_usd":"3","cost\\u005fusd":"3"', "cost_usd"],
      [number, '"metadata":{', '"metadata":{"a":[{"b":1,"c":{},"b":1}],', "b"],
      [number, '{"kind":"cost_record"', '{"kind":"preferences","kind":"cost_record"', "kind"],
      [1, '{"aicost_archive":2', '{"aicost_archive":2,"owner":null', "owner"],
      [lines.length - 1, '{"end":', '{"end":{},"end":', "end"],
    ] as const;
    for (const [line, before, after, key] of twice) {
      const text = withLine(line, (old) => old.replace(before, after));
      expect(text).not.toBe(lines.join("\n"));
      expect(await refusal(text)).toMatchObject({
        code: "archive_damaged",
        message: `Line ${line} of some.ndjson has the key ${JSON.stringify(key)} twice.`,
      });
    }
  });

  it("may have the same key in two objects, spaces, and signs that look like keys", () => {
    for (const text of [
      ' { "a" : { "b" : 1 } , "c" : { "b" : 2 } } ',
      '{"a":["b","b",{"b":1},{"b":1}],"b":"\\",\\"b\\":"}',
      '{"a":1.0,"b":"a"}',
    ]) {
      expect(repeatedKey(text, JSON.parse(text))).toBeNull();
    }
  });

  it("is refused when it was changed so that only its checksum shows it", async () => {
    const changed = withLine(lineOf("cost_record"), (line) =>
      line.replace('"cost_usd":"3"', '"cost_usd":"4"'),
    );
    expect(await refusal(changed)).toMatchObject({
      code: "archive_damaged",
      message: `Line ${lines.length - 1} of some.ndjson has the checksum of other rows than those above it.`,
    });
  });

  it("says whose it is, and whether it has a checksum", async () => {
    const factsOf = async (text: string): Promise<ArchiveFacts[]> => {
      const facts: ArchiveFacts[] = [];
      for await (const _ of readNdjson(fileOf(text), { onFacts: (given) => facts.push(given) })) continue;
      return facts;
    };
    expect(await factsOf(lines.join("\n"))).toEqual([{ owner: null, hasChecksum: true }]);
    const older = lines.map((line) =>
      line.replace(',"owner":null', "").replace(/(?<="end".*),"sha256":"\w+"/, ""),
    );
    expect(await factsOf(older.join("\n"))).toEqual([{ owner: undefined, hasChecksum: false }]);
    const owner = ownerMark("5a1f7a52-7f0b-4c57-9d6f-6e1a2a0f5a11")!;
    const owned = withLine(1, (line) => line.replace('"owner":null', `"owner":"${owner}"`));
    expect(await factsOf(owned)).toEqual([{ owner, hasChecksum: true }]);
    expect(await refusal(withLine(1, (line) => line.replace('"owner":null', '"owner":7')))).toMatchObject({
      code: "archive_damaged",
    });
  });

  it("is refused when something stands after its end, or a kind in the wrong place", async () => {
    expect(await refusal(`${lines.join("\n")}${lines[0]}`)).toMatchObject({
      message: `Line ${lines.length} of some.ndjson comes after the end of the archive.`,
    });
    const late = lines.toSpliced(-2, 0, lines[lineOf("import") - 1]!);
    expect(await refusal(late.join("\n"))).toMatchObject({
      message: `Line ${lines.length - 1} of some.ndjson has a row of “import” after those of “cost_record”.`,
    });
  });

  it.each([
    [
      "cost_record",
      '"cost_usd":"3"',
      '"cost_usd":3',
      "has a wrong “cost_usd”: it must be a decimal amount, but is 3",
    ],
    [
      "cost_record",
      '"cost_usd":"3"',
      '"cost_usd":"1e3"',
      'has a wrong “cost_usd”: it must be a decimal amount, but is "1e3"',
    ],
    [
      "cost_record",
      '"request_count":1',
      '"request_count":-1',
      "has a wrong “request_count”: it must be a whole number, 0 or more, but is -1",
    ],
    [
      "cost_record",
      '"timestamp":"2026-11-05',
      '"timestamp":"2026-02-30',
      'has a wrong “timestamp”: it must be a moment in UTC, but is "2026-02-30T12:00:00Z"',
    ],
    [
      "cost_record",
      '"granularity":"event"',
      '"granularity":"week"',
      'has a wrong “granularity”: it must be event or hour or day or month, but is "week"',
    ],
    ["cost_record", '"provider":', '"supplier":', "has no “provider”"],
    [
      "cost_record",
      '"cost_basis":"billed"',
      '"cost_basis":"free"',
      'has a wrong “metadata”: it must be the metadata of a record, of at most 64 KB, but is {"cost_basis":"free"}',
    ],
    [
      "cost_record",
      '"cost_basis":"billed"',
      '"edited_at":"soon"',
      'has a wrong “metadata”: it must be the metadata of a record, of at most 64 KB, but is {"edited_at":"soon"}',
    ],
    [
      "import",
      '"status":"done"',
      '"status":"lost"',
      'has a wrong “status”: it must be running or done or undone, but is "lost"',
    ],
    [
      "sheet",
      '"detail":0',
      '"detail":0.5',
      "has a wrong “detail”: it must be a whole number from -2147483648 to 2147483647, but is 0.5",
    ],
    [
      "sheet",
      '"keys":null',
      '"keys":[-2147483649]',
      "has a wrong “keys”: it must be a list of whole numbers from -2147483648 to 2147483647, but is [-2147483649]",
    ],
    [
      "sheet",
      '"detail":0',
      '"detail":2147483648',
      "has a wrong “detail”: it must be a whole number from -2147483648 to 2147483647, but is 2147483648",
    ],
    [
      "preferences",
      '"timezone":"UTC"',
      `"timezone":"${"x".repeat(65)}"`,
      `has a wrong “timezone”: it must be text of at most 64 characters, but is "${"x".repeat(59)}…`,
    ],
    ["provider", '"kind":"provider"', '"kind":"badge"', 'has an unknown kind of row: "badge"'],
    [
      "provider",
      '"display_name":"Mine"',
      '"display_name":"\\ud83d"',
      "contains text that is not valid Unicode",
    ],
    [
      "provider",
      '"metadata":{}',
      '"metadata":{"note":["\\u0000"]}',
      "contains text that is not valid Unicode",
    ],
    [
      "provider",
      '"metadata":{}',
      `"metadata":{"deep":${"[".repeat(20_000)}${"]".repeat(20_000)}}`,
      "is nested too deeply",
    ],
    ["provider", '"kind":"provider",', "", "has an unknown kind of row: none"],
  ])("names the line of a %s in which %s became %s", async (kind, text, edited, problem) => {
    const number = lineOf(kind);
    expect(lines[number - 1]).toContain(text);
    expect(await refusal(withLine(number, (line) => line.replace(text, edited)))).toEqual({
      code: "archive_damaged",
      message: `Line ${number} of some.ndjson ${problem}.`,
      exit: 4,
    });
  });

  it("is refused when its form is newer, or it has no first line", async () => {
    const newer = withLine(1, (line) => line.replace('"aicost_archive":2', '"aicost_archive":3'));
    expect(await refusal(newer)).toEqual({
      code: "archive_newer",
      message: "some.ndjson is an archive in format 3; this version of aicost reads format 2.",
      exit: 4,
    });
    expect(await refusal(lines.slice(1).join("\n"))).toEqual({
      code: "archive_unknown",
      message: "Line 1 of some.ndjson is not the first line of an archive.",
      exit: 4,
    });
    expect(await refusal("")).toMatchObject({ code: "file_empty" });
    expect(await refusal("\n \n")).toMatchObject({ code: "archive_cut_off" });
  });

  it("is not kept in memory whole: a line that never ends is refused", async () => {
    expect(await refusal(`${lines[0]}\n{"kind":"${"x".repeat(9_000_000)}`)).toMatchObject({
      message: "Line 2 of some.ndjson is longer than 8 MB.",
    });
  });
});

describe("a CSV file of records", () => {
  it("guards a name against spreadsheets, tells the date in the time zone, and is read back", async () => {
    expect(csv).toContain(",'=SUM(A1),");
    expect(csv).toMatch(/^[0-9a-f-]{36},2026-11-05,openai,2026-11-05T12:00:00Z,event/m);
    expect(archiveFormat(fileOf(csv))).toBe("csv");
    const fromCsv = (await read(csv, readRecordsCsv)).map(({ row }) => row);
    const fromNdjson = (await read(lines.join("\n"))).flatMap(({ kind, row }) =>
      kind === "cost_record" ? [row] : [],
    );
    expect(fromCsv).toHaveLength(3);
    expect(fromCsv).toEqual(
      expect.arrayContaining(fromNdjson.map((row) => ({ ...row, import_id: null, account: null }))),
    );
  });

  it.each([
    [
      ",2,",
      ",two,",
      /^Line \d of some.ndjson has a wrong “cost_usd”: it must be a decimal amount, but is "two"\.$/,
    ],
    [
      ",150,",
      ",1.5,",
      /^Line \d of some.ndjson has a wrong “tokens_used”: it must be a whole number, but is "1.5"\.$/,
    ],
    [",event,", ",event,,", /^Line \d of some.ndjson has 25 cells, not 24\.$/],
    [
      `"{""cost_basis"":""billed""}"`,
      `"{""cost_basis"""`,
      /has a wrong “metadata”: it must be the metadata of a record/,
    ],
    [
      ",my-gateway,",
      ",,",
      /^Line \d of some.ndjson has a wrong “provider”: it must be the name of a provider, but is null\.$/,
    ],
  ])("names the line in which %s became %s", async (text, edited, message) => {
    expect(csv).toContain(text);
    const found = await refusal(csv.replace(text, edited), readRecordsCsv);
    expect(found).toEqual({
      code: "archive_damaged",
      exit: 4,
      message: expect.stringMatching(message) as string,
    });
  });

  it("is known by its whole header alone", () => {
    expect(archiveFormat(fileOf(`\ufeff${csv}`))).toBe("csv");
    expect(archiveFormat(fileOf(csv.replace("metadata", "metadata,mine")))).toBe(null);
    expect(archiveFormat(fileOf(csv.replaceAll(",", ";")))).toBe(null);
    expect(archiveFormat(fileOf("id,date\r\n"))).toBe(null);
  });
});
