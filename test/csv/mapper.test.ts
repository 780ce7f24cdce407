import { describe, expect, it } from "vitest";
import type { Rates } from "../../src/lib/record/rates.js";
import { checkMapping, mappedFormat, parseMapping } from "../../src/lib/csv/mapper.js";
import { formats } from "../../src/lib/providers/index.js";
import { read, refusal } from "./tables.js";

const refused = (run: () => unknown) => refusal(Promise.resolve().then(run));

const readMapped = (
  map: string,
  content: string,
  options: { provider?: string; timezone?: string; currency?: string; rates?: Rates } = {},
) => {
  const { rates = {}, timezone = "UTC", provider = "acme", currency } = options;
  const format = mappedFormat("mine", parseMapping(map), { timezone, provider, currency });
  return read(content, { formats: [...formats, format], format: "map:mine", rates });
};

const problemsOf = async (reading: ReturnType<typeof readMapped>) =>
  (await reading).results.flatMap((result) => (result.kind === "reject" ? result.problems : []));

describe("--map", () => {
  it("reads targets, quoted columns and styles", () => {
    expect(parseMapping('date:dmy=Day, cost:comma = "Betrag, ""brutto""" ,model=Model name')).toEqual({
      date: { column: "Day", style: "DMY" },
      cost: { column: 'Betrag, "brutto"', style: "comma" },
      model: { column: "Model name" },
    });
  });

  it.each([
    ["date", "map_syntax"],
    ["date=", "map_syntax"],
    ["date=Day,cost", "map_syntax"],
    ['date=Day,cost="Amount', "map_syntax"],
    ["date=Day,price=Amount", "map_unknown_target"],
    ["date=Day,cost=A,cost=B", "map_repeated_target"],
    ["date:YDM=Day,cost=A", "map_unknown_style"],
    ["date:DMY:MDY=Day,cost=A", "map_unknown_style"],
    ["date:Europe/Nowhere=Day,cost=A", "map_unknown_style"],
    ["date:UTC:Europe/Berlin=Day,cost=A", "map_unknown_style"],
    ["date=Day,input_tokens=A++B", "map_syntax"],
    ["date=Day,input_tokens=A+", "map_syntax"],
    ['date=Day,model="A"+B,cost=C', "map_syntax"],
    ["date=Day,model:comma=A,cost=B", "map_unknown_style"],
    ["date=Day,model=Model", "map_incomplete"],
    ["", "map_incomplete"],
  ])("%s is wrong usage: %s", async (text, code) => {
    expect(await refused(() => parseMapping(text))).toMatchObject({ code, exit: 2 });
  });

  it("reads zones, units and columns that are added", () => {
    expect(
      parseMapping('date:mdy:Europe/Berlin=Day,input_tokens:comma=New+"Cached, 5+"+Read,model=A+B'),
    ).toEqual({
      date: { column: "Day", style: "MDY", zone: "Europe/Berlin" },
      input_tokens: {
        column: "New+Cached, 5++Read",
        parts: ["New", "Cached, 5+", "Read"],
        style: "comma",
      },
      model: { column: "A+B" },
    });
    expect(parseMapping("date:UTC:ms=Day,cost:point=A").date).toEqual({
      column: "Day",
      style: "ms",
      zone: "UTC",
    });
  });

  it("needs a date, from a column or from the user, and not from both", async () => {
    const options = { timezone: "UTC", provider: "acme" };
    const date = {
      timestamp: "2026-11-01T00:00:00Z",
      granularity: "month",
      until: "2026-11-30",
      written: "2026-11",
    } as const;
    const undated = parseMapping("cost=Amount");
    const missing = await refused(() => mappedFormat("mine", undated, options));
    expect(missing).toMatchObject({ code: "map_incomplete", exit: 2 });
    expect(missing.hint).toContain("--period YYYY-MM");
    const dated = parseMapping("date=Day,cost=Amount");
    expect(await refused(() => mappedFormat("mine", dated, { ...options, date }))).toMatchObject({
      code: "map_dated",
      exit: 2,
    });
  });

  it("corrects a target", async () => {
    const error = await refused(() => parseMapping("date=Day,input_token=In"));
    expect(error.hint).toMatch(/^Did you mean input_tokens\? The targets are date, cost/);
  });

  it("wants to know the provider", async () => {
    const mapping = parseMapping("date=Day,cost=Amount");
    expect(await refused(() => mappedFormat("mine", mapping, { timezone: "UTC" }))).toMatchObject({
      code: "map_provider_missing",
      exit: 2,
    });
  });

  it("survives JSON, and a damaged mapping in the config file is refused", async () => {
    const mapping = parseMapping(
      'date:MDY:Europe/Berlin=Day,cost:comma="Amount, ""net""",tokens="A+"+B,note=Why',
    );
    expect(checkMapping("mine", JSON.parse(JSON.stringify(mapping)))).toEqual(mapping);
    expect(await refused(() => checkMapping("mine", { date: "Day" }))).toMatchObject({ code: "map_damaged" });
    expect(await refused(() => checkMapping("mine", null))).toMatchObject({ code: "map_damaged" });
  });

  it.each([
    [undefined],
    [null],
    ["date=Day"],
    [{ date: "Day" }],
    [{ date: { column: "" }, cost: { column: "Amount" } }],
    [{ date: { column: "Day" }, price: { column: "Amount" } }],
    [{ date: { column: "Day", style: "YDM" }, cost: { column: "Amount" } }],
    [{ date: { column: "Day" }, cost: { column: "A+B", parts: "AB" } }],
    [{ date: { column: "Day" } }],
  ])("is named where it is damaged: %j", async (value) => {
    const error = await refused(() => checkMapping("mine", value));
    expect(error.code).toBe("map_damaged");
    expect(error.message).toMatch(/^The saved mapping “mine” cannot be used\. .*\.$/);
    expect(error.hint).toContain("--save-map mine");
  });

  it.each([
    [{ provider: "Weights & Biases" }, "provider_name"],
    [{ provider: "x".repeat(101) }, "provider_name"],
    [{ provider: "acme", currency: "dollars" }, "bad_currency"],
  ])("goes with a provider and a currency that can be: %j", async (options, code) => {
    const mapping = parseMapping("date=Day,cost=Amount");
    expect(await refused(() => mappedFormat("mine", mapping, { timezone: "UTC", ...options }))).toMatchObject(
      {
        code,
        exit: 2,
      },
    );
  });
});

describe("a mapped file", () => {
  it("gives records with all that is mapped", async () => {
    const { records, file } = await readMapped(
      "date=Day,cost=Amount (USD),model=Model,provider=Vendor,input_tokens=In,output_tokens=Out,cache_read_tokens=Hit,cache_write_tokens=Put,requests=Calls,note=Why",
      'Day,Vendor,Model,Amount (USD),In,Out,Hit,Put,Calls,Why,Team\n2026-11-05,Azure OpenAI,gpt-5,"$1,204.50",100,20,30,10,3,demo,x\n',
    );
    expect(file.ignoredColumns).toEqual(["Team"]);
    expect(records[0]).toMatchObject({
      provider: "azure-openai",
      timestamp: "2026-11-05T00:00:00Z",
      granularity: "day",
      model_name: "gpt-5",
      cost_usd: "1204.5",
      tokens_used: 120,
      input_tokens: 100,
      output_tokens: 20,
      cache_read_tokens: 30,
      cache_write_tokens: 10,
      request_count: 3,
      metadata: { cost_basis: "billed", note: "demo" },
    });
  });

  it.each([
    ["2026-11-05", "UTC", "2026-11-05T00:00:00Z", "day"],
    ["2026-11-05", "America/New_York", "2026-11-05T00:00:00Z", "day"],
    ["2026/11/05", "UTC", "2026-11-05T00:00:00Z", "day"],
    ["2026-11-05 14:30", "UTC", "2026-11-05T14:30:00Z", "event"],
    ["2026-11-05 14:30", "Europe/Berlin", "2026-11-05T13:30:00Z", "event"],
    ["2026-11-05T14:30:00+02:00", "Europe/Berlin", "2026-11-05T12:30:00Z", "event"],
    ["1793577600", "Europe/Berlin", "2026-11-02T00:00:00Z", "event"],
    ["1793577600000", "Europe/Berlin", "2026-11-02T00:00:00Z", "event"],
    ["1793577600000000", "UTC", "2026-11-02T00:00:00Z", "event"],
    ["20261105", "America/New_York", "2026-11-05T00:00:00Z", "day"],
    ["2026-11", "America/New_York", "2026-11-01T00:00:00Z", "month"],
    ["Nov 2026", "UTC", "2026-11-01T00:00:00Z", "month"],
    ["2026-9-1", "UTC", "2026-09-01T00:00:00Z", "day"],
    ["5-Nov-26", "UTC", "2026-11-05T00:00:00Z", "day"],
    ["05.11.2026 14:30", "Europe/Berlin", "2026-11-05T13:30:00Z", "event"],
    ["Nov 5 2026 2:30 PM", "UTC", "2026-11-05T14:30:00Z", "event"],
    ["26.06.26", "UTC", "2026-06-26T00:00:00Z", "day"],
  ])("reads the date %s in %s as %s, a %s", async (cell, timezone, timestamp, granularity) => {
    const { records } = await readMapped("date=Day,cost=Cost", `Day,Cost\n${cell},1\n`, { timezone });
    expect(records[0]).toMatchObject({ timestamp, granularity });
  });

  it.each([
    ["DMY", "03/04/2026", "2026-04-03T00:00:00Z"],
    ["MDY", "03/04/2026", "2026-03-04T00:00:00Z"],
    ["DMY", "3.4.2026", "2026-04-03T00:00:00Z"],
    ["MDY", "3/4/2026 9:05", "2026-03-04T09:05:00Z"],
    ["MDY", "3/4/26 12:05 AM", "2026-03-04T00:05:00Z"],
    ["DMY", "26.06.26", "2026-06-26T00:00:00Z"],
    ["DMY", "03/08/26", "2026-08-03T00:00:00Z"],
    ["YMD", "26-03-04", "2026-03-04T00:00:00Z"],
    ["Europe/Berlin", "2026-03-04 00:30", "2026-03-03T23:30:00Z"],
    ["MDY:Europe/Berlin", "3/4/2026 0:30", "2026-03-03T23:30:00Z"],
    ["Europe/Berlin", "2026-03-04 00:30Z", "2026-03-04T00:30:00Z"],
    ["ms", "1793577600000", "2026-11-02T00:00:00Z"],
    ["excel", "46331", "2026-11-05T00:00:00Z"],
    ["excel", "46331.604166666664", "2026-11-05T14:30:00Z"],
    ["excel:Europe/Berlin", "46331.604166666664", "2026-11-05T13:30:00Z"],
  ])("reads date:%s of %s as %s", async (style, cell, timestamp) => {
    const { records } = await readMapped(`date:${style}=Day,cost=Cost`, `Day,Cost\n${cell},1\n`);
    expect(records[0]?.timestamp).toBe(timestamp);
  });

  it("reads dates in the order that any of them decides", async () => {
    const { records } = await readMapped("date=Day,cost=Cost", "Day,Cost\n03/04/2026,1\n25/04/2026,1\n");
    expect(records.map(({ timestamp }) => timestamp.slice(0, 10))).toEqual(["2026-04-03", "2026-04-25"]);
  });

  it("refuses dates that can be read in two ways if none decides", async () => {
    const table = "Day,Cost\n05/05/2026,1\n03/04/2026,1\n04/05/2026,1\n";
    const error = await refusal(readMapped("date=Day,cost=Cost", table));
    expect([error.code, error.message, error.hint]).toEqual([
      "dates_ambiguous",
      "The dates of table.csv, such as 03/04/2026, can be read as day or month first, and no date in it decides which.",
      "Write date:DMY=… (2026-04-03 to 2026-05-05) or date:MDY=… (2026-03-04 to 2026-05-05) in --map.",
    ]);
  });

  it("refuses the date that is in another order than most", async () => {
    const table = "Day,Cost\n25/04/2026,1\n26/04/2026,1\n04/27/2026,1\n";
    expect(await problemsOf(readMapped("date=Day,cost=Cost", table))).toMatchObject([
      { value: "04/27/2026", reason: "is not a date in the order of the other dates of the file" },
    ]);
  });

  it.each([
    ["date", "46331", "looks like a day number of Excel; write date:excel=… in --map"],
    [
      "date",
      "46:19.9",
      "is what a spreadsheet left of a moment, without its date; import the file as it was downloaded",
    ],
    [
      "date",
      "1.79358E+12",
      "is what a spreadsheet left of a long number, without its last digits; import the file as it was downloaded",
    ],
    ["date", "soon", "is not a date; write it like 2026-11-05"],
    ["date", "jui 2026", "is not a date; write it like 2026-11-05"],
    ["date", "25/25/2026", "is not a date; write it like 2026-11-05"],
    ["date:ms", "1793577600", "is 1970-01-21, before 2015-01-01, the earliest date that aicost accepts"],
    ["date:excel", "2026-11-05", "is not a day number of Excel, such as 46331"],
  ])("refuses %s of %s: it %s", async (style, cell, reason) => {
    const problems = await problemsOf(readMapped(`${style}=Day,cost=Cost`, `Day,Cost\n${cell},1\n`));
    expect(problems).toEqual([{ column: "Day", value: cell, reason }]);
  });

  it("refuses a month 25", async () => {
    const problems = await problemsOf(readMapped("date:MDY=Day,cost=Cost", "Day,Cost\n25/04/2026,1\n"));
    expect(problems).toMatchObject([{ column: "Day" }]);
  });

  it("reads decimal commas where it is told to, and refuses what has a decimal point", async () => {
    const { records, results } = await readMapped(
      "date=Tag,cost:comma=Betrag",
      "Tag;Betrag\n2026-11-01;1.234,56\n2026-11-02;-0,5\n2026-11-03;1.23\n2026-11-04;7\n2026-11-05;0.125\n",
    );
    expect(records.map((record) => record.cost_usd)).toEqual(["1234.56", "-0.5", "7"]);
    const reason = "has a decimal point, but the column has decimal commas; write it like 1234,56";
    expect(results[2]).toMatchObject({ problems: [{ value: "1.23", reason }] });
    expect(results[4]).toMatchObject({ problems: [{ value: "0.125", reason }] });
  });

  it("reads each column by the mark that its own cells decide", async () => {
    const { records } = await readMapped(
      "date=Tag,cost=Betrag,estimated_cost=Wert",
      "Tag;Betrag;Wert\n2026-11-01;1,250;\n2026-11-01;1,23;\n2026-11-02;;1.250\n2026-11-02;;1.5\n",
    );
    expect(records.map((record) => [record.cost_usd, record.estimated_cost_usd])).toEqual([
      ["1.25", null],
      ["1.23", null],
      ["0", "1.25"],
      ["0", "1.5"],
    ]);
  });

  it("refuses a column in which no cell decides, with both totals and both flags", async () => {
    const error = await refusal(
      readMapped("date=Day,cost=Cost", "Day,Cost\n2026-11-01,1.234\n2026-11-02,450.000\n2026-11-03,2\n"),
    );
    expect(error).toMatchObject({ code: "numbers_ambiguous", exit: 4 });
    expect(error.message).toContain("such as 1.234,");
    expect(error.hint).toBe(
      "Write cost:point=… (Cost: 453.234 in total) or cost:comma=… (Cost: 451236 in total) in --map.",
    );
  });

  it("refuses the amount that is written in another way than most, by its line", async () => {
    const table = "Day,Cost\n2026-11-01,1.206.200\n2026-11-02,450.000\n2026-11-03,1206.200\n2026-11-04,0.5\n";
    const { results } = await readMapped("date=Day,cost=Cost", table);
    expect(results.map(({ kind }) => kind)).toEqual(["reject", "record", "record", "record"]);
    expect(results[0]).toMatchObject({ line: 2, problems: [{ value: "1.206.200" }] });
  });

  it("checks the currency of an amount", async () => {
    const table = "Day,Cost,Unit\n2026-11-01,5 €,EUR\n2026-11-02,$5,EUR\n2026-11-03,$5,\n";
    const { records, results } = await readMapped("date=Day,cost=Cost,currency=Unit", table, {
      rates: { given: { EUR: "1.1" } },
    });
    expect(records.map(({ cost_usd }) => cost_usd)).toEqual(["5.5", "5"]);
    expect(results[1]).toMatchObject({
      problems: [
        {
          column: "Cost",
          value: "$5",
          reason:
            "is in dollars, but amounts here are in EUR; say which it is with --currency CODE, or currency=COLUMN in --map",
        },
      ],
    });
  });

  it("adds columns, unless one has the name of all together", async () => {
    const map = "date=Day,input_tokens=A+B+C,cache_read_tokens=C,cost=X+Y";
    const table = "Day,A,B,C,X,Y\n2026-11-01,1,,30,0.5,0.25\n2026-11-02,,,,,\n";
    const { records } = await readMapped(map, table);
    expect(records.map(({ input_tokens, cost_usd }) => [input_tokens, cost_usd])).toEqual([
      [31, "0.75"],
      [null, "0"],
    ]);
    const whole = await readMapped("date=Day,input_tokens=A+B", "Day,A+B,A,B\n2026-11-01,7,1,2\n");
    expect(whole.records[0]?.input_tokens).toBe(7);
    const error = await refusal(readMapped("date=Day,input_tokens=A+D", table));
    expect(error.message).toContain("A + D");
  });

  it("refuses more cached tokens than input tokens, which include them", async () => {
    const problems = await problemsOf(
      readMapped(
        "date=Day,input_tokens=In,cache_read_tokens=Hit,cache_write_tokens=Put",
        "Day,In,Hit,Put\n2026-11-01,100,60,50\n2026-11-02,110,60,50\n",
      ),
    );
    expect(problems).toEqual([
      {
        column: "Hit",
        value: "110",
        reason:
          "cached tokens are more than the input tokens (100), which include them; if the columns are apart, add them: input_tokens=In+Hit+Put",
      },
    ]);
  });

  it("reads a comma and three digits as decimals where it is told of decimal commas", async () => {
    const { records } = await readMapped(
      "date=Tag,cost:comma=Betrag",
      "Tag;Betrag\n2026-11-01;1,250\n2026-11-02;0,125\n",
    );
    expect(records.map((record) => record.cost_usd)).toEqual(["1.25", "0.125"]);
  });

  it("rejects a row that a number with a comma without quotes has shifted", async () => {
    const problems = await problemsOf(
      readMapped(
        "date=Day,cost=Amount,model=Model,note=Note",
        "Day,Amount,Model,Note\n2026-11-05,12,34,gpt,\n",
      ),
    );
    expect(problems[0]?.reason).toContain("perhaps a number with a comma is not in quotes");
  });

  it("rejects what cannot be the name of a provider", async () => {
    const problems = await problemsOf(
      readMapped(
        "date=Day,cost=Cost,provider=Vendor",
        `Day,Cost,Vendor\n2026-11-01,1,fal.ai\n2026-11-01,1,Weights & Biases\n2026-11-01,1,${"v".repeat(101)}\n`,
      ),
    );
    expect(problems).toMatchObject([
      { column: "Vendor", value: "Weights & Biases" },
      { column: "Vendor", value: "v".repeat(101) },
    ]);
  });

  it("keeps 1,000 characters of a note", async () => {
    const { records } = await readMapped(
      "date=Day,cost=Cost,note=Note",
      `Day,Cost,Note\n2026-11-01,1,${"n".repeat(1000)}\n2026-11-01,1,${"n".repeat(998)}𝄞n\n`,
    );
    expect(records.map(({ metadata }) => metadata.note)).toEqual(["n".repeat(1000), `${"n".repeat(998)}…`]);
  });

  it("rejects a model of more than 200 characters and a currency that is none", async () => {
    const problems = await problemsOf(
      readMapped(
        "date=Day,cost=Cost,model=Model,currency=Unit",
        `Day,Cost,Model,Unit\n2026-11-01,1,${"m".repeat(201)},EUR\n2026-11-01,1,m,€\n2026-11-01,1,m,EURO\n`,
      ),
    );
    expect(problems.map(({ column, reason }) => [column, reason])).toEqual([
      ["Model", "is longer than 200 characters"],
      ["Unit", "is not a currency code such as USD or EUR"],
      ["Unit", "is not a currency code such as USD or EUR"],
    ]);
  });

  it("rejects NaN and words in an amount column, but for those that say that nothing was charged", async () => {
    const problems = await problemsOf(
      readMapped("date=Day,cost=Cost", "Day,Cost\n2026-11-01,NaN\n2026-11-01,free\n2026-11-01,a lot\n"),
    );
    expect(problems.map(({ column, value }) => [column, value])).toEqual([
      ["Cost", "NaN"],
      ["Cost", "a lot"],
    ]);
  });

  it("keeps estimates apart from money, and rows without either as no money", async () => {
    const { records } = await readMapped(
      "date=Day,cost=Cost,estimated_cost=Worth,tokens=Tokens",
      "Day,Cost,Worth,Tokens\n2026-11-01,1,2,3\n2026-11-02,,2,3\n2026-11-03,,,3\n",
    );
    expect(
      records.map(({ cost_usd, estimated_cost_usd, tokens_used, metadata }) => [
        metadata.cost_basis,
        cost_usd,
        estimated_cost_usd,
        tokens_used,
      ]),
    ).toEqual([
      ["billed", "1", null, 3],
      ["estimated", "0", "2", 3],
      ["none", "0", null, 3],
    ]);
  });

  it("takes its currency from a column, else from the flag", async () => {
    const { records } = await readMapped(
      "date=Day,cost=Cost,currency=Unit",
      "Day,Cost,Unit\n2026-11-01,1,GBP\n2026-11-02,1,\n",
      { currency: "EUR", rates: { given: { GBP: "1.3", EUR: "1.1" } } },
    );
    expect(records.map((record) => record.cost_usd)).toEqual(["1.3", "1.1"]);
  });

  it("names the column that the file lacks, and the nearest that it has", async () => {
    const error = await refusal(readMapped("date=Day,cost=Amount", "Day,Amount (USD)\n2026-11-01,1\n"));
    expect(error).toMatchObject({ code: "csv_missing_column", exit: 4 });
    expect(error.message).toContain("Amount");
    expect(error.hint).toContain("Did you mean Amount (USD)?");
  });

  it("does not read a column without a name for a target that is not mapped", async () => {
    const { records } = await readMapped("date=Day,cost=Cost", "Day,,Cost\n2026-11-01,x,1\n");
    expect(records[0]).toMatchObject({ model_name: null, metadata: { cost_basis: "billed" } });
  });
});

describe("the identity of a mapped row", () => {
  const ids = async (map: string, content: string) =>
    (await readMapped(map, content)).records.map(({ id }) => id);

  it("of a day leaves its measures out: a later download replaces it", async () => {
    const map = "date=Day,cost=Cost,requests=Calls";
    const before = await ids(map, "Day,Team,Cost,Calls\n2026-11-01,a,1,2\n2026-11-01,b,1,2\n");
    const after = await ids(map, "Day,Team,Cost,Calls\n2026-11-01,a,9,8\n2026-11-01,b,7,6\n");
    expect(after).toEqual(before);
    expect(new Set(before).size).toBe(2);
  });

  it("of an event is its moment as the file has it: another order makes another record, another time zone does not", async () => {
    const idIn = async (map: string, timezone: string) =>
      (await readMapped(map, "At,Cost\n03/04/2026 10:00,1\n", { timezone })).records[0]?.id;
    const utc = await idIn("date:DMY=At,cost=Cost", "UTC");
    expect(await idIn("date:DMY=At,cost=Cost", "Europe/Berlin")).toBe(utc);
    expect(await idIn("date:MDY=At,cost=Cost", "UTC")).not.toBe(utc);
  });

  it("of an event with an offset is its instant", async () => {
    const map = "date=At,cost=Cost";
    const [utc] = await ids(map, "At,Cost\n2026-11-01 10:00Z,1\n");
    expect(await ids(map, "At,Cost\n2026-11-01T11:00:00+01:00,1\n")).toEqual([utc]);
    expect(await ids(map, "At,Cost\n2026-11-01 10:00,1\n")).not.toEqual([utc]);
  });

  it("does not depend on what else is mapped, nor on the order of the columns", async () => {
    const [plain] = await ids("date=Day,cost=Cost", "Day,Model,Cost\n2026-11-01,m-a,1\n");
    expect(await ids("date=Day,cost=Cost,model=Model", "Model,Cost,DAY\nm-a,1,2026-11-01\n")).toEqual([
      plain,
    ]);
    expect(await ids("date=Day,cost=Cost", "Day,Kind,Cost\n2026-11-01,m-a,1\n")).not.toEqual([plain]);
  });

  it("of a day leaves out numbers and dates, which grow from one download to the next", async () => {
    const map = "date=Day,cost=Cost";
    const [first] = await ids(map, "Day,Team,Cost,Calls,Until\n2026-11-01,a,1,200,2026-11-05\n");
    expect(await ids(map, "Day,Team,Cost,Calls,Until\n2026-11-01,a,3,600.0,2026-11-06\n")).toEqual([first]);
  });

  it("is the same in a file that a spreadsheet has saved again", async () => {
    const map = "date=At,cost=Cost";
    const before = await ids(map, "At,Batch,Cost,Calls\n2026-11-01 10:00:00,False,1.0,4.0\n");
    expect(await ids(map, 'At,Batch,Cost,Calls\n"2026-11-01 10:00",FALSE,1,4\n')).toEqual(before);
  });

  it("of a day is another one where the date is read in another order", async () => {
    const table = "Day,Cost\n03/04/2026,1\n";
    expect(await ids("date:DMY=Day,cost=Cost", table)).not.toEqual(
      await ids("date:MDY=Day,cost=Cost", table),
    );
  });

  it("of a day takes any word of a column, those that every object has too", async () => {
    const [one, other] = await ids(
      "date=Day,cost=Cost",
      "Day,Team,Cost\n2026-11-01,constructor,1\n2026-11-01,toString,1\n",
    );
    expect([typeof one, one === other]).toEqual(["string", false]);
  });

  it("does not depend on the case of column names in the mapping", async () => {
    const table = "Day,Cost\n2026-11-01,1\n";
    expect(await ids("date=day,cost=COST", table)).toEqual(await ids("date=Day,cost=Cost", table));
  });

  it("of an event is the whole row", async () => {
    const map = "date=At,cost=Cost";
    const [first] = await ids(map, "At,Cost\n2026-11-01 10:00,1\n");
    const [other] = await ids(map, "At,Cost\n2026-11-01 10:00,2\n");
    expect(other).not.toBe(first);
  });

  it("is the row's own id where one is mapped", async () => {
    const map = "date=At,cost=Cost,id=ID";
    const [first] = await ids(map, "At,Cost,ID\n2026-11-01 10:00,1,x\n");
    const [same, other] = await ids(map, "At,Cost,ID\n2026-11-01 10:00,2,x\n2026-11-01 10:00,1,y\n");
    expect(same).toBe(first);
    expect(other).not.toBe(first);
  });

  it("does not depend on the name under which the mapping is saved", () => {
    const mapping = parseMapping("date=Day,cost=Cost");
    const options = { timezone: "UTC", provider: "acme" };
    expect(mappedFormat("a", mapping, options).source).toBe(mappedFormat("b", mapping, options).source);
  });
});

describe("the reading of a file", () => {
  const base = { map: "date=Day,cost=Cost", provider: "acme", currency: "USD", timezone: "UTC" };
  const readingOf = async ({ map, ...options }: typeof base, name = "mine") => {
    const format = mappedFormat(name, parseMapping(map), options);
    return (await read("Day,Cost,Cost2\n2026-11-01,1,2\n", { formats: [format] })).file.reading;
  };

  it.each([
    { map: "date=Day,cost=Cost2" },
    { map: "date=Day,cost:comma=Cost" },
    { map: "date:DMY=Day,cost=Cost" },
    { map: "date=Day,estimated_cost=Cost" },
    { provider: "other" },
    { currency: "CAD" },
    { timezone: "Europe/Berlin" },
  ])("is another one with %j", async (change) => {
    const format = { ...base, ...change };
    const rates = { given: { CAD: "0.7" } };
    const reading = mappedFormat("mine", parseMapping(format.map), format).reading;
    expect(reading).not.toBe(await readingOf(base));
    expect(
      (await readMapped(format.map, "Day,Cost,Cost2\n2026-11-01,1,2\n", { ...format, rates })).file.reading,
    ).toBe(reading);
  });

  it("does not depend on the name under which the mapping is saved, and fits the database", async () => {
    expect(await readingOf(base, "other")).toBe(await readingOf(base));
    const long = (end: string) =>
      mappedFormat("mine", { date: { column: "Day" }, cost: { column: `${"c".repeat(3000)}${end}` } }, base)
        .reading;
    expect(long("a")).toHaveLength(2000);
    expect(long("a")).not.toBe(long("b"));
  });

  it("is the format's id where it is known by its columns", async () => {
    const { file } = await read("Date,Slug,Usage,BYOK Usage\n2026-11-01 00:00,a,1,0\n");
    expect(file.reading).toBe("openrouter-activity-daily");
  });
});

describe("a saved mapping", () => {
  const saved = [
    mappedFormat("mine", parseMapping("date=Date,cost=Usage"), { timezone: "UTC", provider: "acme" }),
  ];

  it("reads a file that no export format knows", async () => {
    const { file } = await read("Date,Usage\n2026-11-01,1\n", { saved });
    expect(file.format.id).toBe("map:mine");
  });

  it("gives way to a format that knows the file", async () => {
    const { file } = await read("Date,Slug,Usage,BYOK Usage\n2026-11-01 00:00,a,1,0\n", { saved });
    expect(file.format.id).toBe("openrouter-activity-daily");
  });

  it("is named when another one fits as well", async () => {
    const other = mappedFormat("other", parseMapping("date=Date,requests=Usage"), {
      timezone: "UTC",
      provider: "acme",
    });
    const error = await refusal(read("Date,Usage\n2026-11-01,1\n", { saved: [...saved, other] }));
    expect(error).toMatchObject({
      code: "format_ambiguous",
      hint: "Say which one it is: --format map:mine or --format map:other",
    });
  });
});
