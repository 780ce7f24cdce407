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
    expect(error.hint).toMatch(/^Did you mean input_tokens\? There are date, cost/);
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
