import { describe, expect, it } from "vitest";
import { periodsOf } from "../../src/lib/explain/periods.js";

const TODAY = "2026-11-29";

describe("an explanation", () => {
  it.each([
    [{}, "2026-11-01", "2026-11-29", "2026-10-01", "2026-10-29"],
    [{ range: "last-month" }, "2026-10-01", "2026-10-31", "2026-09-01", "2026-09-30"],
    [{ range: "7d", against: "2026-06" }, "2026-11-23", "2026-11-29", "2026-06-01", "2026-06-30"],
    [{ range: "2026-10", against: "2026-09" }, "2026-10-01", "2026-10-31", "2026-09-01", "2026-09-30"],
  ])("of %j has these days", (asked, from, to, otherFrom, otherTo) => {
    const { span, against, isUsual } = periodsOf(asked, TODAY);
    expect({ span, against, isUsual }).toEqual({
      span: { from, to },
      against: { from: otherFrom, to: otherTo },
      isUsual: false,
    });
  });

  it.each([
    ["mtd", "last-month", "2026-10-01", "2026-10-29", "month"],
    ["2026-Q4", "2026-Q3", "2026-07-01", "2026-08-29", "quarter"],
  ])("of %s against the whole %s has the same days, and says so", (range, other, from, to, unfinished) => {
    expect(periodsOf({ range, against: other }, TODAY).against).toEqual({ from, to, unfinished });
  });

  it("of a month of which only some days have data has these days", () => {
    const { against } = periodsOf({}, TODAY, () => "2026-11-20");
    expect(against).toEqual({ from: "2026-10-01", to: "2026-10-20", data_to: "2026-11-20" });
  });

  it("of a day has the four weeks before it", () => {
    expect(periodsOf({ day: "yesterday" }, TODAY)).toEqual({
      span: { from: "2026-11-28", to: "2026-11-28" },
      against: { from: "2026-10-31", to: "2026-11-27" },
      isUsual: true,
    });
  });

  it.each([
    [{ day: "2026-02-30" }, "bad_date"],
    [{ day: "2026-11-12", range: "7d" }, "bad_range"],
    [{ day: "2026-11-12", against: "7d" }, "bad_range"],
    [{ range: "all" }, "bad_range"],
    [{ against: "2026-11-01.." }, "bad_range"],
  ])("of %j is refused", (asked, code) => {
    expect(() => periodsOf(asked, TODAY)).toThrow(expect.objectContaining({ code }));
  });
});
