import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { openCsv } from "../../src/lib/csv/open.js";
import { mappedFormat, parseMapping } from "../../src/lib/csv/mapper.js";
import { readMoment } from "../../src/lib/csv/values.js";
import { formats } from "../../src/lib/providers/index.js";
import { fileOf, read, readPlain, refusal } from "./tables.js";

const utf16 = (text: string, bigEndian: boolean): Uint8Array => {
  const bytes = Buffer.from(`\ufeff${text}`, "utf16le");
  return bigEndian ? bytes.swap16() : bytes;
};

const costs = async (content: string | Uint8Array) =>
  (await readPlain(content)).records.map((record) => record.cost_usd);

describe("the text of a file", () => {
  const table = "day,cost,model\n2026-11-01,1.5,größe ≤ 200k\n2026-11-02,2,x\n";

  it.each([
    ["UTF-8", table],
    ["UTF-8 with a byte order mark", `\ufeff${table}`],
    ["UTF-16 LE", utf16(table, false)],
    ["UTF-16 BE", utf16(table, true)],
    ["CRLF", table.replaceAll("\n", "\r\n")],
    ["CR", table.replaceAll("\n", "\r")],
    ["semicolons", table.replaceAll(",", ";")],
    ["tabs", table.replaceAll(",", "\t")],
    ["no line end after the last row", table.trimEnd()],
    ["blank lines between the rows", table.replaceAll("\n", "\n\n")],
    ["another order of the columns", "model,COST , Day\ngröße ≤ 200k,1.5,2026-11-01\nx,2,2026-11-02\n"],
  ])("is read with %s", async (_, content) => {
    const { records } = await readPlain(content);
    expect(records.map(({ cost_usd, model_name }) => [cost_usd, model_name])).toEqual([
      ["1.5", "größe ≤ 200k"],
      ["2", "x"],
    ]);
  });

  it("keeps delimiters, quotes and line breaks that stand in quotes", async () => {
    const { records } = await readPlain('day,cost,model\r\n2026-11-01,"1,204.50","a ""b"",\r\nc"\r\n');
    expect(records[0]).toMatchObject({ cost_usd: "1204.5", model_name: 'a "b",\r\nc' });
  });

  it("may begin with 30 lines before the header, but not with 31", async () => {
    const preamble = (lines: number) =>
      `Report "of" 2026\n${"some, text\n".repeat(lines - 1)}day,cost\n2026-11-01,1\n`;
    const { file, results } = await readPlain(preamble(30));
    expect([file.headerLine, results[0]?.line]).toEqual([31, 32]);
    expect((await refusal(readPlain(preamble(31)))).code).toBe("format_unknown");
  });

  it("may have its header far behind", async () => {
    const { file, results } = await readPlain(
      `${`${"x".repeat(20_000)}\n`.repeat(20)}day,cost\n2026-11-01,1\n`,
    );
    expect([file.headerLine, results.map(({ kind }) => kind)]).toEqual([21, ["record"]]);
  });
});

describe("what is refused whole", () => {
  const head = "day,cost\n";
  it.each([
    ["an empty file", "", "file_empty"],
    ["a file of white space", " \n\n", "file_empty"],
    ["a file with NUL bytes", `${head}2026-11-01,\0\n`, "file_binary"],
    ["a file in Windows-1252", Buffer.from(`${head}2026-11-01,1\nM\xfcnchen,2\n`, "latin1"), "file_binary"],
    ["a PDF, whatever its name", "%PDF-1.7 day,cost", "file_pdf"],
    ["a ZIP archive or an XLSX file", "PK\x03\x04day,cost", "file_archive"],
    ["a gzip file", gzipSync(head), "file_archive"],
    ["an xz file", Buffer.from("\xfd7zXZ\0", "latin1"), "file_archive"],
    ["a zstd file", Buffer.from("\x28\xb5\x2f\xfd", "latin1"), "file_archive"],
    ["a row of 10,001 columns", `day,cost\n${",".repeat(10_000)}\n`, "csv_too_many_columns"],
    ["a file that is cut off in a quoted field", `${head}2026-11-01,1\n2026-11-02,"2`, "csv_unclosed_quote"],
    ["a header without rows", head, "csv_no_rows"],
    ["a header without rows and without a line end", head.trim(), "csv_no_rows"],
    ["a row of more than 1 MB", `${head}2026-11-01,${"1".repeat(1_100_000)}\n`, "csv_line_too_long"],
    ["a quoted field of more than 1 MB", `${head}2026-11-01,"${"1\n".repeat(600_000)}`, "csv_unclosed_quote"],
    ["a first line of more than 1 MB", "x".repeat(3_000_000), "csv_line_too_long"],
    ["more than 10,000 columns", `${head.trim()}${",c".repeat(10_000)}\n`, "csv_too_many_columns"],
    ["a needed column that is there twice", "day,cost,Cost\n2026-11-01,1,2\n", "csv_duplicate_column"],
    ["columns of no known format", "foo,bar\n1,2\n", "format_unknown"],
  ])("%s", async (_, content, code) => {
    const error = await refusal(readPlain(content));
    expect([error.code, error.exit]).toEqual([code, 4]);
    expect(error.message).toMatch(/table\.csv.*\.$/s);
    expect(error.hint).toBeTruthy();
  });

  it("a file that is not there, and a folder", async () => {
    const open = (path: string) => refusal(openCsv({ path, name: "nowhere.csv" }, { formats }));
    expect(await open("/nowhere.csv")).toMatchObject({
      code: "file_missing",
      message: "There is no file nowhere.csv.",
    });
    expect(await open(tmpdir())).toMatchObject({ code: "file_unreadable" });
  });

  it("names the line where the quote opens that is not closed", async () => {
    const error = await refusal(readPlain('day,cost\n2026-11-01,"1\n1"\n2026-11-02,x\n2026-11-02,"2\n3\n'));
    expect(error.message).toBe(
      "The quote that opens in line 5 of table.csv is not closed before the end of the file.",
    );
  });

  it("allows columns twice that nothing needs", async () => {
    expect(await costs("day,cost,x,x\n2026-11-01,1,2,3\n")).toEqual(["1"]);
  });
});

describe("finding the format", () => {
  it("says what the file has, what was looked for, and what to type", async () => {
    const error = await refusal(read("Day,Amount\n2026-11-01,1\n"));
    expect(error.message).toBe("table.csv is not an export that aicost knows. Its columns: Day, Amount.");
    expect(error.hint).toMatch(/^Say what its columns are: --map .* --provider NAME\n.*: aicost providers$/s);
  });

  it("names the exports that most columns are of, with what they lack", async () => {
    const error = await refusal(read("start_time,end_time,amount_currency\n1,2,usd\n"));
    expect(error.hint).toContain("(openai-cost), but lacks amount_value.");
    expect(error.hint?.split("\n").length).toBeLessThanOrEqual(4);
  });

  it("refuses columns that fit two formats, and names both", async () => {
    const usage = "start_time,end_time,num_model_requests,input_tokens,output_tokens";
    const error = await refusal(read(`${usage},amount_value,amount_currency\n1,2,3,4,5,6,usd\n`));
    expect(error).toMatchObject({
      code: "format_ambiguous",
      hint: "Say which one it is: --format openai-cost or --format openai-usage",
    });
  });

  it("takes the format that is named, and names the column that it lacks", async () => {
    const error = await refusal(
      read("start_time,end_time,amount_vale,amount_currency\n1,2,3,usd\n", { format: "openai-cost" }),
    );
    expect(error).toMatchObject({ code: "csv_missing_column", exit: 4 });
    expect(error.message).toContain("amount_value");
    expect(error.hint).toContain("Did you mean amount_vale?");
  });

  it("corrects the name of a format", async () => {
    const error = await refusal(read("a,b\n1,2\n", { format: "openai-costs" }));
    expect(error).toMatchObject({ code: "no_such_format", exit: 2 });
    expect(error.hint).toContain("Did you mean --format openai-cost?");
  });

  it("names the columns that it leaves out", async () => {
    const { file } = await readPlain("day,cost,Comment,model\n2026-11-01,1,x,y\n");
    expect(file.ignoredColumns).toEqual(["Comment"]);
  });

  it("does not take an export of another kind of usage for an empty one", async () => {
    const header = "start_time,end_time,start_time_iso,end_time_iso,num_images\n";
    expect((await refusal(read(`${header}1,2,a,b,3\n`))).code).toBe("format_unknown");
  });
});

const SPOILED =
  "is what a spreadsheet left of a long number, without its last digits; import the file as it was downloaded";

describe("a bad row", () => {
  const problem = async (row: string, header = "day,cost,requests,currency,epoch") => {
    const { results } = await readPlain(`${header}\n2026-11-01,1,1,,\n${row}\n2026-11-03,3,3,,\n`);
    expect(results.map(({ kind }) => kind)).toEqual(["record", "reject", "record"]);
    const rejected = results[1];
    if (rejected?.kind !== "reject") throw new Error("not rejected");
    expect([rejected.line, rejected.raw]).toEqual([3, row]);
    return rejected.problems[0];
  };

  it.each([
    ["2026-11-02,NaN,1,,", "cost", "is not an amount; write it like 1234.56"],
    [
      '2026-11-02,"1,23",1,,',
      "cost",
      "is ambiguous, because of its comma; write 1.23, or import the file with --numbers comma",
    ],
    [
      '2026-11-02,"0,125",1,,',
      "cost",
      "is ambiguous, because of its comma; write 0.125, or import the file with --numbers comma",
    ],
    [
      '2026-11-02,"00,123",1,,',
      "cost",
      "is ambiguous, because of its comma; write 0.123, or import the file with --numbers comma",
    ],
    ["2026-11-02,5 €,1,,", "cost", "is in EUR, but amounts here are in USD"],
    ["2026-11-02,1,1.11E+12,,", "requests", SPOILED],
    ["2026-11-02,1,1,,1.79358E+12", "epoch", SPOILED],
    [
      "46:19.9,1,1,,",
      "day",
      "is what a spreadsheet left of a moment, without its date; import the file as it was downloaded",
    ],
    ["2026-11-02,1,12.000,,", "requests", "is ambiguous, because of its point; write it without"],
    ["2026-11-02,100000000,1,,", "cost", "is too large for one charge"],
    ["2026-11-02,1e99999,1,,", "cost", "is too large for one charge"],
    ["2026-11-02,1,-1,,", "requests", "is negative; a count is 0 or more"],
    ["2026-11-02,1,1.5,,", "requests", "is not a whole number"],
    ["2026-11-02,1,9007199254740993,,", "requests", "is too large for a count"],
    ["1970-01-01,1,1,,", "day", "is 1970-01-01, before 2015-01-01, the earliest date that aicost accepts"],
    ["2999-01-01,1,1,,", "day", "is 2999-01-01, more than two years ahead"],
    ["2026-02-30,1,1,,", "day", "is not a date; write it like 2026-11-05"],
    ["2026-00-15,1,1,,", "day", "is not a date; write it like 2026-11-05"],
    [`2026-11-02,0.${"1".repeat(101)},1,,`, "cost", "has more than 100 digits"],
    ["2026-11-02,1e-5000,1,,", "cost", "has more than 100 digits"],
    [
      "2026-11-02,1,1,,1793577600000",
      "epoch",
      "looks like milliseconds since 1970; seconds are expected: divide it by 1000",
    ],
    ["2026-11-02,1,1,dollars,", "currency", "is not a currency code such as USD or EUR"],
    ["2026-11-02", "", "the row has 1 field, but the header has 5 columns"],
    // Perhaps 1,23.
    ["2026-11-02,1,23", "", "the row has 3 fields, but the header has 5 columns"],
    [
      "2026-11-02,1,1,,,,9",
      "",
      "the row has 7 fields, but the header has 5 columns; perhaps a number with a comma is not in quotes",
    ],
    [
      "2026-11-02,1,23,1,,",
      "",
      "the row has 6 fields, but the header has 5 columns; perhaps a number with a comma is not in quotes, or the line ends in delimiters that the header lacks",
    ],
    ['2026-11-02,5" x,1,,', "", "there is a quote inside an unquoted field"],
    ['2026-11-02,"5"x,1,,', "", "text follows a closing quote"],
  ])(
    "%s is rejected with its line, column and reason, and the next one is read",
    async (row, column, reason) => {
      expect(await problem(row)).toMatchObject({ column, reason });
    },
  );

  it("is counted by physical lines, those of the preamble and of quoted fields as well", async () => {
    const { results } = await readPlain(
      'Report\n\nday,cost,model\n2026-11-01,1,"a\r\nb\nc"\n\n2026-11-02,x,\n',
    );
    expect(results.map(({ line }) => line)).toEqual([4, 8]);
  });

  it("is one with more fields than the header, even if all rows are and the surplus is empty", async () => {
    const { results } = await readPlain("day,cost,model,epoch\n2026-11-01,12,34,x,\n2026-11-02,12,34,x,\n");
    expect(results.map(({ kind }) => kind)).toEqual(["reject", "reject"]);
  });

  it("is not one whose last cells are not written, if they may be empty", async () => {
    const table = "day,cost,model,requests\n2026-11-01,1,m,\n2026-11-01,1,m\n2026-11-02,2\n";
    const short = await readPlain(table);
    const full = await readPlain(table.replace("1,m\n", "1,m,\n").replace("2,2\n", "2,2,,\n"));
    expect(short.records).toHaveLength(3);
    expect(short.records).toEqual(full.records);
  });

  it("is one whose last cells are not written, if it may be cut off", async () => {
    const { results } = await readPlain("day,cost,model,requests\n2026-11-01,1,m\n2026-11-02,12.5");
    expect(results.map(({ kind }) => kind)).toEqual(["record", "reject"]);
  });

  it("may have fewer delimiters at its end than the rows above", async () => {
    expect(await costs("day;cost;model\n2026-11-01;1;m;\n2026-11-02;2;m\n")).toEqual(["1", "2"]);
  });

  it("is not one with as many delimiters at its end as the header has", async () => {
    expect(await costs("day,cost,,\n2026-11-01,1,,\n")).toEqual(["1"]);
  });

  it.each([
    ["2026-11-01", "the row has 1 field, but the header has 3 columns"],
    [
      "2026-11-01,1,23",
      "the row has 3 fields, but the header has 2 columns; perhaps a number with a comma is not in quotes",
    ],
    [
      "2026-11-01,1,23,",
      "the row has 3 fields, but the header has 2 columns; perhaps a number with a comma is not in quotes",
    ],
  ])("is %s below a header that ends in a delimiter", async (row, start) => {
    const { results } = await readPlain(`day,cost,\n${row}\n`);
    expect(results).toMatchObject([
      { kind: "reject", problems: [{ reason: expect.stringContaining(start) as string }] },
    ]);
  });

  it("does not carry a value of more than 200 characters, however long its cell is", async () => {
    for (const cell of ["x".repeat(300_000), `"${"1".repeat(300_000)},5"`, "9".repeat(300_000)]) {
      const { results } = await readPlain(`day,cost\n2026-11-01,${cell}\n`);
      const problem = results[0]?.kind === "reject" ? results[0].problems[0] : undefined;
      expect(problem?.value).toHaveLength(200);
      expect(problem?.value.endsWith("…")).toBe(true);
      expect(problem?.reason.length).toBeLessThan(200);
    }
  });

  it("is one whose model has a name of more than 200 characters", async () => {
    const model = "m".repeat(200);
    const { results } = await readPlain(`day,cost,model\n2026-11-01,1,${model}\n2026-11-01,1,${model}m\n`);
    expect(results).toMatchObject([
      { kind: "record", record: { model_name: model } },
      { kind: "reject", problems: [{ column: "model", reason: "is longer than 200 characters" }] },
    ]);
  });
});

describe("a comma and three digits", () => {
  it("are thousands in a file with commas or tabs between its fields", async () => {
    expect(await costs('day,cost\n2026-11-01,"1,250"\n')).toEqual(["1250"]);
    expect(await costs("day\tcost\n2026-11-01\t1,250\n")).toEqual(["1250"]);
  });

  it("are what the other numbers of a file with semicolons say", async () => {
    const points = await readPlain(
      "day;cost;requests\n2026-11-01;1,250;1\n2026-11-01;1,250.50;1\n2026-11-01;1,250,000;1\n2026-11-01;1;12,000\n2026-11-01;0,125;1\n",
    );
    expect(points.records.map(({ cost_usd }) => cost_usd)).toEqual(["1250", "1250.5", "1250000", "1"]);
    expect(points.records.at(-1)?.request_count).toBe(12_000);
    expect(points.results.at(-1)).toMatchObject({
      problems: [
        {
          column: "cost",
          value: "0,125",
          reason: "is ambiguous, because of its comma; write 0.125",
        },
      ],
    });
    const commas = await readPlain("day;cost;requests\n2026-11-01;1,250;12.000\n2026-11-01;0,125;1\n");
    expect(commas.records.map(({ cost_usd }) => cost_usd)).toEqual(["1.25", "0.125"]);
    expect(commas.records[0]?.request_count).toBe(12_000);
  });

  it("are refused in a file with semicolons in which nothing decides, with both totals", async () => {
    const error = await refusal(readPlain("day;cost\n2026-11-01;1,250\n2026-11-02;2,500\n2026-11-03;3\n"));
    expect(error).toMatchObject({ code: "numbers_ambiguous", exit: 4 });
    expect(error.hint).toBe(
      "Say which mark stands before its decimals: --numbers point (3753 in total) or --numbers comma (6.75 in total).",
    );
  });

  it("are read in an export with commas between its fields if several numbers have decimal commas", async () => {
    const rows = ["1,25", "2,50", "1,250"].map((cost) => `2026-11-01,"${cost}"\n`).join("");
    expect(await costs(`day,cost\n${rows}`)).toEqual(["1.25", "2.5", "1.25"]);
  });

  it("are what the user says", async () => {
    const table = "day;cost\n2026-11-01;1,250\n";
    const cost = async (mark: "point" | "comma") =>
      (await readPlain(table, { given: { mark } })).records.map(({ cost_usd }) => cost_usd);
    expect(await cost("point")).toEqual(["1250"]);
    expect(await cost("comma")).toEqual(["1.25"]);
  });
});

describe("a count", () => {
  it.each([
    ["4.0", 4],
    ["12.00", 12],
    ['"1,204"', 1204],
    ['"1,204.0"', 1204],
    ["12.0000", 12],
  ])("of %s is %i", async (cell, count) => {
    const { records } = await readPlain(`day,cost,requests\n2026-11-01,1,${cell}\n`);
    expect(records[0]?.request_count).toBe(count);
  });
});

describe("a row that is no charge", () => {
  it.each([
    "Total,12",
    "Grand total: 12,",
    "subtotal,1",
    "Sum,3",
    ",TOTALS",
    "Total (USD),12",
    "Total cost,12",
    "Sum of 12 rows",
    "Gesamtbetrag,12",
  ])("%s is skipped", async (row) => {
    const { results } = await readPlain(`day,cost\n2026-11-01,1\n${row}\n`);
    expect(results[1]).toEqual({ kind: "skip", line: 3, reason: "total line" });
  });

  it("is refused without a date, too, if it is not the sum of the rows above it", async () => {
    const mapped = {
      formats: [
        mappedFormat("mine", parseMapping("date=Day,cost=Cost"), { timezone: "UTC", provider: "acme" }),
      ],
      format: "map:mine",
    };
    const rows = "Day,Cost\n2026-11-01,5\n2026-11-02,7\n";
    expect((await read(`${rows}Total,12\n`, mapped)).results[2]).toMatchObject({
      kind: "skip",
      reason: "total line",
    });
    expect((await read(`${rows}Total,13\n`, mapped)).results[2]).toMatchObject({
      kind: "reject",
      problems: [
        {
          column: "Day",
          value: "Total",
          reason: expect.stringMatching(/its amount 13 is not the sum of the rows above it \(12\)/) as string,
        },
      ],
    });
  });

  it("is one with a date that is called a total, in a known export, too, if it is the sum of those above", async () => {
    const table = (total: string) =>
      `usage_date_utc,model,token_type,cost_usd\n2026-11-02,Claude Opus 5,output,2\n2026-11-03,Claude Opus 5,output,3\n2026-11-03,Total,,${total}\n`;
    expect((await read(table("5"))).results.at(-1)).toMatchObject({
      kind: "skip",
      reason: "total line",
      cell: "Total",
    });
    expect((await read(table("6"))).results.at(-1)).toMatchObject({
      kind: "reject",
      problems: [{ column: "model", value: "Total" }],
    });
  });

  it("is not one that is called a total but has a date and a cost", async () => {
    expect(await costs("model,day,cost\nTotal recall,2026-11-01,1\n")).toEqual(["1"]);
  });

  it.each([
    ["is called a total, has a date and a bad cost", 'Total,2026-11-05,"1,23"'],
    ["is called a total, has a date and too many fields", "Total,2026-11-05,1,23"],
    ["is called a total and has a bad date", "Total,2026-13-05,1"],
    ["has a date and a name that begins like a total", 'Total Wine AI,2026-11-05,"1,23"'],
    ["has no date and a name that begins like a total", "Sum of tokens plan,,1"],
  ])("is not one that %s: %s", async (_, row) => {
    const { results } = await readPlain(`model,day,cost\n${row}\n`);
    expect(results[0]?.kind).toBe("reject");
  });

  it("is not a bad bucket whose epoch stands behind a name of a total", async () => {
    const { results } = await read(
      "line_item,start_time,end_time,amount_value,amount_currency\nTotal,1793577600,1793664000,abc,usd\nTotal,,,12,usd\n",
    );
    expect(results.map(({ kind }) => kind)).toEqual(["reject", "skip"]);
  });

  it("is one without any cell", async () => {
    const { results } = await readPlain("day,cost\n2026-11-01,1\n , \n");
    expect(results[1]).toEqual({ kind: "skip", line: 3, reason: "blank row" });
  });
});

describe("an amount in another currency", () => {
  const table = "day,cost,currency\n2026-11-01,3.984,cny\n2026-11-01,1,USD\n";

  it("is converted with the rate that is given, and kept", async () => {
    const { records } = await readPlain(table, { rates: { given: { CNY: "0.14" } } });
    expect(records.map((record) => record.cost_usd)).toEqual(["0.55776", "1"]);
    expect(records[0]?.metadata.original).toEqual({
      ...{ currency: "CNY", amount: "3.984" },
      ...{ rate: "0.14", rate_source: "given" },
    });
    expect(records[1]?.metadata.original).toBeUndefined();
  });

  it("is refused without a rate, with the way to give one", async () => {
    const error = await refusal(readPlain(table));
    expect(error.code).toBe("currency_rate_missing");
    expect(error.hint).toContain("--rate CNY=NUMBER");
    expect(error.hint).toContain("aicost rates set CNY NUMBER");
  });
});

describe("the identity of rows", () => {
  it("keeps two identical rows two, and gives both the same ids in every reading", async () => {
    const table = "day,cost\n2026-11-01,1\n2026-11-01,1\n";
    const ids = (await readPlain(table)).records.map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
    expect((await readPlain(`${table}2026-11-01,1\n`)).records.slice(0, 2).map(({ id }) => id)).toEqual(ids);
  });
});

describe("reading a file", () => {
  it("reports how far it is", async () => {
    const table = `day,cost\n${"2026-11-01,1\n".repeat(20_000)}`;
    const seen: number[] = [];
    await readPlain(table, { onProgress: (bytes) => seen.push(bytes) });
    expect(seen.length).toBeGreaterThan(2);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(table.length);
  });

  it("stops when the file has become another one since it was opened", async () => {
    const { readCsv } = await import("../../src/lib/csv/reader.js");
    const path = fileOf("Date,Slug,Usage,BYOK Usage\n2026-11-01 00:00,a,1,0\n", "changing.csv");
    const file = await openCsv({ path, name: "changing.csv" }, { formats });
    writeFileSync(path, "Usage,Slug,Date,BYOK Usage\n1,a,2026-11-01 00:00,0\n");
    expect((await refusal(readCsv(file, { rates: {} }).next())).code).toBe("file_changed");
  });
});

describe("a moment", () => {
  it.each([
    "2026-00-15 10:00:00",
    "2026-11-05T10:00:00+99:99",
    "2026-11-05T10:00:00+15:00",
    "2026-11-05 24:00:00",
  ])("that does not exist is none: %s", (text) => {
    expect(readMoment(text)).toEqual({
      wrong: "is not a date with a time; write it like 2026-11-05 14:30:00",
    });
  });

  it("may be of any time zone that there is", () => {
    expect(readMoment("2026-11-05T10:00:00+14:00")).toEqual({ value: "2026-11-04T20:00:00Z" });
    expect(readMoment("2026-11-05 10:00 -0930")).toEqual({ value: "2026-11-05T19:30:00Z" });
  });
});
