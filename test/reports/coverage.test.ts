import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { previousSpan } from "../../src/lib/dates/previous-span.js";
import { parseRange } from "../../src/lib/dates/ranges.js";
import { coverageOf } from "../../src/lib/reports/coverage.js";
import { coverageReport } from "../../src/lib/reports/coverage-report.js";
import { coverageWarnings, unfinishedWarnings } from "../../src/lib/reports/coverage-warnings.js";
import {
  countDays,
  type DaySpans,
  gapsIn,
  together,
  within,
  without,
} from "../../src/lib/reports/day-spans.js";
import { todaySpend } from "../../src/lib/reports/today.js";
import { covering, spend } from "./daily-spend.js";

const DAYS = 60;
const dateOf = (day: number): string => new Date(Date.UTC(2026, 9, 1 + day)).toISOString().slice(0, 10);
const dates = Array.from({ length: DAYS }, (_, day) => dateOf(day));

/** Any days, as spans, and which these are. */
const anySpans = fc.array(fc.boolean(), { minLength: DAYS, maxLength: DAYS }).map((marks) => {
  const days = new Set(dates.filter((_, at) => marks[at]));
  const spans = dates
    .filter((date, at) => days.has(date) && !days.has(dates[at - 1] ?? ""))
    .map((first) => {
      let last = dates.indexOf(first);
      while (days.has(dates[last + 1] ?? "")) last++;
      return [first, dates[last] ?? first] as const;
    });
  return { days, spans };
});

const daysIn = (spans: DaySpans): string[] =>
  dates.filter((date) => spans.some(([from, to]) => from <= date && date <= to));

describe("spans of days", () => {
  it("are the days of a calendar: together, without others, within a range, and between", () => {
    const end = fc.option(fc.constantFrom(...dates));
    fc.assert(
      fc.property(anySpans, anySpans, end, end, (one, other, from, to) => {
        const has = (keep: (date: string) => boolean) => dates.filter(keep);
        expect(daysIn(together([one.spans, other.spans]))).toEqual(
          has((date) => one.days.has(date) || other.days.has(date)),
        );
        expect(together([one.spans, one.spans])).toEqual(one.spans);
        const rest = without(one.spans, other.spans);
        expect(daysIn(rest)).toEqual(has((date) => one.days.has(date) && !other.days.has(date)));
        expect(countDays(rest)).toBe(daysIn(rest).length);
        expect(daysIn(within(one.spans, { from, to }))).toEqual(
          has((date) => one.days.has(date) && (from === null || date >= from) && (to === null || date <= to)),
        );
        const known = [...one.days].sort();
        expect(daysIn(gapsIn(one.spans))).toEqual(
          has((date) => !one.days.has(date) && date > (known[0] ?? "9") && date < (known.at(-1) ?? "")),
        );
      }),
    );
  });
});

describe("the coverage of a report", () => {
  const coverage = covering({
    anthropic: [["2026-10-05", "2026-11-20"]],
    cursor: [["2026-09-01", "2026-09-30"]],
    openai: [
      ["2026-10-20", "2026-11-03"],
      ["2026-11-06", "2026-11-06"],
      ["2026-11-10", "2026-11-18"],
    ],
  });
  const NOVEMBER = { from: "2026-11-01", to: "2026-11-30" };

  it("is made of the days that some provider tells of, and none has a gap on", () => {
    const known = coverageOf(coverage, NOVEMBER);
    expect(known.covered).toEqual([
      { from: "2026-11-01", to: "2026-11-03" },
      { from: "2026-11-06", to: "2026-11-06" },
      { from: "2026-11-10", to: "2026-11-20" },
    ]);
    expect(known.data_to).toBe("2026-11-20");
    expect(known.providers.map(({ provider, data_to }) => `${provider} ${data_to}`)).toEqual([
      "anthropic 2026-11-20",
      "openai 2026-11-18",
    ]);
    expect(coverageOf(coverage, NOVEMBER, ["Anthropic"]).covered).toEqual([
      { from: "2026-11-01", to: "2026-11-20" },
    ]);
    expect(coverageOf(covering({}), NOVEMBER)).toEqual({ covered: [], data_to: null, providers: [] });
  });

  it("has its gaps named, and where the data end", () => {
    const known = coverageOf(coverage, NOVEMBER);
    const gaps =
      "No data of openai from 2026-11-04 to 2026-11-05, from 2026-11-07 to 2026-11-09 (5 days). See: aicost coverage";
    expect(coverageWarnings(known, "2026-11-29")).toEqual([
      gaps,
      "The data of anthropic end on 2026-11-20: later days are not known.",
      "The data of openai end on 2026-11-18: later days are not known.",
    ]);
    expect(coverageWarnings(known, "2026-11-18")).toEqual([gaps]);
    expect(coverageWarnings(known, null)).toEqual([gaps]);
    const one = coverageOf(coverage, NOVEMBER, ["anthropic"]);
    expect(coverageWarnings(one, "2026-11-29")).toEqual([
      "The data end on 2026-11-20: later days are not known.",
    ]);
    const many = covering({ groq: dates.filter((_, at) => at % 2 === 0).map((date) => [date, date]) });
    expect(coverageWarnings(coverageOf(many, { from: null, to: null }), null)).toEqual([
      "No data of groq on 2026-10-02, on 2026-10-04, on 2026-10-06 and in 26 more gaps (29 days). See: aicost coverage",
    ]);
  });

  it("names imports that are not complete, in one line", () => {
    const cut = (source_name: string, feed: string | null = null) => ({
      id: "2bba2eaa-0000-4000-8000-000000000000",
      source_name,
      feed,
    });
    const lines = (...unfinished: ReturnType<typeof cut>[]) => unfinishedWarnings(covering({}, unfinished));
    expect(lines()).toEqual([]);
    expect(lines(cut("a.csv"))).toEqual([
      "The import of a.csv is not complete: import the file again, or undo it: aicost imports undo 2bba2eaa",
    ]);
    expect(lines(cut("openai API", "openai-costs-api"))).toEqual([
      "The import of openai API is not complete: run aicost sync, or undo it: aicost imports undo 2bba2eaa",
    ]);
    expect(lines(cut("a.csv"), cut("b.csv"), cut("c.csv"), cut("d.csv"))).toEqual([
      "4 imports are not complete: a.csv, b.csv, c.csv and 1 more. See: aicost imports",
    ]);
  });

  it("says what to type for a gap, and for days after the last one unless that is long ago", () => {
    const hints = (today: string) => {
      const collected = { ...coverage.providers["anthropic"]!, collected: true };
      const { providers } = coverageReport(
        [],
        { ...coverage, providers: { ...coverage.providers, anthropic: collected } },
        {
          range: { from: null, to: null },
          timezone: "UTC",
          today,
          whereOf: (provider) => (provider === "openai" ? ["here", "there"] : []),
        },
      );
      return providers.map(({ hint }) => hint);
    };
    const openai = "Download here; or there. Then: aicost import FILE";
    expect(hints("2026-11-20")).toEqual([null, "aicost import FILE", openai]);
    expect(hints("2026-11-21")[0]).toBe("aicost sync --provider anthropic --since 2026-11-21");
    expect(hints("2027-06-01")).toEqual([null, null, openai]);
  });

  it("tells days with data from those on which nothing was used", () => {
    const known = covering({ openai: [["2026-11-01", "2026-11-06"]], groq: [["2026-11-01", "2026-11-01"]] });
    const { providers, by_hand, range } = coverageReport(
      [
        spend({ date: "2026-11-02", usage_usd: "1" }),
        spend({ date: "2026-11-03", input_tokens: 5 }),
        spend({ date: "2026-11-05", subscription_usd: "20" }),
        spend({ date: "2026-11-08", usage_usd: "1" }),
        spend({ date: "2026-11-02", provider: "chatgpt", subscription_usd: "20" }),
      ],
      known,
      { range: { from: null, to: null }, timezone: "UTC", today: "2026-11-09", whereOf: () => [] },
    );
    expect(range).toEqual({ from: "2026-11-01", to: "2026-11-09", timezone: "UTC" });
    expect(by_hand).toEqual(["chatgpt"]);
    expect(providers[1]?.ranges).toEqual([
      { from: "2026-11-01", to: "2026-11-01", state: "empty" },
      { from: "2026-11-02", to: "2026-11-03", state: "data" },
      { from: "2026-11-04", to: "2026-11-06", state: "empty" },
    ]);
  });
});

describe("the pace", () => {
  const pace = (days: Parameters<typeof todaySpend>[0], covers: Parameters<typeof covering>[0]) =>
    todaySpend(days, covering(covers), {
      date: "2026-11-29",
      timezone: "UTC",
      as_of: "2026-11-29T08:00:00Z",
      current: true,
    }).pace_usd;

  it("goes on at the rate of the days with data, each provider by itself", () => {
    const days = [
      spend({ date: "2026-11-02", usage_usd: "10" }),
      spend({ date: "2026-11-02", provider: "groq", usage_usd: "1" }),
      spend({ date: "2026-11-03", provider: "groq", subscription_usd: "7" }),
    ];
    expect(pace(days, { openai: [["2026-10-01", "2026-11-20"]] })).toBe("23");
    expect(pace(days, { openai: [["2026-10-01", "2026-11-20"]], groq: [["2026-11-01", "2026-11-10"]] })).toBe(
      "25",
    );
  });

  it("is none if the month has no day with data, whatever was entered by hand", () => {
    const days = [spend({ date: "2026-11-02", usage_usd: "10" })];
    expect(pace(days, {})).toBeNull();
    expect(pace(days, { openai: [["2026-10-01", "2026-10-31"]] })).toBeNull();
  });

  it("does not count a day twice that was entered by hand where there are no data", () => {
    const days = [
      spend({ date: "2026-11-02", usage_usd: "10" }),
      spend({ date: "2026-11-25", usage_usd: "3" }),
    ];
    expect(pace(days, { openai: [["2026-11-01", "2026-11-10"]] })).toBe("32");
  });
});

describe("the span to compare with", () => {
  const before = (range: string, dataTo: string | null) =>
    previousSpan(parseRange(range, "2026-11-29"), "2026-11-29", dataTo);

  it("has only the same days as those with data, if a period is not over", () => {
    const cut = { from: "2026-10-01", to: "2026-10-20", data_to: "2026-11-20" };
    expect(before("mtd", "2026-11-20")).toEqual(cut);
    expect(before("2026-11", "2026-11-20")).toEqual({ ...cut, unfinished: "month" });
    expect(before("mtd", "2026-11-29")).toEqual({ from: "2026-10-01", to: "2026-10-29" });
    expect(before("mtd", null)).toEqual({ from: "2026-10-01", to: "2026-10-29" });
    expect(before("ytd", "2026-11-20")).toMatchObject({ from: "2025-01-01", to: "2025-11-20" });
    // What is over is compared whole.
    expect(before("2026-10", "2026-10-20")).toEqual({ from: "2026-09-01", to: "2026-09-30" });
    expect(before("10d", "2026-11-20")).toEqual({ from: "2026-11-10", to: "2026-11-19" });
  });
});
