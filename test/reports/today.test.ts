import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plain, sum } from "../../src/lib/money.js";
import { daysOfToday, todaySpend } from "../../src/lib/reports/today.js";
import type { DailySpend } from "../../src/lib/api.js";
import { anySpend, covering, spend } from "./daily-spend.js";

/** With data until that day. */
const on = (date: string, days: DailySpend[]) =>
  todaySpend(days, covering({ openai: [["2025-01-01", date]] }), {
    date,
    timezone: "UTC",
    as_of: "2026-11-10T08:00:00Z",
    current: true,
  });

const costs = (date: string, days: DailySpend[]) => {
  const { today, yesterday, month, pace_usd } = on(date, days);
  return {
    today: today.cost_usd,
    yesterday: yesterday.cost_usd,
    month: month.cost_usd,
    pace: pace_usd,
  };
};

describe("daysOfToday", () => {
  it.each([
    ["2026-11-15", "2026-11-01", "2026-11-30"],
    ["2026-11-01", "2026-10-31", "2026-11-30"],
    ["2026-01-01", "2025-12-31", "2026-01-31"],
    ["2026-02-28", "2026-02-01", "2026-02-28"],
    ["2028-02-29", "2028-02-01", "2028-02-29"],
    ["2028-03-01", "2028-02-29", "2028-03-31"],
  ])("of %s are %s to %s", (date, from, to) => {
    expect(daysOfToday(date)).toEqual({ from, to });
  });
});

describe("todaySpend", () => {
  it("sums today, yesterday and the month, and goes on at the rate of its days so far", () => {
    const days = [
      spend({ date: "2026-10-31", usage_usd: "500" }),
      spend({ date: "2026-11-02", usage_usd: "10" }),
      spend({ date: "2026-11-09", usage_usd: "1.5", estimated_usd: "0.5" }),
      spend({ date: "2026-11-10", usage_usd: "3" }),
      spend({ date: "2026-11-10", model: null, estimated_usd: "1" }),
    ];
    expect(costs("2026-11-10", days)).toEqual({ today: "4", yesterday: "2", month: "16", pace: "48" });
  });

  it("knows yesterday on the first of a month, and counts that day as a whole one", () => {
    const days = [
      spend({ date: "2026-01-31", usage_usd: "7" }),
      spend({ date: "2026-02-01", usage_usd: "2" }),
    ];
    expect(costs("2026-02-01", days)).toEqual({ today: "2", yesterday: "7", month: "2", pace: "56" });
  });

  it("counts renewals to come in the pace of their month only", () => {
    const charges = [
      // Today's is among the rows.
      { date: "2026-11-10", usd: "100" },
      { date: "2026-11-11", usd: "20" },
      { date: "2026-11-30", usd: "0.5" },
      { date: "2026-12-01", usd: "100" },
    ];
    const days = [spend({ date: "2026-11-10", usage_usd: "10" })];
    const known = { date: "2026-11-10", timezone: "UTC", as_of: "2026-11-10T08:00:00Z", current: true };
    const covered = covering({ openai: [["2026-11-01", "2026-11-10"]] });
    expect(todaySpend(days, covered, known, { forecast: null, charges }).pace_usd).toBe("50.5");
  });

  it("comes to what the month has cost on its last day", () => {
    const days = [
      spend({ date: "2026-02-03", usage_usd: "0.1" }),
      spend({ date: "2026-02-28", usage_usd: "0.2" }),
    ];
    expect(costs("2026-02-28", days)).toMatchObject({ month: "0.3", pace: "0.3" });
  });

  it("counts flat fees once, also those that are booked for a day to come", () => {
    const days = [
      spend({ date: "2026-11-01", subscription_usd: "20" }),
      spend({ date: "2026-11-03", usage_usd: "6" }),
      spend({ date: "2026-11-28", subscription_usd: "100" }),
    ];
    expect(costs("2026-11-03", days)).toMatchObject({ today: "6", month: "26", pace: "180" });
  });

  it("takes credits as they are", () => {
    const days = [spend({ date: "2026-11-02", usage_usd: "-4.25" })];
    expect(costs("2026-11-02", days)).toMatchObject({ today: "-4.25", month: "-4.25", pace: "-63.75" });
  });

  it("is zero if nothing is booked", () => {
    expect(costs("2026-11-02", [])).toEqual({ today: "0", yesterday: "0", month: "0", pace: "0" });
    expect(on("2026-11-02", []).today.record_count).toBe(0);
  });

  it("rounds a pace that has no end to what the database keeps", () => {
    expect(costs("2026-11-07", [spend({ date: "2026-11-07", usage_usd: "1" })]).pace).toBe("4.2857142857");
  });

  it("never loses or invents money", () => {
    fc.assert(
      fc.property(fc.array(anySpend), fc.integer({ min: 0, max: 500 }), (days, n) => {
        const date = new Date(Date.UTC(2025, 9, 1 + n)).toISOString().slice(0, 10);
        const first = `${date.slice(0, 7)}-01`;
        const until = days.filter((day) => day.date >= first && day.date <= date);
        expect(on(date, days).month.cost_usd).toBe(plain(sum(until.map((day) => day.cost_usd))));
      }),
    );
  });
});
