import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plain, sum } from "../../src/lib/money.js";
import { compareReports } from "../../src/lib/reports/compare.js";
import { GROUP_KEYS, type GroupKey } from "../../src/lib/reports/report.js";
import { rankedKey } from "../../src/lib/reports/groups.js";
import { spendReport } from "../../src/lib/reports/spend.js";
import { sumSpend } from "../../src/lib/reports/sum.js";
import { topGroups } from "../../src/lib/reports/top.js";
import type { DailySpend } from "../../src/lib/api.js";
import { anySpend, november, october } from "./daily-spend.js";

const report = (days: DailySpend[], groupBy: GroupKey[]) =>
  spendReport(days, { range: { from: null, to: null }, timezone: "UTC", groupBy });

describe("topGroups", () => {
  it("keeps the biggest groups and sums the others in one row, the last", () => {
    const { rows } = topGroups(report(november, ["provider"]), 2);
    expect(rows.map((row) => [row.provider, row.cost_usd, row.others])).toEqual([
      ["openai", "1212.595771", undefined],
      ["anthropic", "119.124", undefined],
      ["other", "102.5", 4],
    ]);
  });

  it("changes nothing if there are no more groups", () => {
    const whole = report(november, ["provider"]);
    expect(topGroups(whole, 6)).toEqual(whole);
  });

  it("keeps the most expensive days, in the order of time", () => {
    const { rows } = topGroups(report(november, ["day"]), 3);
    expect(rows.map((row) => row.day)).toEqual(["2026-11-03", "2026-11-09", "2026-11-14", "other"]);
  });

  it("in a pivot over time, keeps the biggest groups and sums the others in each period", () => {
    const { rows } = topGroups(report([...october, ...november], ["month", "provider"]), 1);
    expect(rows.map((row) => [row.month, row.provider, row.cost_usd, row.others])).toEqual([
      ["2026-10", "openai", "800", undefined],
      ["2026-10", "other", "223.433", 3],
      ["2026-11", "openai", "1212.595771", undefined],
      ["2026-11", "other", "221.624", 5],
    ]);
  });

  it("compares what it sums", () => {
    const whole = compareReports(report(november, ["provider"]), report(october, ["provider"]));
    const { rows } = topGroups(whole, 1);
    expect(rows.at(-1)).toMatchObject({
      provider: "other",
      previous_usd: "223.433",
      change_usd: "-1.809",
      change_percent: "-0.8",
      others: 6,
    });
  });

  it("the biggest and the others sum to the totals, and no more groups than asked for are kept", () => {
    const keys = fc.uniqueArray(fc.constantFrom(...GROUP_KEYS), { minLength: 1, maxLength: 2 });
    fc.assert(
      fc.property(
        fc.array(anySpend, { maxLength: 25 }),
        keys,
        fc.integer({ min: 1, max: 6 }),
        (days, groupBy, count) => {
          const { rows, totals } = topGroups(report(days, groupBy), count);
          expect(sumSpend(rows)).toEqual(totals);
          const kept = rows.filter((row) => row.others === undefined).map((row) => row[rankedKey(groupBy)]);
          expect(new Set(kept).size).toBeLessThanOrEqual(count);
          expect(plain(sum(rows.map((row) => row.cost_usd)))).toBe(totals.cost_usd);
        },
      ),
    );
  });
});
