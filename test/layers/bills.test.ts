import { beforeEach, describe, expect, it } from "vitest";
import { keepDatabasesOpen } from "../support/open-database.js";
import { Person } from "./person.js";

keepDatabasesOpen();

let person: Person;
beforeEach(() => {
  person = new Person();
});

const CE = '"Service","Bedrock($)","EC2-Instances($)","Total costs($)"';

/** Of the Cost Explorer: its header, and a line a day or month with what Bedrock cost. */
const explorer = (...lines: readonly (readonly [string, number])[]): string[] => [
  CE,
  `"Service total","${lines.reduce((sum, [, usd]) => sum + usd, 0)}","0","0"`,
  ...lines.map(([day, usd]) => `"${day}","${usd}","1","${usd + 1}"`),
];

const CUR =
  "bill_payer_account_id,line_item_usage_account_id,line_item_line_item_type,line_item_usage_start_date," +
  "line_item_usage_end_date,line_item_product_code,line_item_usage_type,line_item_currency_code,line_item_unblended_cost";

const line = (from: string, to: string, type: string, usd: number, project = "222"): string =>
  `111,${project},${type},${from}T00:00:00Z,${to}T00:00:00Z,AmazonBedrock,USE1-InputTokenCount,USD,${usd}`;

const FOCUS =
  "BilledCost,BillingAccountId,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ProviderName,ServiceCategory,ServiceName,SkuId,SubAccountId";

const charge = (
  from: string,
  to: string,
  usd: number,
  provider = "AWS",
  account = "111",
  sub = "222",
): string =>
  `${usd},${account},USD,Usage,${from}T00:00:00Z,${to}T00:00:00Z,${provider},AI and Machine Learning,Some AI,S1,${sub}`;

const TABLE =
  "Billing account name,Billing account ID,Project name,Project ID,Service description,Service ID,SKU description,SKU ID,Credit type,Cost type,Usage start date,Usage end date,Usage amount,Usage unit,Unrounded Cost ($),Cost ($)";
const REPORT =
  "Date,Service description,Service ID,SKU description,SKU ID,Usage amount,Usage unit,List cost ($),Unrounded subtotal ($),Subtotal ($)";
const month = (usd: number): string =>
  `Me,0A-1,P,p-1,Gemini API,AE,Generate content input token count gemini 3 flash,S1,,Usage,2026-10-01,2026-10-31,100,count,${usd},${usd}`;
const day = (on: number, usd: number): string =>
  `2026-10-0${on},Gemini API,AE,Generate content input token count gemini 3 flash,S1,50,count,${usd},${usd},${usd}`;

describe("a bill of a month and one of its days", () => {
  const files: Record<string, [whole: string[], days: string[]]> = {
    "the Cost Explorer by month and by day": [
      explorer(["2026-10-01", 10], ["2026-11-01", 5]),
      explorer(["2026-10-01", 4], ["2026-10-02", 5.97], ["2026-11-03", 2]),
    ],
    "the Cost Explorer by month and the usage report": [
      explorer(["2026-10-01", 10], ["2026-11-01", 5]),
      [
        CUR,
        line("2026-10-01", "2026-10-02", "Usage", 4),
        line("2026-10-02", "2026-10-03", "Usage", 2.97),
        line("2026-10-01", "2026-11-01", "RIFee", 3),
        line("2026-11-03", "2026-11-04", "Usage", 2),
      ],
    ],
    "FOCUS by month and the usage report": [
      [FOCUS, charge("2026-10-01", "2026-11-01", 10), charge("2026-11-01", "2026-12-01", 5)],
      [CUR, line("2026-10-01", "2026-10-02", "Usage", 9.97), line("2026-11-03", "2026-11-04", "Usage", 2)],
    ],
  };

  it.each(Object.entries(files))("count once, in either order: %s", async (_, [whole, days]) => {
    person.makes("whole.csv", ...whole);
    person.makes("days.csv", ...days);
    await person.imports("days.csv", "whole.csv");
    // October by its days, which come to as much; November as a whole, because its days are too few.
    expect(await person.cost()).toBe("14.97");
    await person.undoes("days.csv");
    expect(await person.cost()).toBe("15");
    await person.imports("days.csv");
    expect(await person.cost()).toBe("14.97");
    await person.undoes("whole.csv");
    expect(await person.cost()).toBe("11.97");
  });

  it("say what hides them", async () => {
    person.makes("table.csv", TABLE, month(10));
    person.makes("report.csv", REPORT, day(1, 2), day(2, 3));
    await person.imports("table.csv");
    expect(await person.imports("report.csv")).toContain("table.csv");
    expect(await person.cost()).toBe("10");
    const shown = await person.shown("report.csv");
    expect(shown).toContain("2026-10-01");
    expect(shown).toContain("table.csv");
    person.makes("longer.csv", REPORT, day(1, 2), day(2, 3), day(3, 5));
    expect(await person.imports("longer.csv")).toContain(
      "1 record of other imports of these days no longer counts",
    );
    expect(await person.cost()).toBe("10");
  });

  it("of other projects add up", async () => {
    person.makes("one.csv", FOCUS, charge("2026-10-01", "2026-11-01", 10));
    person.makes("two.csv", CUR, line("2026-10-01", "2026-10-02", "Usage", 3, "333"));
    await person.imports("one.csv", "two.csv");
    expect(await person.cost()).toBe("13");
  });
});

describe("a FOCUS file", () => {
  const focus = [
    FOCUS,
    charge("2026-10-01", "2026-10-02", 4),
    charge(
      "2026-10-01",
      "2026-10-02",
      7,
      "Microsoft",
      "/providers/Microsoft.Billing/billingAccounts/9",
      "/subscriptions/s",
    ),
    charge("2026-10-01", "2026-10-02", 1, "Mistral AI"),
  ];

  it("and the bills of its providers count once", async () => {
    person.makes("focus.csv", ...focus);
    person.makes("cur.csv", CUR, line("2026-10-01", "2026-10-02", "Usage", 4));
    person.makes(
      "azure.csv",
      "SubscriptionId,BillingAccountId,Date,MeterCategory,MeterName,CostInBillingCurrency,BillingCurrencyCode",
      "s,9,10/01/2026,Azure OpenAI,gpt-5 Inp Tokens,8,USD",
    );
    await person.imports("focus.csv");
    expect(await person.cost()).toBe("12");
    await person.imports("cur.csv", "azure.csv");
    expect(await person.cost()).toBe("13");
    await person.undoes("focus.csv");
    expect(await person.cost()).toBe("12");
    expect(await person.imports("focus.csv")).toContain("azure.csv");
    expect(await person.cost()).toBe("13");
  });

  it("is undone whole, and says before what that comes to", async () => {
    person.makes("focus.csv", ...focus);
    person.makes("cur.csv", CUR, line("2026-10-01", "2026-10-02", "Usage", 3));
    await person.imports("cur.csv", "focus.csv");
    expect(await person.cost()).toBe("12");
    expect(await person.types("imports undo --last --dry-run")).toContain("$3.00");
    await person.types("imports undo --last --yes");
    expect(await person.cost()).toBe("3");
  });
});
