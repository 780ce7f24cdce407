/** A situation from people who do this job, with invented values. */
export interface FieldCase {
  situation: string;
  files: Record<string, string | Uint8Array>;
  /** Words after `aicost`; a name of a file stands for its path. */
  commands: string[][];
  /** Totals of all time afterwards. */
  totals?: Record<string, string | number>;
  /** The error code of the last command. */
  refused?: string;
  /** What the last command says, in its receipt or error. */
  says?: RegExp[];
}

const latin1 = (text: string): Uint8Array => Buffer.from(text, "latin1");

const map = (file: string, mapping: string, ...more: string[]): string[] => [
  "import",
  file,
  "--map",
  mapping,
  "--provider",
  "mistral",
  ...more,
];

const SIMPLE = "date=Day,model=Model,cost=Cost";
const dated = (...dates: string[]) => ({
  "bill.csv": `Day,Model,Cost\n${dates.map((date) => `"${date}",m-a,1.50\n`).join("")}`,
});

const INVOICE =
  "Month,Description,Amount\n2026-11-01,Tokens in,10.00\n2026-11-01,Tokens out,5.00\n2026-11-01,Subtotal,15.00\n2026-11-01,Tax,2.85\n2026-11-01,Total,17.85\n";

const AZURE =
  "Date,MeterCategory,MeterName,CostInBillingCurrency,BillingCurrencyCode\n11/02/2026,Cognitive Services,gpt 9,3.0000,USD\n11/02/2026,Virtual Machines,D2 v5,2.6400,USD\n11/13/2026,Cognitive Services,gpt 9,0.2500,USD\n";
const AZURE_MAP = "date:MDY=Date,cost=CostInBillingCurrency,currency=BillingCurrencyCode,model=MeterName";

export const CASES: FieldCase[] = [
  {
    situation: "a cell with a decimal point in a column with decimal commas",
    files: {
      "bill.csv": "Tag;Modell;Betrag\n2026-11-02;m-a;0,42\n2026-11-03;m-a;12,50\n2026-11-04;m-b;0.125\n",
    },
    commands: [map("bill.csv", "date=Tag,model=Modell,cost:comma=Betrag")],
    refused: "rows_rejected",
  },
  {
    situation: "decimal commas, without a word about them",
    files: { "bill.csv": "Tag;Betrag\n2026-11-02;0,42\n2026-11-03;1.250,50\n2026-11-04;1.000\n" },
    commands: [map("bill.csv", "date=Tag,cost=Betrag")],
    totals: { cost_usd: "2250.92" },
    says: [/decimal commas/],
  },
  {
    situation: "one amount with a point as the mark of thousands among decimal points",
    files: {
      "bill.csv":
        "Day,Model,Cost\n2026-11-02,m-a,450.000\n2026-11-03,m-a,1206.200\n2026-11-04,m-b,1.206.200\n",
    },
    commands: [map("bill.csv", SIMPLE)],
    refused: "rows_rejected",
  },
  {
    situation: "a column of amounts that may all be thousands",
    files: { "bill.csv": "Day,Cost\n2026-11-02,1.234\n2026-11-03,2.500\n" },
    commands: [map("bill.csv", "date=Day,cost=Cost")],
    refused: "numbers_ambiguous",
    says: [/cost:point=… \(Cost: 3\.734 in total\)/, /cost:comma=… \(Cost: 3734 in total\)/],
  },
  {
    situation: "the sign of the euro behind amounts with points",
    files: { "bill.csv": 'Date;Amount\n17-05-2026;" 110.7 €"\n18-05-2026;"6.62 €"\n19-05-2026;" -9.78 €"\n' },
    commands: [map("bill.csv", "date:DMY=Date,cost=Amount", "--currency", "EUR", "--rate", "EUR=1.08")],
    totals: { cost_usd: "116.1432" },
  },
  {
    situation: "the same without a word about the currency",
    files: { "bill.csv": 'Date;Amount\n17-05-2026;"110.7 €"\n' },
    commands: [map("bill.csv", "date:DMY=Date,cost=Amount")],
    refused: "rows_rejected",
  },
  {
    situation: "amounts of a German bank",
    files: { "bill.csv": "Datum;Betrag\n02.11.2026;1.000,00 €\n03.11.2026;-950,00 €\n" },
    commands: [
      map("bill.csv", "date:DMY=Datum,cost:comma=Betrag", "--currency", "EUR", "--rate", "EUR=1.08"),
    ],
    totals: { cost_usd: "54" },
  },
  {
    situation: "negative amounts with the dollar inside and outside parentheses",
    files: { "bill.csv": "Date,Amount\n01/01/2026,$400.00\n01/02/2026,($30.00)\n01/13/2026,$(12.34)\n" },
    commands: [map("bill.csv", "date:MDY=Date,cost=Amount")],
    totals: { cost_usd: "357.66" },
  },
  {
    situation: "amounts that a program wrote as formulas",
    files: { "bill.csv": 'Day,Cost\n2026-11-02,="1.50"\n2026-11-03,"=""2.25"""\n' },
    commands: [map("bill.csv", "date=Day,cost=Cost")],
    totals: { cost_usd: "3.75" },
  },
  {
    situation: "a known export that a German spreadsheet saved again",
    files: {
      "cost.csv":
        "start_time;end_time;start_time_iso;end_time_iso;amount_value;amount_currency;line_item;project_id;organization_id;organization_name\n1793577600;1793664000;2026-11-02T00:00:00;2026-11-03T00:00:00;1,25;usd;gpt-9, input;proj_F1;org-F1;Field\n1793664000;1793750400;2026-11-03T00:00:00;2026-11-04T00:00:00;2,50;usd;gpt-9, output;proj_F1;org-F1;Field\n",
    },
    commands: [["import", "cost.csv"]],
    totals: { cost_usd: "3.75" },
    says: [/decimal commas/],
  },
  ...(
    [
      ["two digits of the year", ["26.06.26", "03/08/26"], "date:DMY=Day,cost=Cost"],
      ["digits only", ["20260621", "20260622"], SIMPLE],
      ["months", ["2026-09", "2026-10"], SIMPLE],
      ["milliseconds since 1970", ["1793577600000", "1793664000000"], SIMPLE],
      ["single digits", ["2026/9/1", "2026-9-2"], SIMPLE],
      ["the day first, as one of them shows", ["13/11/2026", "03/11/2026"], SIMPLE],
      ["names of months", ["5-Nov-26", "Nov 6, 2026"], SIMPLE],
      ["AM and PM", ["11/5/2026 2:30 PM", "11/14/2026 12:10 AM"], "date:MDY=Day,cost=Cost"],
      ["days of Excel", ["46331", "46332.5"], "date:excel=Day,cost=Cost"],
      ["names of French months", ["5 févr. 2026", "1er août 2026"], SIMPLE],
    ] as const
  ).map(([form, dates, mapping]) => ({
    situation: `dates with ${form}`,
    files: dated(...dates),
    commands: [map("bill.csv", mapping)],
    totals: { cost_usd: "3" },
  })),
  {
    situation: "dates that may begin with the day or the month",
    files: dated("03/04/2026", "04/05/2026"),
    commands: [map("bill.csv", SIMPLE)],
    refused: "dates_ambiguous",
    says: [/date:DMY=… \(2026-04-03 to 2026-05-04\) or date:MDY=… \(2026-03-04 to 2026-04-05\)/],
  },
  {
    situation: "times in UTC of somebody in Berlin",
    files: { "calls.csv": "time_utc,cost\n2026-10-31 23:30:00,5.00\n2026-11-01 12:00:00,1.00\n" },
    commands: [
      ["prefs", "set", "timezone", "Europe/Berlin"],
      map("calls.csv", "date:UTC=time_utc,cost=cost"),
      ["report", "--range", "2026-11", "--by", "month"],
    ],
    says: [/2026-11 +\$6\.00/],
  },
  {
    situation: "times without a zone",
    files: { "calls.csv": "time,cost\n2026-10-31 23:30:00,5.00\n" },
    commands: [["prefs", "set", "timezone", "Europe/Berlin"], map("calls.csv", "date=time,cost=cost")],
    totals: { cost_usd: "5" },
    says: [/1 time without a time zone read as Europe\/Berlin, your own/, /date:UTC=…/],
  },
  {
    situation: "a subtotal and a total with a date",
    files: { "invoice.csv": INVOICE },
    commands: [map("invoice.csv", "date=Month,model=Description,cost=Amount")],
    totals: { cost_usd: "17.85" },
    says: [/Subtotal \(line 4\), Total \(line 6\)/],
  },
  {
    situation: "a total that is not the sum",
    files: { "invoice.csv": INVOICE.replace("17.85", "18.85") },
    commands: [map("invoice.csv", "date=Month,model=Description,cost=Amount")],
    refused: "rows_rejected",
  },
  {
    situation: "a German total below decimal commas",
    files: {
      "invoice.csv": "Monat;Was;Betrag\n2026-11-01;ein;1,50\n2026-11-02;aus;2,25\n2026-11-30;Summe;3,75\n",
    },
    commands: [map("invoice.csv", "date=Monat,model=Was,cost=Betrag")],
    totals: { cost_usd: "3.75" },
  },
  {
    situation: "the whole bill of a cloud, of which only some rows are AI",
    files: { "azure.csv": AZURE },
    commands: [
      [
        "import",
        "azure.csv",
        "--only",
        "MeterCategory=Cognitive Services",
        "--map",
        AZURE_MAP,
        "--provider",
        "azure",
      ],
    ],
    totals: { cost_usd: "3.25" },
    says: [/left out by --only or --except: 1 row, \$2\.64/],
  },
  {
    situation: "the same in a file of a reseller, with a saved mapping, for the next file",
    files: {
      "azure.csv": AZURE.replace("CostInBillingCurrency", "Resold"),
      "next.csv": AZURE.replace("CostInBillingCurrency", "Resold").replaceAll("11/", "10/"),
    },
    commands: [
      [
        "import",
        "azure.csv",
        "--except",
        "MeterCategory=Virtual Machines",
        "--map",
        AZURE_MAP.replace("CostInBillingCurrency", "Resold"),
        "--provider",
        "azure",
        "--save-map",
        "azure",
      ],
      ["import", "next.csv"],
    ],
    totals: { cost_usd: "6.5" },
    says: [/left out by --only or --except: 1 row, \$2\.64/],
  },
  {
    situation: "the same, known by its columns: only the meters for AI count",
    files: { "azure.csv": AZURE },
    commands: [["import", "azure.csv"]],
    totals: { cost_usd: "3.25" },
    says: [/1 skipped \(other services\)/],
  },
  {
    situation: "an export that repeats the whole spend for every model",
    files: {
      "models.csv":
        'Date,Team,Team ID,Model,Spend ($),Requests,Successful,Failed,Total Tokens\n2026-11-02,Core,t-1,m-a,"1,204.1250",30,30,0,9000\n2026-11-02,Core,t-1,m-b,"1,204.1250",30,30,0,9000\n',
    },
    commands: [map("models.csv", "date=Date,model=Model,cost=Spend ($)")],
    refused: "export_unusable",
    says: [/without models/],
  },
  {
    situation: "three columns of input that are apart",
    files: {
      "usage-events.csv":
        "Date,Model,Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens\n2026-11-05T10:00:00.000Z,composer-9,100,200,300,40\n2026-11-05T11:00:00.000Z,gpt-9,0,50,0,5\n",
    },
    commands: [
      map(
        "usage-events.csv",
        "date=Date,input_tokens=Input (w/o Cache Write)+Cache Read+Input (w/ Cache Write),cache_read_tokens=Cache Read,cache_write_tokens=Input (w/ Cache Write),output_tokens=Output Tokens",
      ),
    ],
    totals: { input_tokens: 650, output_tokens: 45, cache_read_tokens: 300, cache_write_tokens: 100 },
  },
  {
    situation: "more cached tokens than input tokens",
    files: { "usage.csv": "Date,In,Read\n2026-11-05,200,300\n" },
    commands: [map("usage.csv", "date=Date,input_tokens=In,cache_read_tokens=Read")],
    refused: "rows_rejected",
  },
  {
    situation: "rows that end in a semicolon which the header lacks",
    files: { "a.csv": "Day;Model;Cost\n2026-11-02;m-a;1.25;\n2026-11-03;m-a;2.50;\n" },
    commands: [map("a.csv", SIMPLE)],
    totals: { cost_usd: "3.75" },
  },
  {
    situation: "one row that ends in a semicolon among others that do not",
    files: { "a.csv": "Day;Model;Cost\n2026-11-02;m-a;1.25\n2026-11-03;m-a;2.50;\n" },
    commands: [map("a.csv", SIMPLE)],
    refused: "rows_rejected",
  },
  ...(["sep=|\n", "", "sep=^\n", "\ufeffsep=¦\r\n"] as const).map((first) => {
    const sign = /sep=(.)/.exec(first)?.[1] ?? "|";
    const rows = ["Day|Model|Cost", "2026-11-02|m-a|1.50", "2026-11-03|m-a|2.50"];
    return {
      situation: `fields divided by ${sign} below “${first.trim()}”`,
      files: { "a.csv": `${first}${rows.join("\n").replaceAll("|", sign)}\n` },
      commands: [map("a.csv", SIMPLE)],
      totals: { cost_usd: "4" },
    };
  }),
  {
    situation: "umlauts in Windows-1252",
    files: { "a.csv": latin1("Datum;Projekt;Kosten\n2026-11-02;Büro Köln;4,20\n") },
    commands: [map("a.csv", "date=Datum,model=Projekt,cost=Kosten")],
    refused: "file_binary",
    says: [/UTF-8/],
  },
  {
    situation: "an export without dates",
    files: {
      "aggregated.csv":
        "Model,Request Count,Input (w/o Cache Write),Cost ($)\ncomposer-9,12,5000,1.25\ngpt-9,3,900,0.40\n",
    },
    commands: [["import", "aggregated.csv"]],
    refused: "export_unusable",
    says: [/--period YYYY-MM/],
  },
  {
    situation: "the same, mapped",
    files: {
      "aggregated.csv":
        "Model,Request Count,Input (w/o Cache Write),Cost ($)\ncomposer-9,12,5000,1.25\ngpt-9,3,900,0.40\n",
    },
    commands: [map("aggregated.csv", "model=Model,cost=Cost ($),requests=Request Count")],
    refused: "map_incomplete",
    says: [/--period/],
  },
  {
    situation: "the same, of a month",
    files: {
      "aggregated.csv":
        "Model,Request Count,Input (w/o Cache Write),Cost ($)\ncomposer-9,12,5000,1.25\ngpt-9,3,900,0.40\n",
    },
    commands: [
      map("aggregated.csv", "model=Model,cost=Cost ($),requests=Request Count", "--period", "2026-11"),
    ],
    totals: { cost_usd: "1.65" },
  },
  {
    situation: "JSON instead of CSV",
    files: { "traces.json": '[{"id":"t-1","totalCost":0.5},{"id":"t-2","totalCost":0.7}]' },
    commands: [["import", "traces.json"]],
    refused: "file_json",
    says: [/it is JSON/, /Choose CSV/],
  },
  {
    situation: "a web page instead of CSV",
    files: { "usage.csv": "<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>\n" },
    commands: [["import", "usage.csv"]],
    refused: "file_html",
    says: [/a web page/],
  },
  {
    situation: "a bill as PDF",
    files: { "invoice.csv": "%PDF-1.7\n%âãÏÓ\n1 0 obj\n" },
    commands: [["import", "invoice.csv"]],
    refused: "file_pdf",
  },
  {
    situation: "JSON of a provider's API instead of CSV",
    files: {
      "costs.csv":
        '{"object":"page","data":[{"object":"bucket","results":[{"object":"organization.costs.result","amount":{"value":0.06}}]}]}',
    },
    commands: [["import", "costs.csv"]],
    refused: "file_json",
    says: [/at https:\/\/platform\.openai\.com\/usage\./],
  },
  {
    situation: "a bill as PDF that names its provider",
    files: { "invoice.csv": "%PDF-1.7\n1 0 obj\n<</A<</URI(https://console.anthropic.com/settings)>>>>\n" },
    commands: [["import", "invoice.csv"]],
    refused: "file_pdf",
    says: [/at https:\/\/platform\.claude\.com, on the pages Cost and Usage\./],
  },
  {
    situation: "a web page that names two providers",
    files: {
      "usage.csv":
        '<html><a href="https://openrouter.ai">1</a><a href="https://cursor.com/dashboard">2</a></html>',
    },
    commands: [["import", "usage.csv"]],
    refused: "file_html",
    says: [/button to export CSV\./, /^(?![^]*https:)/],
  },
  {
    situation: "a column whose name says euros, without a word on the currency",
    files: { "bill.csv": "Day,Cost (EUR)\n2026-11-02,5\n" },
    commands: [map("bill.csv", "date=Day,cost=Cost (EUR)")],
    refused: "bad_currency",
    says: [/“Cost \(EUR\)” is in EUR by its name/, /--currency EUR/],
  },
  {
    situation: "the same, with the currency",
    files: { "bill.csv": "Day,Cost (EUR)\n2026-11-02,5\n" },
    commands: [map("bill.csv", "date=Day,cost=Cost (EUR)", "--currency", "EUR", "--rate", "EUR=1.1")],
    totals: { cost_usd: "5.5" },
  },
  {
    situation: "a column of cents",
    files: { "bill.csv": "Day,Cost (cents)\n2026-11-02,1250\n" },
    commands: [map("bill.csv", "date=Day,cost=Cost (cents)")],
    refused: "map_scaled",
    says: [/is in cents by its name/],
  },
  {
    situation: "UTF-16 without a byte order mark",
    files: { "bill.csv": Buffer.from("Day,Team,Cost\n2026-11-02,Büro,1.25\n", "utf16le") },
    commands: [map("bill.csv", "date=Day,cost=Cost")],
    totals: { cost_usd: "1.25" },
  },
  {
    situation: "rows whose last empty cells a spreadsheet left out",
    files: { "bill.csv": "Day,Model,Cost,Team,Note\n2026-11-02,m-a,1.25,x,y\n2026-11-03,m-a,2.50\n" },
    commands: [map("bill.csv", SIMPLE)],
    totals: { cost_usd: "3.75" },
  },
  {
    situation: "a total with a date in a known export that was saved again",
    files: {
      "cost.csv":
        "usage_date_utc,model,token_type,cost_usd\n2026-11-02,Claude Opus 5,output,2\n2026-11-03,Claude Opus 5,output,3\n2026-11-03,Total,,5\n",
    },
    commands: [["import", "cost.csv"]],
    totals: { cost_usd: "5" },
    says: [/left out as the sum of rows above: Total \(line 4\), \$5\.00/],
  },
  {
    situation: "months as columns",
    files: { "pivot.csv": "Service,Sep 2026,Oct 2026,Nov 2026\nOpenAI,1.00,2.00,3.00\n" },
    commands: [["import", "pivot.csv"]],
    refused: "table_pivot",
    says: [/one row a day or month/],
  },
  {
    situation: "unexpected words and a foreign currency in a known export",
    files: {
      "usage-events.csv":
        'Date,Kind,Model,Input (w/o Cache Write),Output Tokens,Cost\n"2026-11-05T10:02:00.000Z","On-Demand","auto","2","4","0.30"\n"2026-11-05T10:10:00.000Z","On-Demand","auto","2","4","EUR 3,50"\n"2026-11-05T10:11:00.000Z","On-Demand","auto","1,2","4","0.05"\n',
    },
    commands: [["import", "usage-events.csv"]],
    refused: "rows_rejected",
  },
  {
    situation: "a long id and a moment that a spreadsheet destroyed",
    files: {
      "activity.csv":
        "generation_id,created_at,cost_total\n1.11122E+11,2026-11-05 13:46:19,1\ngen-1,46:19.9,1\n",
    },
    commands: [["import", "activity.csv"]],
    refused: "rows_rejected",
  },
  {
    situation: "providers that aicost does not know",
    files: {
      "bill.csv": "Day,Vendor,Cost\n2026-11-02,Acme AI,1.50\n2026-11-03,beta.ai,2\n2026-11-03,mistral,2\n",
    },
    commands: [["import", "bill.csv", "--map", "date=Day,provider=Vendor,cost=Cost"]],
    refused: "provider_unknown",
    says: [/names 2 providers that aicost does not know: acme-ai, beta\.ai\./, /--add-providers/],
  },
  {
    situation: "the same, which are added",
    files: {
      "bill.csv": "Day,Vendor,Cost\n2026-11-02,Acme AI,1.50\n2026-11-03,beta.ai,2\n2026-11-03,mistral,2\n",
    },
    commands: [["import", "bill.csv", "--map", "date=Day,provider=Vendor,cost=Cost", "--add-providers"]],
    totals: { cost_usd: "5.5" },
  },
  {
    situation: "a rate that a saved mapping does not keep",
    files: { "bill.csv": "Day,Cost\n2026-11-02,2\n" },
    commands: [
      map("bill.csv", "date=Day,cost=Cost", "--currency", "EUR", "--rate", "EUR=1.08", "--save-map", "mine"),
    ],
    totals: { cost_usd: "2.16" },
    says: [/“mine” does not keep the rate of EUR/, /aicost rates set EUR 1\.08/],
  },
  {
    situation: "a rate that is missing",
    files: { "bill.csv": "Day,Cost\n2026-11-02,2\n" },
    commands: [map("bill.csv", "date=Day,cost=Cost", "--currency", "EUR")],
    refused: "currency_rate_missing",
    says: [/--rate EUR=NUMBER/],
  },
  ...(
    [
      [
        "a decimal comma without quotes that falls into a column of notes",
        "Day,Model,Cost,Note,\n2026-11-01,a,1,50,\n2026-11-02,a,2,,\n",
        [/write "1,50" in quotes/],
      ],
      [
        "the same in a row that is longer than the others",
        "Day,Model,Cost,Note\n2026-11-01,a,1,50\n2026-11-02,a,2\n",
        [/bill\.csv:2 {2}Cost: “1” may be the first half of 1,50/],
      ],
      [
        "amounts that are bounds, shares, cents or rounded",
        "Day;Model;Cost\n2026-11-01;a;<0.01\n2026-11-01;a;12%\n2026-11-01;a;150¢\n2026-11-01;a;1.2k\n2026-11-01;a;n/a\n",
        [
          /“<0\.01” is only a bound/,
          /“12%” is a percentage/,
          /“150¢” is in cents/,
          /“1\.2k” is rounded/,
          /“n\/a” does not say how much it is/,
        ],
      ],
      [
        "weeks, quarters and spans instead of days",
        "Day;Model;Cost\n2026-W25;a;1.00\nQ2 2026;a;1.00\n2026-06-01 - 2026-06-30;a;1.00\n",
        [/is a week/, /is a quarter/, /is a span of days/],
      ],
      [
        "files that were put one below the other",
        "Day,Model,Cost\n2026-11-01,a,1.00\nDay,Model,Cost\n2026-11-02,a,2.00\n",
        [/bill\.csv:3 {2}a header comes again/],
      ],
      [
        "the sum of a group that is not its sum",
        "Day,Model,Cost\n2026-11-01,a,1.00\na Total,,7.00\n",
        [/bill\.csv:3 .*not the sum of the rows above it \(1\)/],
      ],
      [
        "a sum without a word",
        "Day,Model,Cost\n2026-11-01,a,1.00\n,,1.00\n",
        [/bill\.csv:3 {2}Day: the cell is empty/],
      ],
    ] as const
  ).map(([situation, content, says]): FieldCase => ({
    situation,
    files: { "bill.csv": content },
    commands: [map("bill.csv", SIMPLE)],
    refused: "rows_rejected",
    says: [...says],
  })),
  ...(["cost_micros", "costCents", "Cost (K)", "Cost in Mio."] as const).map((column): FieldCase => ({
    situation: `amounts in parts or multiples: ${column}`,
    files: { "bill.csv": `Day,${column}\n2026-11-01,1500\n` },
    commands: [map("bill.csv", `date=Day,cost=${column}`)],
    refused: "map_scaled",
    says: [/by its name, and aicost reads whole units/],
  })),
  {
    situation: "words and dashes instead of an amount",
    files: {
      "bill.csv": "Day;Model;Cost\n2026-11-02;b;2.00\n2026-11-01;a;-\n2026-11-01;b;free\n2026-11-02;a;$ -\n",
    },
    commands: [map("bill.csv", SIMPLE)],
    totals: { cost_usd: "2", record_count: 4 },
  },
  {
    situation: "a numeric note beside other notes, and seats beside whole amounts",
    files: {
      "notes.csv": "Day,Model,Cost,Note\n2026-11-01,a,1,50\n2026-11-02,a,2,for tests\n",
      "seats.csv": "Day,Model,Cost,Seats\n2026-11-01,a,30,5\n2026-11-02,a,2.50,\n",
    },
    commands: [map("notes.csv", SIMPLE), map("seats.csv", SIMPLE)],
    totals: { cost_usd: "35.5" },
  },
  ...(["합계", "Toplam", "Razem", "Gesamtergebnis", "Totale generale", "総計", "Yhteensä"] as const).map(
    (word): FieldCase => ({
      situation: `a row with a date that is called ${word}`,
      files: {
        "bill.csv": `Day,Model,Cost\n2026-11-01,a,1.00\n2026-11-02,b,2.00\n2026-11-02,${word},3.00\n`,
      },
      commands: [map("bill.csv", SIMPLE)],
      totals: { cost_usd: "3" },
      says: [new RegExp(`left out as the sum of rows above: ${word} \\(line 4\\)`)],
    }),
  ),
  {
    situation: "the sums of groups that a spreadsheet inserted",
    files: {
      "bill.csv":
        "Day,Model,Cost\n2026-11-01,a,1.00\n2026-11-02,a,2.00\na Total,,3.00\n2026-11-01,b,5.00\n,Summe b,5.00\nTotal for November,,8.00\n",
    },
    commands: [map("bill.csv", SIMPLE)],
    totals: { cost_usd: "8", record_count: 3 },
    says: [/a Total \(line 4\), Summe b \(line 6\), Total for November \(line 7\)/],
  },
  {
    situation: "dates in Chinese, Japanese and Korean",
    files: {
      "bill.csv": "Day;Model;Cost\n2026年6月21日;a;1.00\n2026年5月;a;1.00\n2026년 6월 3일;a;1.00\n",
    },
    commands: [map("bill.csv", SIMPLE)],
    totals: { cost_usd: "3" },
    says: [/2026-05-01 to 2026-06-21/],
  },
  {
    situation: "a name of a column on two lines",
    files: { "bill.csv": 'Day,"Cost\n(USD)"\n2026-11-01,1.00\n' },
    commands: [map("bill.csv", 'date=Day,cost="Cost (USD)"')],
    totals: { cost_usd: "1" },
  },
  {
    situation: "months without a year side by side",
    files: { "bill.csv": "Modell;Januar;Februar;März\na;1;2;3\n" },
    commands: [["import", "bill.csv"]],
    refused: "table_pivot",
    says: [/Januar … März in line 1/],
  },
  {
    situation: "an unknown export whose rows begin and end on days",
    files: {
      "e.csv":
        "start_time,end_time,start_time_iso,end_time_iso,surprise\n1793577600,1793664000,2026-11-02T00:00:00,2026-11-03T00:00:00,\n",
    },
    commands: [["import", "e.csv"]],
    refused: "format_unknown",
    says: [/Its columns: start_time, end_time, start_time_iso, end_time_iso, surprise/],
  },
  {
    situation: "an unknown first column in a Cost Explorer export",
    files: {
      "c.csv":
        '"Row","Service","Amazon Bedrock($)","Total costs($)"\n"1","Service total","5","5"\n"2","2026-11-01","2","2"\n"3","2026-11-02","3","3"\n',
      "d.csv":
        '"Tag: team(x)","Amazon Bedrock($)","Total costs($)"\n"Tag: team(x) total","7","7"\n"2026-10-01","7","7"\n',
    },
    commands: [
      ["import", "c.csv"],
      ["import", "d.csv"],
    ],
    totals: { cost_usd: "12" },
  },
];
