import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plain, sum } from "../../src/lib/money.js";
import { compareReports, comparison } from "../../src/lib/reports/compare.js";
import type { SpendFilters } from "../../src/lib/reports/filters.js";
import type { GroupKey, SpendReport } from "../../src/lib/reports/report.js";
import { spendReport } from "../../src/lib/reports/spend.js";
import type { DailySpend } from "../../src/lib/api.js";
import { NO_MONEY, anySpend, november, october } from "./daily-spend.js";

const report = (days: DailySpend[], groupBy: GroupKey[], from: string, to: string): SpendReport =>
  spendReport(days, { range: { from, to }, timezone: "UTC", groupBy });

const compared = (groupBy: GroupKey[]): SpendReport =>
  compareReports(
    report(november, groupBy, "2026-11-01", "2026-11-30"),
    report(october, groupBy, "2026-10-01", "2026-10-31"),
  );

describe("comparison", () => {
  it("is exact, with the percentage to one decimal", () => {
    expect(comparison("0.3", "0.1")).toEqual({
      previous_usd: "0.1",
      change_usd: "0.2",
      change_percent: "200.0",
    });
    expect(comparison("1", "3").change_percent).toBe("-66.7");
    expect(comparison("3", "3")).toEqual({ previous_usd: "3", change_usd: "0", change_percent: "0.0" });
  });

  it("has no percentage if nothing was spent before", () => {
    expect(comparison("5", "0").change_percent).toBeNull();
  });

  it("has a plus if a credit became a charge", () => {
    expect(comparison("1", "-1").change_percent).toBe("200.0");
  });
});

describe("compareReports", () => {
  it("compares each group, those included that are only in the period before", () => {
    const { rows, totals, compared_with } = compared(["provider"]);
    expect(compared_with).toEqual({ from: "2026-10-01", to: "2026-10-31" });
    expect(totals.previous_usd).toBe("1023.433");
    expect(rows.find((row) => row.provider === "claude-desktop")).toMatchObject({
      previous_usd: "100",
      change_usd: "0",
      change_percent: "0.0",
    });
    expect(rows.find((row) => row.provider === "groq")).toEqual({
      provider: "groq",
      ...NO_MONEY,
      input_tokens: null,
      output_tokens: null,
      cache_read_tokens: null,
      cache_write_tokens: null,
      request_count: null,
      record_count: 0,
      unpriced_tokens: 0,
      in_bill_tokens: 0,
      billed_count: 0,
      share: "0.0",
      previous_usd: "3.333",
      change_usd: "-3.333",
      change_percent: "-100.0",
    });
  });

  it("compares nothing with a period that has no data", () => {
    const full = report(november, ["provider"], "2026-11-01", "2026-11-30");
    const empty = report([], ["provider"], "2026-10-01", "2026-10-31");
    const unknown = { previous_usd: null, change_usd: null, change_percent: null };
    expect(compareReports(full, empty).totals).toMatchObject(unknown);
    expect(compareReports(full, empty).rows[0]).toMatchObject(unknown);
    const later = { ...unknown, previous_usd: full.totals.cost_usd };
    expect(compareReports(empty, full).totals).toMatchObject(later);
    const { is_unknown: _, ...knownEmpty } = empty;
    expect(compareReports(knownEmpty, full).totals).toMatchObject({ change_percent: "-100.0" });
    expect(compareReports(full, knownEmpty).totals).toMatchObject({ previous_usd: "0" });
  });

  it("takes a period with data for known, whatever the filters leave of it", () => {
    const range = { from: "2026-10-01", to: "2026-10-31" };
    const filtered = (filters: SpendFilters): SpendReport =>
      spendReport(october, { range, timezone: "UTC", groupBy: ["provider"], filters });
    expect(filtered({ models: ["no-such"] }).is_unknown).toBeUndefined();
    expect(filtered({ providers: ["no-such"] }).is_unknown).toBe(true);
  });

  it("compares only the totals if it is grouped by time", () => {
    const { rows, totals } = compared(["month", "provider"]);
    expect(totals.change_usd).toBeDefined();
    expect(rows.every((row) => row.previous_usd === undefined)).toBe(true);
  });

  it("the changes of the groups sum to the change of the totals", () => {
    const days = fc.array(anySpend, { minLength: 1, maxLength: 20 });
    const keys = fc.constantFrom<GroupKey[]>(["provider"], ["model"], ["provider", "model"]);
    fc.assert(
      fc.property(days, days, keys, (now, before, groupBy) => {
        const { rows, totals } = compareReports(
          report(now, groupBy, "2026-01-01", "2026-12-31"),
          report(before, groupBy, "2025-01-01", "2025-12-31"),
        );
        expect(plain(sum(rows.map((row) => row.change_usd!)))).toBe(totals.change_usd);
        expect(plain(sum(rows.map((row) => row.previous_usd!)))).toBe(totals.previous_usd);
        expect(plain(sum(rows.map((row) => row.cost_usd)))).toBe(totals.cost_usd);
      }),
    );
  });
});
