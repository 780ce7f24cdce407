import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type NamedRange,
  type Period,
  type Span,
  dateIn,
  daysOfPeriod,
  isTimezone,
  localTime,
  parseDate,
  parseMoment,
  parseRange,
  periodCount,
  periodOf,
  periodsBetween,
  today,
  typedDay,
  WEEKDAYS,
  weekdayOf,
} from "../src/lib/dates/ranges.js";
import { previousSpan } from "../src/lib/dates/previous-span.js";
import { UserError } from "../src/lib/errors.js";

const DAY = 86_400_000;

const dates = fc
  .integer({ min: Date.UTC(2015, 0, 1) / DAY, max: Date.UTC(2032, 11, 31) / DAY })
  .map((day) => new Date(day * DAY).toISOString().slice(0, 10));

const spans = fc.tuple(dates, dates).map(([a, b]): Span => (a < b ? { from: a, to: b } : { from: b, to: a }));

const periods = fc.constantFrom<Period>("day", "week", "month");

const zones = fc.constantFrom(
  "UTC",
  "Pacific/Auckland",
  "America/Los_Angeles",
  "Europe/Berlin",
  "Asia/Kolkata",
  "Pacific/Kiritimati",
);

const next = (date: string): string => new Date(Date.parse(date) + DAY).toISOString().slice(0, 10);

/** How many days a span has, both ends counted. */
const daysIn = ({ from, to }: Span): number => (Date.parse(to) - Date.parse(from)) / DAY + 1;

describe("dateIn", () => {
  it("is the calendar date of a moment in the time zone", () => {
    expect(dateIn("Pacific/Auckland", "2026-12-31T11:30:00Z")).toBe("2027-01-01");
    expect(dateIn("America/Los_Angeles", "2026-12-31T11:30:00+14:00")).toBe("2026-12-30");
  });
});

describe("today", () => {
  it("is the calendar date of the time zone", () => {
    const now = new Date("2026-12-31T11:30:00Z");
    expect(today("Pacific/Auckland", now)).toBe("2027-01-01");
    expect(today("America/Los_Angeles", now)).toBe("2026-12-31");
    expect(today("America/Los_Angeles", new Date("2027-01-01T07:59:59Z"))).toBe("2026-12-31");
  });
});

describe("isTimezone", () => {
  it("knows IANA names, and neither offsets nor inventions", () => {
    expect(["UTC", "Europe/Berlin", "Pacific/Auckland"].every(isTimezone)).toBe(true);
    expect(["", "+02:00", "Europe/Atlantis", "Mars"].some(isTimezone)).toBe(false);
  });
});

describe("parseDate", () => {
  it("takes calendar dates alone", () => {
    expect(parseDate("2028-02-29")).toBe("2028-02-29");
    expect(
      ["2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "20260101", "2026-01-01T00:00", ""].map(
        parseDate,
      ),
    ).toEqual(Array(7).fill(null));
  });

  it("takes years of four digits alone, as everything does that reads its answer", () => {
    expect(["1000-01-01", "9999-12-31"].map(parseDate)).toEqual(["1000-01-01", "9999-12-31"]);
    expect(["0000-01-01", "0001-01-01", "0999-12-31", "10000-01-01"].map(parseDate)).toEqual(
      Array(4).fill(null),
    );
  });
});

describe("parseRange", () => {
  const on = (day: string) => (text: string) => {
    const { from, to } = parseRange(text, day);
    return `${from ?? ""}..${to ?? ""}`;
  };

  it.each([
    ["today", "2026-03-15..2026-03-15"],
    ["yesterday", "2026-03-14..2026-03-14"],
    ["mtd", "2026-03-01..2026-03-15"],
    ["ytd", "2026-01-01..2026-03-15"],
    ["last-month", "2026-02-01..2026-02-28"],
    ["1d", "2026-03-15..2026-03-15"],
    ["7d", "2026-03-09..2026-03-15"],
    ["12w", "2025-12-22..2026-03-15"],
    ["6m", "2025-09-16..2026-03-15"],
    ["1y", "2025-03-16..2026-03-15"],
    ["2026-02", "2026-02-01..2026-02-28"],
    ["2028-02", "2028-02-01..2028-02-29"],
    ["2026-01-15", "2026-01-15..2026-01-15"],
    ["2026-01-15..2026-02-14", "2026-01-15..2026-02-14"],
    ["2026-01-15..", "2026-01-15.."],
    ["..2026-02-14", "..2026-02-14"],
    ["all", ".."],
    [" ALL ", ".."],
    ["Last-Month", "2026-02-01..2026-02-28"],
    ["this-week", "2026-03-09..2026-03-15"],
    ["last-week", "2026-03-02..2026-03-08"],
    ["wtd", "2026-03-09..2026-03-15"],
    ["this-month", "2026-03-01..2026-03-31"],
    ["qtd", "2026-01-01..2026-03-15"],
    ["this-quarter", "2026-01-01..2026-03-31"],
    ["last-quarter", "2025-10-01..2025-12-31"],
    ["last-year", "2025-01-01..2025-12-31"],
    ["this-year", "2026-01-01..2026-12-31"],
    ["2026", "2026-01-01..2026-12-31"],
    ["2026-Q4", "2026-10-01..2026-12-31"],
    ["2026-q1", "2026-01-01..2026-03-31"],
    ["2026-W53", "2026-12-28..2027-01-03"],
    ["2026-W01", "2025-12-29..2026-01-04"],
    ["last-month..yesterday", "2026-02-01..2026-03-14"],
    ["2025-Q3..2026-01", "2025-07-01..2026-01-31"],
    ["last-week..", "2026-03-02.."],
  ])("reads %j as %s on 2026-03-15", (text, range) => {
    expect(on("2026-03-15")(text)).toBe(range);
  });

  it("goes over the end of a year", () => {
    const newYear = on("2027-01-01");
    expect(newYear("yesterday")).toBe("2026-12-31..2026-12-31");
    expect(newYear("last-month")).toBe("2026-12-01..2026-12-31");
    expect(newYear("7d")).toBe("2026-12-26..2027-01-01");
    expect(newYear("ytd")).toBe("2027-01-01..2027-01-01");
  });

  it("stays within months that are shorter", () => {
    expect(on("2026-03-31")("1m")).toBe("2026-03-01..2026-03-31");
    expect(on("2028-02-29")("1y")).toBe("2027-03-01..2028-02-29");
    expect(on("2026-03-31")("last-month")).toBe("2026-02-01..2026-02-28");
  });

  it.each([
    "",
    "0d",
    "d",
    "7",
    "7x",
    "-7d",
    "2026-13",
    "2026-Q5",
    "2026-Q0",
    "2026-W00",
    "2026-W54",
    "2025-W53",
    "this-day",
    "next-week",
    "0999",
    "today..someday",
    "2026-02-30",
    "2026-01-01..2026-02-30",
    "..",
    "a..b",
    "2026-01-01..2026-01-02..2026-01-03",
    "constructor",
    "9999y",
    "2000y",
    "0000-01",
    "0001-01",
    "0001-01-01..",
  ])("refuses %j with the forms that it takes", (text) => {
    const error = thrownBy(() => parseRange(text, "2026-03-15"));
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ code: "bad_range", exit: 2 });
    expect((error as UserError).hint).toContain("7d, 12w");
  });

  it("refuses a range that ends before it begins, and turns it round", () => {
    const error = thrownBy(() => parseRange("2026-02-14..2026-01-15", "2026-03-15"));
    expect((error as UserError).hint).toBe("Try --range 2026-01-15..2026-02-14");
  });

  it("gives as many days as were asked for, to the last", () => {
    fc.assert(
      fc.property(dates, fc.integer({ min: 1, max: 999 }), (day, count) => {
        const { from, to } = parseRange(`${count}d`, day);
        expect(to).toBe(day);
        expect(daysIn({ from: from!, to: to! })).toBe(count);
      }),
    );
  });

  it("reads what it was made of: any two dates in order", () => {
    fc.assert(
      fc.property(spans, ({ from, to }) => {
        expect(parseRange(`${from}..${to}`, "2026-03-15")).toEqual({ kind: "days", from, to });
      }),
    );
  });
});

const thrownBy = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
};

describe("previousSpan", () => {
  const before = (range: string, day: string): string => {
    const { from, to } = previousSpan(parseRange(range, day), day);
    return `${from}..${to}`;
  };

  it.each([
    ["2026-03", "2026-11-15", "2026-02-01..2026-02-28"],
    ["2026-01", "2026-11-15", "2025-12-01..2025-12-31"],
    ["last-month", "2026-04-10", "2026-02-01..2026-02-28"],
    ["2026-04", "2026-04-30", "2026-03-01..2026-03-31"],
    ["2026-04", "2026-03-31", "2026-03-01..2026-03-31"],
  ])("sets the month before, before %s", (range, day, previous) => {
    expect(before(range, day)).toBe(previous);
  });

  it.each([
    ["2026-11-15", "2026-10-01..2026-10-15"],
    ["2026-03-30", "2026-02-01..2026-02-28"],
    ["2026-02-28", "2026-01-01..2026-01-28"],
    ["2026-01-15", "2025-12-01..2025-12-15"],
  ])("sets the same days of the month before, before the month to %s", (day, previous) => {
    expect(before("mtd", day)).toBe(previous);
  });

  it.each([
    ["2026-11", "2026-11-29", "2026-10-01..2026-10-29", "month"],
    ["this-month", "2026-03-30", "2026-02-01..2026-02-28", "month"],
    ["this-week", "2026-11-25", "2026-11-16..2026-11-18", "week"],
    ["2026-Q4", "2026-11-30", "2026-07-01..2026-08-30", "quarter"],
    ["2026", "2026-11-29", "2025-01-01..2025-11-29", "year"],
    ["last-month", "2026-11-29", "2026-09-01..2026-09-30", undefined],
    ["wtd", "2026-11-25", "2026-11-16..2026-11-18", undefined],
    ["qtd", "2026-11-30", "2026-07-01..2026-08-30", undefined],
    ["last-week", "2026-11-25", "2026-11-09..2026-11-15", undefined],
    ["last-quarter", "2026-11-25", "2026-04-01..2026-06-30", undefined],
    ["last-year", "2026-11-25", "2024-01-01..2024-12-31", undefined],
  ])("compares %s on %s with %s: the same days of what is not over", (range, day, previous, unfinished) => {
    const found = previousSpan(parseRange(range, day), day);
    expect(`${found.from}..${found.to}`).toBe(previous);
    expect(found.unfinished).toBe(unfinished);
  });

  it.each([
    ["2026-01-15", "2025-01-01..2025-01-15"],
    ["2026-01-31", "2025-01-01..2025-01-31"],
    ["2026-06-29", "2025-01-01..2025-06-29"],
    ["2026-06-30", "2025-01-01..2025-06-30"],
    ["2028-02-29", "2027-01-01..2027-02-28"],
  ])("sets the same days of the year before, before the year to %s", (day, previous) => {
    expect(before("ytd", day)).toBe(previous);
  });

  it.each([
    ["7d", "2026-11-15", "2026-11-02..2026-11-08"],
    ["today", "2026-01-05", "2026-01-04..2026-01-04"],
    ["2026-11-01..2026-11-30", "2026-11-15", "2026-10-02..2026-10-31"],
    ["12m", "2026-12-31", "2025-01-01..2025-12-31"],
    ["12m", "2028-12-31", "2026-12-31..2027-12-31"],
  ])("sets as many days right before %s on %s", (range, day, previous) => {
    expect(before(range, day)).toBe(previous);
  });

  it("does not depend on where in a month or year a named number of days ends", () => {
    fc.assert(
      fc.property(dates, fc.constantFrom("7d", "12w", "6m", "1y"), (day, text) => {
        const range = parseRange(text, day) as NamedRange & Span;
        const previous = previousSpan(range, day);
        expect(next(previous.to)).toBe(range.from);
        expect(daysIn(previous)).toBe(daysIn(range));
      }),
    );
  });

  it("ends before the range begins, and lies as far back on every day of a year to date", () => {
    fc.assert(
      fc.property(
        dates,
        fc.constantFrom("wtd", "mtd", "qtd", "ytd", "this-week", "this-month", "last-month", "this-quarter"),
        (day, text) => {
          const range = parseRange(text, day) as NamedRange & Span;
          const previous = previousSpan(range, day);
          expect(previous.from <= previous.to).toBe(true);
          expect(previous.to < range.from).toBe(true);
          if (text === "ytd") expect(previous.from).toBe(`${Number(day.slice(0, 4)) - 1}-01-01`);
        },
      ),
    );
  });

  it.each([
    ["all", "without a beginning"],
    ["..2026-02-14", "without a beginning"],
    ["2027-01-01..", "2027-01-01.. has no end"],
    ["1000-01-01..1000-01-02", "too long ago"],
    ["1000-01", "too long ago"],
  ])("refuses %s, in words of its own", (range, words) => {
    const error = thrownBy(() => before(range, "2026-03-15"));
    expect(error).toMatchObject({ code: "no_period_before", exit: 2 });
    expect((error as UserError).message).toContain(words);
  });
});

describe("typedDay", () => {
  it("is a date, today or yesterday, and nothing longer", () => {
    expect(typedDay(" Yesterday ", "2026-03-01")).toBe("2026-02-28");
    expect(typedDay("today", "2026-03-01")).toBe("2026-03-01");
    expect(typedDay("2026-02-03", "2026-03-01")).toBe("2026-02-03");
    expect(["last-week", "2026-02", "2026-02-30", ""].map((text) => typedDay(text, "2026-03-01"))).toEqual(
      Array(4).fill(null),
    );
  });
});

describe("daysOfPeriod", () => {
  it("holds the dates that have its label, and no others", () => {
    fc.assert(
      fc.property(dates, periods, (date, period) => {
        const label = periodOf(date, period);
        const { from, to } = daysOfPeriod(label, period);
        expect(from <= date && date <= to).toBe(true);
        expect([periodOf(from, period), periodOf(to, period)]).toEqual([label, label]);
        expect(periodOf(next(to), period)).not.toBe(label);
      }),
    );
  });
});

describe("weekdayOf", () => {
  it("names the days of a week from Monday on", () => {
    const days = [
      "2026-11-23",
      "2026-11-24",
      "2026-11-25",
      "2026-11-26",
      "2026-11-27",
      "2026-11-28",
      "2026-11-29",
    ];
    expect(days.map(weekdayOf)).toEqual(WEEKDAYS);
  });
});

describe("periodOf", () => {
  it.each([
    ["2026-11-05", "2026-W45"],
    ["2026-12-31", "2026-W53"],
    ["2027-01-03", "2026-W53"],
    ["2027-01-04", "2027-W01"],
    ["2024-12-30", "2025-W01"],
    ["2023-01-01", "2022-W52"],
  ])("%s is in the ISO week %s, which may be of another year", (date, week) => {
    expect(periodOf(date, "week")).toBe(week);
  });

  it("knows days and months", () => {
    expect(periodOf("2026-12-31", "day")).toBe("2026-12-31");
    expect(periodOf("2026-12-31", "month")).toBe("2026-12");
  });

  it("gives labels that sort like their dates", () => {
    fc.assert(
      fc.property(
        spans,
        fc.constantFrom("day" as const, "week" as const, "month" as const),
        ({ from, to }, period) => {
          expect(periodOf(from, period) <= periodOf(to, period)).toBe(true);
        },
      ),
    );
  });
});

describe("periodsBetween", () => {
  const between = ({ from, to }: Span, period: Period): string[] =>
    periodsBetween(periodOf(from, period), periodOf(to, period), period);

  it("has every period once, empty ones included, over the end of a year", () => {
    const turn = { from: "2026-12-20", to: "2027-01-05" };
    expect(between(turn, "week")).toEqual(["2026-W51", "2026-W52", "2026-W53", "2027-W01"]);
    expect(between(turn, "month")).toEqual(["2026-12", "2027-01"]);
    expect(between(turn, "day")).toHaveLength(17);
  });

  it("holds the period of every date of its range", () => {
    const short = spans.filter((span) => daysIn(span) < 200);
    fc.assert(
      fc.property(short, periods, (span, period) => {
        const labels = between(span, period);
        expect(labels).toEqual([...new Set(labels)].toSorted());
        const held = new Set<string>();
        for (let day = span.from; day <= span.to; day = next(day)) held.add(periodOf(day, period));
        expect(labels).toEqual([...held]);
      }),
      { numRuns: 25 },
    );
  });

  it("has as many as periodCount says", () => {
    fc.assert(
      fc.property(spans, periods, (span, period) => {
        const [first, last] = [periodOf(span.from, period), periodOf(span.to, period)];
        expect(periodCount(first, last, period)).toBe(periodsBetween(first, last, period).length);
      }),
      { numRuns: 25 },
    );
  });

  it("counts the periods of all of time without listing them", () => {
    expect(periodCount("1000-01-01", "9999-12-31", "day")).toBe(3_287_182);
  });
});

describe("parseMoment", () => {
  it.each([
    ["2026-11-05 14:30", "Pacific/Auckland", "2026-11-05T01:30:00Z"],
    ["2026-07-05 14:30", "Pacific/Auckland", "2026-07-05T02:30:00Z"],
    ["2026-11-05 14:30", "America/Los_Angeles", "2026-11-05T22:30:00Z"],
    ["2026-07-05T14:30:12", "America/Los_Angeles", "2026-07-05T21:30:12Z"],
    ["2026-12-31 23:30", "America/Los_Angeles", "2027-01-01T07:30:00Z"],
    [" 2026-11-05 14:30:00.250 ", "UTC", "2026-11-05T14:30:00.25Z"],
  ])("reads %j in %s as %s", (text, timezone, instant) => {
    expect(parseMoment(text, timezone)).toBe(instant);
  });

  it.each([
    "2026-11-05T14:30Z",
    "2026-11-05 14:30 UTC",
    "2026-11-05 16:30+02:00",
    "2026-11-05 16:30+0200",
    "2026-11-05 16:30+02",
    "2026-11-05 09:30-05",
  ])("takes the offset in %j, whatever the time zone", (text) => {
    expect(parseMoment(text, "Pacific/Auckland")).toBe("2026-11-05T14:30:00Z");
  });

  it("moves a time in the hour that summer time leaves out forward, and takes the first of one that comes twice", () => {
    expect(parseMoment("2026-03-08 02:30", "America/Los_Angeles")).toBe("2026-03-08T10:30:00Z");
    expect(parseMoment("2026-11-01 01:30", "America/Los_Angeles")).toBe("2026-11-01T08:30:00Z");
    expect(parseMoment("2026-09-27 02:30", "Pacific/Auckland")).toBe("2026-09-26T14:30:00Z");
  });

  it.each([
    "",
    "2026-11-05",
    "14:30",
    "2026-02-30 10:00",
    "2026-11-05 25:00",
    "2026-11-05 14:30 PST",
    "2026-11-05 14:30[Asia/Tokyo]",
    "5 Nov 2026",
    "0001-01-01 10:00",
  ])("refuses %j", (text) => {
    expect(parseMoment(text, "UTC")).toBeNull();
  });
});

describe("localTime", () => {
  it("shows a moment as a clock in the time zone does", () => {
    expect(localTime("2026-11-05T22:30:12Z", "America/Los_Angeles")).toBe("2026-11-05 14:30");
    expect(localTime("2026-11-05T22:30:12.9+00:00", "Pacific/Auckland", "second")).toBe(
      "2026-11-06 11:30:12",
    );
  });

  it("is read back by parseMoment, but for the hour that comes twice", () => {
    const moments = fc.integer({ min: Date.UTC(2015, 0) / 1000, max: Date.UTC(2030, 0) / 1000 });
    fc.assert(
      fc.property(moments, zones, (seconds, zone) => {
        const instant = `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
        const clock = localTime(instant, zone, "second");
        const read = parseMoment(clock, zone)!;
        expect(localTime(read, zone, "second")).toBe(clock);
        expect([0, 3600]).toContain((Date.parse(instant) - Date.parse(read)) / 1000);
      }),
    );
  });
});
