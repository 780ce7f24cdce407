import { describe, expect, it } from "vitest";
import { checkMapping, mappedFormat, parseMapping } from "../../src/lib/csv/mapper.js";
import { formats } from "../../src/lib/providers/index.js";
import { read, refusal } from "./tables.js";

const refused = (run: () => unknown) => refusal(Promise.resolve().then(run));

const readMapped = (
  map: string,
  content: string,
  options: { provider?: string; timezone?: string; currency?: string; rates?: Record<string, string> } = {},
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
    ["date:YMD=Day,cost=A", "map_unknown_style"],
    ["date=Day,model:comma=A,cost=B", "map_unknown_style"],
    ["cost=Amount", "map_incomplete"],
    ["date=Day,model=Model", "map_incomplete"],
    ["", "map_incomplete"],
  ])("%s is wrong usage: %s", async (text, code) => {
    expect(await refused(() => parseMapping(text))).toMatchObject({ code, exit: 2 });
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
    const mapping = parseMapping('date:MDY=Day,cost:comma="Amount, ""net""",note=Why');
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
    [{ date: { column: "Day", style: "YMD" }, cost: { column: "Amount" } }],
    [{ cost: { column: "Amount" } }],
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
  ])("reads the date %s in %s as %s, a %s", async (cell, timezone, timestamp, granularity) => {
    const { records } = await readMapped("date=Day,cost=Cost", `Day,Cost\n${cell},1\n`, { timezone });
    expect(records[0]).toMatchObject({ timestamp, granularity });
  });

  it.each([
    ["DMY", "03/04/2026", "2026-04-03T00:00:00Z"],
    ["MDY", "03/04/2026", "2026-03-04T00:00:00Z"],
    ["DMY", "3.4.2026", "2026-04-03T00:00:00Z"],
    ["MDY", "3/4/2026 9:05", "2026-03-04T09:05:00Z"],
  ])("reads date:%s of %s as %s", async (style, cell, timestamp) => {
    const { records } = await readMapped(`date:${style}=Day,cost=Cost`, `Day,Cost\n${cell},1\n`);
    expect(records[0]?.timestamp).toBe(timestamp);
  });

  it("refuses a date that can be read two ways, even where one way would do", async () => {
    const problems = await problemsOf(
      readMapped("date=Day,cost=Cost", "Day,Cost\n03/04/2026,1\n25/04/2026,1\n"),
    );
    expect(problems.map(({ reason }) => reason)).toEqual([
      "can be read as day or month first; write date:DMY=… or date:MDY=… in --map",
      "can be read as day or month first; write date:DMY=… or date:MDY=… in --map",
    ]);
  });

  it("refuses a month 25", async () => {
    const problems = await problemsOf(readMapped("date:MDY=Day,cost=Cost", "Day,Cost\n25/04/2026,1\n"));
    expect(problems).toMatchObject([{ column: "Day" }]);
  });

  it("reads decimal commas where it is told to, and refuses what is none", async () => {
    const { records, results } = await readMapped(
      "date=Tag,cost:comma=Betrag",
      "Tag;Betrag\n2026-11-01;1.234,56\n2026-11-02;-0,5\n2026-11-03;1.23\n2026-11-04;7\n",
    );
    expect(records.map((record) => record.cost_usd)).toEqual(["1234.56", "-0.5", "7"]);
    expect(results[2]).toMatchObject({ problems: [{ reason: "is not an amount; write it like 1234,56" }] });
  });

  it("says how to map decimal commas, where it is not told of them", async () => {
    const problems = await problemsOf(
      readMapped(
        "date=Tag,cost=Betrag,estimated_cost=Wert",
        "Tag;Betrag;Wert\n2026-11-01;1,23;\n2026-11-02;1,250;\n2026-11-02;;1,5\n",
      ),
    );
    expect(problems.map(({ reason }) => reason)).toEqual([
      "is ambiguous, because of its comma; write 1.23 or cost:comma=… in --map",
      "is ambiguous, because of its comma; write 1.250 or 1250 or cost:comma=… in --map",
      "is ambiguous, because of its comma; write 1.5 or estimated_cost:comma=… in --map",
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

  it("rejects NaN and words in an amount column", async () => {
    const problems = await problemsOf(
      readMapped("date=Day,cost=Cost", "Day,Cost\n2026-11-01,NaN\n2026-11-01,free\n"),
    );
    expect(problems.map(({ column, value }) => [column, value])).toEqual([
      ["Cost", "NaN"],
      ["Cost", "free"],
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
      { currency: "EUR", rates: { GBP: "1.3", EUR: "1.1" } },
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

  it("of an event is its moment as well: another time zone or order makes another record", async () => {
    const idIn = async (map: string, timezone: string) =>
      (await readMapped(map, "At,Cost\n03/04/2026 10:00,1\n", { timezone })).records[0]?.id;
    const found = await Promise.all([
      idIn("date:DMY=At,cost=Cost", "UTC"),
      idIn("date:DMY=At,cost=Cost", "Europe/Berlin"),
      idIn("date:MDY=At,cost=Cost", "UTC"),
    ]);
    expect(new Set(found).size).toBe(3);
  });

  it("of a day is another one where the date is read in another order", async () => {
    const table = "Day,Cost\n03/04/2026,1\n";
    expect(await ids("date:DMY=Day,cost=Cost", table)).not.toEqual(
      await ids("date:MDY=Day,cost=Cost", table),
    );
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
    const rates = { CAD: "0.7" };
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
