import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textWidth } from "../../src/lib/render/text.js";
import { checkFormat, PLACEHOLDER_NAMES, todayLine } from "../../src/lib/render/today-line.js";
import { type TodaySpend, todaySpend } from "../../src/lib/reports/today.js";
import { clockIn } from "../../src/lib/dates/clock.js";
import { dateIn } from "../../src/lib/dates/ranges.js";
import type { DailySpend } from "../../src/lib/api.js";
import { covering, spend } from "../reports/daily-spend.js";

const now = { date: "2026-11-10", timezone: "Europe/Berlin", as_of: "2026-11-10T13:05:00Z", current: true };
const days = [
  spend({ date: "2026-11-02", usage_usd: "57.18" }),
  spend({ date: "2026-11-09", usage_usd: "0.00017" }),
  spend({ date: "2026-11-10", usage_usd: "4.12", input_tokens: 1_204_000, output_tokens: 90_000 }),
];
const spendOf = (rows: DailySpend[] = days, more: Partial<TodaySpend> = {}): TodaySpend =>
  todaySpend(rows, covering({ openai: [["2026-10-01", now.date]] }), { ...now, ...more });

describe("todayLine", () => {
  it("says what was spent today and this month, and what that comes to", () => {
    expect(todayLine(spendOf())).toBe("$4.12 today · $61.30 Nov · pace $184");
  });

  it.each<[string, Partial<DailySpend>[], string]>([
    ["nothing booked", [], "$0.00 today · $0.00 Nov · pace $0.00"],
    ["estimates", [{ estimated_usd: "2" }], "~$2.00 today · ~$2.00 Nov · pace ~$6.00"],
    ["a credit", [{ usage_usd: "-4.25" }], "-$4.25 today · -$4.25 Nov · pace -$13"],
    ["a plan", [{ included_usd: "3" }], "included today · included Nov · pace –"],
    ["tokens without a price", [{ unpriced_tokens: 5 }], "no price today · no price Nov · pace –"],
    [
      "tokens without a price beside money",
      [{ usage_usd: "-1" }, { unpriced_tokens: 5 }],
      "≥ -$1.00 today · ≥ -$1.00 Nov · pace ≥ -$3.00",
    ],
    ["a flat fee", [{ subscription_usd: "20" }], "$20.00 today · $20.00 Nov · pace $20"],
    ["thousands", [{ usage_usd: "1204.5" }], "$1,204.50 today · $1,204.50 Nov · pace $3,614"],
  ])("shows %s as a report does", (_, rows, line) => {
    expect(todayLine(spendOf(rows.map((row) => spend({ date: now.date, ...row }))))).toBe(line);
  });

  it("says what the month is expected to come to before anything is known of it, in its currency", () => {
    const blank = {
      ...todaySpend([], covering({ openai: [["2026-09-01", "2026-10-31"]] }), now),
      expected_usd: "310.4",
    };
    expect(todayLine(blank)).toBe("no data in Nov, data to 31 Oct, expected $310");
    expect(todayLine({ ...blank, currency: "EUR" })).toBe("no data in Nov, data to 31 Oct, expected €310");
  });

  it("fills in the placeholders of a format", () => {
    const format = "{date}: {today}/{yesterday}/{month} {month-name} {pace} {tokens}{as-of} {today}";
    expect(todayLine(spendOf(), format)).toBe("2026-11-10: $4.12/$0.00017/$61.30 Nov $184 1.3M $4.12");
  });

  it("leaves alone what is no placeholder", () => {
    expect(todayLine(spendOf(), "100% }{ $& #[fg=red]{today}")).toBe("100% }{ $& #[fg=red]$4.12");
  });

  it.each(["{}", "{Today}", "{toString}", "{ today }"])("refuses %s", (placeholder) => {
    expect(() => checkFormat(`a ${placeholder}`)).toThrow(
      expect.objectContaining({
        code: "unknown_placeholder",
        exit: 2,
        hint: expect.stringContaining("{pace}") as string,
      }),
    );
  });

  it.each<[string, Partial<TodaySpend>, string]>([
    ["the same day, by its time in the user's zone", {}, "(as of 14:05)"],
    ["another day, by its date", { as_of: "2026-11-08T23:30:00Z" }, "(as of 2026-11-09)"],
  ])("marks what may be old: of %s", (_, more, mark) => {
    const old = spendOf(days, { current: false, ...more });
    expect(todayLine(old)).toBe(`$4.12 today · $61.30 Nov · pace $184 ${mark}`);
    expect(todayLine(old, "{today}")).toBe(`$4.12 ${mark}`);
    expect(todayLine(old, "{as-of} {today}")).toBe(`${mark} $4.12`);
    // Where the format asks for it, but is too long for it to be seen.
    expect(todayLine(old, `${"x".repeat(300)}{as-of}`)).toBe(`${"x".repeat(199 - mark.length)} ${mark}`);
  });

  it("is one line of at most 200 columns, without anything that controls a terminal", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...PLACEHOLDER_NAMES,
        "\n",
        "\u001b[31m",
        "\r",
        "\u0000",
        "\u009b",
        "\u202e",
        "通",
        "👩‍👩‍👧",
      ),
      fc.string({ unit: "binary" }).filter((text) => !/[{}]/.test(text)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 300 }), fc.boolean(), (pieces, current) => {
        const line = todayLine(spendOf(days, { current }), pieces.join(""));
        expect(textWidth(line)).toBeLessThanOrEqual(200);
        expect(line).not.toMatch(/[\p{Cc}\u2028-\u202e]/u);
        if (!current) expect(line).toContain("(as of 14:05)");
      }),
    );
  });
});

describe("clockIn", () => {
  it("agrees with the calendar of reports, in all zones and at all moments", () => {
    const zones = fc.constantFrom(...Intl.supportedValuesOf("timeZone"), "UTC");
    const moments = fc.date({
      min: new Date("1990-01-01"),
      max: new Date("2090-01-01"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(zones, moments, (zone, moment) => {
        const local = moment.getHours();
        expect(clockIn(zone, moment).date).toBe(dateIn(zone, moment.toISOString()));
        expect(moment.getHours(), "the zone of this process").toBe(local);
      }),
    );
  });

  it("writes midnight as 00", () => {
    expect(clockIn("Asia/Kolkata", new Date("2026-11-26T18:30:00Z"))).toEqual({
      date: "2026-11-27",
      time: "00:00",
    });
  });
});
