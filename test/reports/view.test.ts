import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decimal, plain, rounded, sum } from "../../src/lib/money.js";
import { averageOf } from "../../src/lib/reports/average.js";
import { COLUMN_FIELDS, COLUMN_NAMES, parseColumns, withRatios } from "../../src/lib/reports/columns.js";
import { compareReports } from "../../src/lib/reports/compare.js";
import { checkFill, filledReport } from "../../src/lib/reports/fill.js";
import { rankedKey } from "../../src/lib/reports/groups.js";
import { SORT_KEYS, sorted } from "../../src/lib/reports/order.js";
import { cachedShare, usdPerMtok } from "../../src/lib/reports/ratios.js";
import { GROUP_KEYS, type GroupKey, isBlank, type SpendReport } from "../../src/lib/reports/report.js";
import { spendReport } from "../../src/lib/reports/spend.js";
import { sumSpend } from "../../src/lib/reports/sum.js";
import { topGroups } from "../../src/lib/reports/top.js";
import { viewOf } from "../../src/lib/reports/view.js";
import type { DailySpend, FineSpend } from "../../src/lib/api.js";
import { anySpend, covering, november, october, spend } from "./daily-spend.js";

const NOVEMBER = { from: "2026-11-01", to: "2026-11-30" };

const report = (days: DailySpend[], groupBy: GroupKey[], range = NOVEMBER): SpendReport =>
  spendReport(days, { range, timezone: "UTC", groupBy });

const anyDays = fc.array(anySpend, { maxLength: 25 });
const anyKeys = fc.uniqueArray(fc.constantFrom(...GROUP_KEYS), { minLength: 1, maxLength: 2 });

const plainFlags = { compare: false, fill: false, isTable: true };

describe("sorted", () => {
  const names = (days: DailySpend[], order: Parameters<typeof sorted>[2], key: GroupKey = "provider") =>
    sorted(report(days, [key]).rows, [key], order).map((row) => row[key]);

  it("puts the most expensive first, names in order, the most tokens first, and turns each round", () => {
    expect(names(november, { sort: "cost" }).slice(0, 3)).toEqual(["openai", "anthropic", "claude-desktop"]);
    expect(names(november, { sort: "name" }).slice(0, 3)).toEqual(["anthropic", "claude-desktop", "cursor"]);
    expect(names(november, { sort: "tokens" }).slice(0, 2)).toEqual(["openai", "anthropic"]);
    expect(names(november, { sort: "name", reverse: true })[0]).toBe("openrouter");
    expect(names(november, { reverse: true }, "day")[0]).toBe("2026-11-20");
    expect(names(november, { sort: "cost" }, "day")[0]).toBe("2026-11-03");
  });

  it("keeps what is not known last, in both directions", () => {
    const days = [
      spend({ provider: "a" }),
      spend({ provider: "b", input_tokens: 1 }),
      spend({ provider: "c", input_tokens: 2 }),
    ];
    expect(names(days, { sort: "tokens" })).toEqual(["c", "b", "a"]);
    expect(names(days, { sort: "tokens", reverse: true })).toEqual(["b", "c", "a"]);
  });

  it("puts the biggest change first", () => {
    const { rows } = compareReports(report(november, ["provider"]), report(october, ["provider"]));
    const changes = sorted(rows, ["provider"], { sort: "change" }).map((row) => Number(row.change_usd));
    expect(changes).toEqual(changes.toSorted((a, b) => b - a));
  });

  it("changes no row, and leaves the sum of the others last", () => {
    const order = fc.record({
      sort: fc.option(fc.constantFrom(...SORT_KEYS), { nil: undefined }),
      reverse: fc.boolean(),
    });
    fc.assert(
      fc.property(anyDays, anyKeys, order, fc.integer({ min: 1, max: 4 }), (days, groupBy, by, count) => {
        const { rows, totals } = topGroups(report(days, groupBy), count);
        const found = sorted(rows, groupBy, by);
        expect(new Set(found)).toEqual(new Set(rows));
        expect(sumSpend(found)).toEqual(sumSpend(rows));
        expect(plain(sum(found.map((row) => row.cost_usd)))).toBe(totals.cost_usd);
        if (groupBy[0] === rankedKey(groupBy)) {
          const others = found.map((row) => row.others !== undefined);
          expect(others).toEqual(others.toSorted());
        }
      }),
    );
  });

  it("refuses to sort by a change that is not there", () => {
    const refused = { code: "bad_sort" };
    expect(() => viewOf({ ...plainFlags, sort: "change" }, ["provider"])).toThrow(
      expect.objectContaining(refused) as Error,
    );
    expect(() => viewOf({ ...plainFlags, compare: true, sort: "change" }, ["day"])).toThrow(
      expect.objectContaining(refused) as Error,
    );
    expect(viewOf({ ...plainFlags, compare: true, sort: "change" }, ["provider"]).sort).toBe("change");
  });
});

describe("columns", () => {
  it("are read in order, once each", () => {
    expect(parseColumns("Cost, input,cost", false)).toEqual(["cost", "input"]);
    expect(parseColumns(COLUMN_NAMES.join(","), true)).toEqual(COLUMN_NAMES);
  });

  it.each([
    ["price", false, "no column “price”"],
    ["constructor", false, "no column “constructor”"],
    ["", false, "no column “”"],
    ["change", false, "needs a comparison"],
  ])("refuses %j", (text, compared, words) => {
    expect(() => parseColumns(text, compared)).toThrow(words);
  });

  it("are one in a table by two keys, and as many as one likes elsewhere", () => {
    const view = (columns: string, isTable: boolean) =>
      viewOf({ ...plainFlags, columns, isTable }, ["day", "provider"]).columns;
    expect(() => view("cost,input", true)).toThrow("Each cell has one number");
    expect(() => view("share", true)).toThrow("not a number to sum");
    expect(view("input", true)).toEqual(["input"]);
    expect(view("cost,share", false)).toEqual(["cost", "share"]);
  });

  it("add to rows and totals what they compute, and nothing that nobody asked for", () => {
    const whole = report(november, ["provider"]);
    expect(withRatios(whole, ["cost"])).toEqual(whole);
    const asked = { previous_usd: 0, change_usd: 0, change_percent: 0, saved_usd: 0 };
    const found = withRatios(whole, ["per-mtok", "tokens", "cached-share"]);
    expect(found.totals).toMatchObject({ tokens: 117_614_045, cached_share: "64.6" });
    expect(found.rows[0]).toMatchObject({
      provider: "openai",
      usd_per_mtok: plain(rounded(decimal("1212595771").div(101_994_045), 10)),
      tokens: 101_994_045,
    });
    expect(Object.values(COLUMN_FIELDS).every((field) => field in { ...found.rows[0], ...asked })).toBe(true);
  });
});

describe("cost per million tokens", () => {
  it("leaves out flat fees and tokens without a price, and is exact", () => {
    const tokens = { input_tokens: 2_000_000, output_tokens: 1_000_000 };
    expect(usdPerMtok(spend({ usage_usd: "0.3", subscription_usd: "20", ...tokens }))).toBe("0.1");
    expect(usdPerMtok(spend({ usage_usd: "0.3", ...tokens, unpriced_tokens: 2_000_000 }))).toBe("0.3");
    expect(usdPerMtok(spend({ estimated_usd: "1", input_tokens: 3 }))).toBe("333333.3333333333");
  });

  it("is not known without tokens, or if the money is not beside them", () => {
    expect(usdPerMtok(spend({ usage_usd: "1" }))).toBeNull();
    expect(usdPerMtok(spend({ input_tokens: 5 }))).toBeNull();
    expect(usdPerMtok(spend({ usage_usd: "1", input_tokens: 5, unpriced_tokens: 5 }))).toBeNull();
    expect(usdPerMtok(spend({ billed_count: 1, input_tokens: 5 }))).toBe("0");
  });

  it("gives the cost again, to a ten-billionth per million tokens", () => {
    const tokens = fc.integer({ min: 1, max: 10 ** 12 });
    fc.assert(
      fc.property(anySpend, tokens, (day, input_tokens) => {
        const one = { ...day, input_tokens, output_tokens: null, unpriced_tokens: 0, billed_count: 1 };
        const cost = sum([one.usage_usd, one.extra_usage_usd, one.estimated_usd]);
        const per = decimal(usdPerMtok(one)!);
        const off = per.times(input_tokens).div(1_000_000).minus(cost).abs();
        expect(off.lte(decimal("1e-10").times(input_tokens).div(1_000_000).plus("1e-10"))).toBe(true);
      }),
    );
  });
});

describe("the share of cached input", () => {
  it.each([
    [null, 5, null],
    [10, null, null],
    [0, 0, null],
    [3, 1, "33.3"],
  ])("of %j input tokens, %j of them cached, is %j", (input_tokens, cache_read_tokens, share) => {
    expect(cachedShare(spend({ input_tokens, cache_read_tokens }))).toBe(share);
  });
});

describe("the average", () => {
  const known = covering({ openai: [["2026-10-20", "2026-11-04"]], groq: [["2026-11-07", "2026-11-07"]] });
  const NOV = { from: "2026-11-01", to: "2026-11-30" };

  it("is of usage, over the days with data until today", () => {
    const days = [
      spend({ date: "2026-11-02", usage_usd: "1", input_tokens: 5 }),
      spend({ date: "2026-11-02", usage_usd: "0.5", provider: "groq" }),
      spend({ date: "2026-11-04", estimated_usd: "0.5" }),
      spend({ date: "2026-11-05", subscription_usd: "20" }),
      spend({ date: "2026-11-06", topup_usd: "25" }),
      spend({ date: "2026-11-07", input_tokens: 3 }),
    ];
    const options = { range: NOV, timezone: "UTC", groupBy: ["day"], coverage: known } as const;
    const average = { usd_per_day: "0.4", days: 5, over: "covered" };
    expect(spendReport(days, options).average).toEqual(average);
    expect(spendReport(days, { ...options, groupBy: ["provider", "day"] }).average).toEqual(average);
    expect(spendReport(days, { ...options, today: "2026-11-02" }).average).toEqual({
      ...average,
      usd_per_day: "0.75",
      days: 2,
    });
    expect(spendReport(days, { ...options, groupBy: ["week"] })).not.toHaveProperty("average");
    expect(averageOf([], { covered: [NOV], range: NOV })).toEqual({});
  });

  it("is over days of the calendar if no day is known to have data", () => {
    const days = [spend({ date: "2026-11-02", usage_usd: "3" })];
    const options = { range: NOV, timezone: "UTC", groupBy: ["day"], coverage: covering({}) } as const;
    const average = { usd_per_day: "0.1", days: 30, over: "calendar" };
    expect(spendReport(days, options).average).toEqual(average);
    expect(spendReport(days, { ...options, today: "2026-11-10" }).average).toEqual({
      ...average,
      usd_per_day: "0.3",
      days: 10,
    });
  });

  it("times its days is what is metered", () => {
    fc.assert(
      fc.property(anyDays, (days) => {
        const { average, totals } = report(days, ["day"], { from: "2025-10-01", to: "2027-03-01" });
        if (average === undefined) return;
        const metered = sum([totals.usage_usd, totals.extra_usage_usd, totals.estimated_usd]);
        expect(plain(rounded(metered.div(average.days), 10))).toBe(average.usd_per_day);
      }),
    );
  });
});

describe("--fill", () => {
  it("tells a day of which nothing is known from one without spend", () => {
    const days = [
      spend({ date: "2026-11-02", usage_usd: "3" }),
      spend({ date: "2026-11-06", provider: "groq", usage_usd: "1" }),
    ];
    const coverage = covering({
      openai: [["2026-11-02", "2026-11-05"]],
      groq: [
        ["2026-11-03", "2026-11-03"],
        ["2026-11-06", "2026-11-07"],
      ],
    });
    const range = { from: "2026-11-01", to: "2026-11-08" };
    const costs = (groupBy: GroupKey[]) =>
      filledReport(spendReport(days, { range, timezone: "UTC", groupBy, coverage })).rows.map(
        ({ provider, cost_usd }) => [...(provider === undefined ? [] : [provider]), cost_usd].join(" "),
      );
    // On the 4th and 5th, groq has a gap.
    expect(costs(["day"])).toEqual(["", "3", "0", "", "", "1", "0", ""]);
    expect(costs(["provider", "day"]).filter((cost) => cost.startsWith("groq"))).toEqual(
      ["", "", "0", "", "", "1", "0", ""].map((cost) => `groq ${cost}`),
    );
  });

  it("adds the periods without data, of which nothing is known", () => {
    const { rows, totals } = filledReport(report(november, ["day"]));
    expect(rows).toHaveLength(30);
    expect(rows[0]).toEqual({
      day: "2026-11-01",
      ...Object.fromEntries(Object.keys(sumSpend([])).map((field) => [field, null])),
      share: null,
    });
    expect(rows.map((row) => row.day)).toEqual(rows.map((row) => row.day).toSorted());
    expect(totals).toEqual(report(november, ["day"]).totals);
  });

  it("has each pair of period and group once, and the same sum", () => {
    const keys = fc.constantFrom<GroupKey[]>(
      ["week"],
      ["month"],
      ["month", "provider"],
      ["model", "week"],
      ["weekday", "month"],
    );
    fc.assert(
      fc.property(anyDays, keys, (days, groupBy) => {
        const whole = report(days, groupBy, { from: "2025-10-01", to: "2027-03-01" });
        const { rows } = filledReport(whole);
        const spent = rows.filter((row) => !isBlank(row));
        expect(sumSpend(spent)).toEqual(whole.totals);
        const names = rows.map((row) => JSON.stringify(groupBy.map((key) => row[key])));
        expect(new Set(names).size).toBe(names.length);
        const counts = groupBy.map((key) => new Set(rows.map((row) => row[key])).size);
        expect(rows).toHaveLength(counts.reduce((product, count) => product * count, 1));
      }),
    );
  });

  it("needs a period, all of them, and an end", () => {
    expect(() => checkFill(["provider"], false)).toThrow("needs a day, week or month");
    expect(() => checkFill(["day"], true)).toThrow("--top leaves some out");
    expect(() => checkFill(["day", "provider"], true)).not.toThrow();
    const ages = { from: "1000-01-01", to: "9999-12-31" };
    expect(() => filledReport(report(november, ["day"], ages))).toThrow("3,287,182 rows");
  });
});

describe("weekdays", () => {
  it("are in their order, and sum to the totals", () => {
    fc.assert(
      fc.property(anyDays, (days) => {
        const { rows, totals } = report(days, ["weekday"]);
        const names = rows.map((row) => row.weekday);
        expect(
          ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].filter((name) => names.includes(name)),
        ).toEqual(names);
        expect(sumSpend(rows)).toEqual(totals);
      }),
    );
  });

  it("are compared with those of the period before", () => {
    const { rows } = compareReports(report(november, ["weekday"]), report(october, ["weekday"]));
    expect(rows.find(({ weekday }) => weekday === "Tue")).toMatchObject({
      previous_usd: "800",
      change_usd: "404.5",
    });
  });
});

describe("hours", () => {
  const anyHours = fc.array(
    fc
      .tuple(anySpend, fc.option(fc.nat(23)))
      .map(([day, hour]): FineSpend => ({ ...day, hour, session: null })),
    { maxLength: 25 },
  );

  it("are in their order, and sum with what has none to all spend, however they are divided", () => {
    const second = fc.constantFrom<GroupKey[]>([], ["provider"], ["weekday"], ["day"], ["kind"]);
    fc.assert(
      fc.property(anyHours, second, fc.boolean(), (days, others, isFirst) => {
        const groupBy: GroupKey[] = isFirst ? ["hour", ...others] : [...others, "hour"];
        const { rows, totals, without_hour = sumSpend([]) } = report(days, groupBy);
        expect(sumSpend(rows)).toEqual(totals);
        expect(sumSpend([totals, without_hour])).toEqual(sumSpend(days));
        expect(rows.every(({ hour }) => /^([01]\d|2[0-3])$/.test(hour ?? ""))).toBe(true);
        if (others.length > 0) return;
        const names = rows.map(({ hour }) => hour ?? "");
        expect(names).toEqual(names.toSorted());
      }),
    );
  });

  it("name what they leave out, and only that", () => {
    const call: FineSpend = { ...spend({ usage_usd: "1" }), hour: 9, session: null };
    const day: FineSpend = { ...spend({ usage_usd: "12.3", record_count: 4 }), hour: null, session: null };
    expect(report([call, day], ["hour"])).toMatchObject({
      totals: { cost_usd: "1" },
      without_hour: { cost_usd: "12.3" },
      rows: [{ hour: "09", cost_usd: "1", share: "100.0" }],
      warnings: [expect.stringContaining("Not shown: $12.30 in 4 records of whole days or months") as string],
    });
    expect(report([call], ["hour"])).toMatchObject({ warnings: [] });
    expect(report([call], ["hour"]).without_hour).toBeUndefined();
  });
});

describe("a price by token", () => {
  it("is not given where the money of some provider comes without tokens", () => {
    const priced = spend({ usage_usd: "3", input_tokens: 1_000_000 });
    const of = (...days: DailySpend[]) =>
      withRatios(report(days, ["kind"]), ["per-mtok"]).rows.map(({ usd_per_mtok }) => usd_per_mtok);
    expect(of(priced)).toEqual(["3"]);
    expect(of(priced, spend({ model: null, usage_usd: "1" }))).toEqual(["4"]);
    expect(of(priced, spend({ provider: "groq", usage_usd: "1" }))).toEqual([null]);
    expect(of(priced, spend({ provider: "groq", subscription_usd: "20" }))).toEqual(["3"]);
  });
});

describe("usage in a bill", () => {
  const usage = (row: Partial<DailySpend> = {}) =>
    spend({ model: "gpt-5", input_tokens: 10, in_bill_tokens: 10, ...row });
  const isInBill = (...days: DailySpend[]) =>
    report(days, ["model"]).rows.find(({ model }) => model === "gpt-5")?.in_bill;

  it("is that whose money a bill has, on all days of a row", () => {
    expect(isInBill(usage())).toBe(true);
    expect(isInBill(usage(), usage({ date: "2026-11-09" }))).toBe(true);
    expect(
      isInBill(usage(), usage({ date: "2026-11-09", in_bill_tokens: 0, unpriced_tokens: 10 })),
    ).toBeUndefined();
  });

  it("is not what no bill has, what has a price of its own, or what a plan covers", () => {
    expect(isInBill(usage({ in_bill_tokens: 0 }))).toBeUndefined();
    expect(isInBill(usage({ usage_usd: "1" }))).toBeUndefined();
    expect(isInBill(usage({ estimated_usd: "1" }))).toBeUndefined();
    expect(isInBill(usage({ included_usd: "1" }))).toBeUndefined();
  });
});
