import { describe, expect, it } from "vitest";
import { givenDate } from "../../src/lib/imports/settings.js";

const TODAY = "2026-11-20";

const dayOf = (day: string) => ({
  timestamp: `${day}T00:00:00Z`,
  granularity: "day",
  until: day,
  written: day,
});

const monthOf = (month: string, until: string) => ({
  timestamp: `${month}-01T00:00:00Z`,
  granularity: "month",
  until,
  written: month,
});

describe("the date of a file without dates", () => {
  it.each([
    [{ date: "2026-11-05" }, dayOf("2026-11-05")],
    [{ date: "today" }, dayOf("2026-11-20")],
    [{ date: " Yesterday " }, dayOf("2026-11-19")],
    [{ date: "2026-02" }, monthOf("2026-02", "2026-02-28")],
    [{ date: "last-month" }, monthOf("2026-10", "2026-10-31")],
    [{ period: "2026-02" }, monthOf("2026-02", "2026-02-28")],
    [{ period: "this-month" }, monthOf("2026-11", "2026-11-30")],
    [{ period: "last-month" }, monthOf("2026-10", "2026-10-31")],
  ])("of %j is as it is written or named", (flags, date) => {
    expect(givenDate(flags, TODAY)).toEqual(date);
  });

  it("is not given by no flag", () => {
    expect(givenDate({}, TODAY)).toBeUndefined();
  });

  it.each([
    [{ period: "2026-11-05" }, "“2026-11-05” is not a month."],
    [{ period: "yesterday" }, "“yesterday” is not a month."],
    [{ date: "last-week" }, "“last-week” is neither a day nor a month."],
    [{ date: "2026-02-30" }, "“2026-02-30” is neither a day nor a month."],
    [{ date: "mtd" }, "“mtd” is neither a day nor a month."],
    [{ period: "2026" }, "“2026” is not a month."],
    [{ period: "" }, "“” is not a month."],
  ])("refuses %j", (flags, message) => {
    expect(() => givenDate(flags, TODAY)).toThrow(message);
  });
});
