import { describe, expect, it, vi, afterEach } from "vitest";
import Add from "../../src/commands/add.js";
import Forecast from "../../src/commands/forecast.js";
import PrefsSet from "../../src/commands/prefs/set.js";
import Today from "../../src/commands/today.js";
import type { ForecastReport } from "../../src/lib/forecast/report.js";
import type { TodaySpend } from "../../src/lib/reports/today.js";
import { daysAfter } from "../../src/lib/dates/days.js";
import { answer, fileIn, type Home, newHome, refusal, runCommand } from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";
import { imported } from "./answers.js";

keepDatabasesOpen();
afterEach(() => vi.useRealTimers());

const FIRST = "2026-10-16";

/** Days of $10 or so, up to 19 November 2026, and a subscription on the last one. It is the 20th. */
const spentBefore = async (days: number): Promise<Home> => {
  vi.useFakeTimers({ now: new Date("2026-11-20T12:00:00Z"), toFake: ["Date"] });
  const home = newHome();
  const from = daysAfter(FIRST, 35 - days);
  const rows = Array.from({ length: days }, (_, at) => `${daysAfter(from, at)},${10 + (at % 3)}`);
  const file = fileIn(home, "spend.csv", ["when,usd", ...rows].join("\n"));
  await imported(home, file, "--map", "date=when,cost=usd", "--provider", "litellm");
  const fee = ["--provider", "litellm", "--cost", "20", "--date", "2026-11-19", "--kind", "subscription"];
  await runCommand(Add, fee, home);
  return home;
};

const forecast = (home: Home, ...argv: string[]): Promise<ForecastReport> => answer(Forecast, argv, home);

describe("aicost forecast", () => {
  it("leaves a subscription on the last day out of the days ahead", async () => {
    const home = await spentBefore(35);
    const { forecast: rows, totals, month } = await forecast(home);
    expect(rows).toHaveLength(30);
    expect(rows[0]).toMatchObject({ forecast_date: "2026-11-20", training_data_end: "2026-11-19" });
    const total = Number(totals[0]!.cost_usd);
    expect(total).toBeGreaterThan(0.75 * 330);
    expect(total).toBeLessThan(1.25 * 330);
    expect(Number(month!.expected_usd)).toBeCloseTo(Number(month!.spent_usd) + Number(month!.usage_usd), 6);
  });

  it("stores it, so that today expects what the month comes to, unless that is turned off", async () => {
    const home = await spentBefore(35);
    const { month } = await forecast(home);
    expect((await runCommand(Today, [], home)).stdout).toMatch(/expected \$\d+/);
    const today = await answer<TodaySpend>(Today, [], home);
    expect(today.expected_usd).toBe(month!.expected_usd);
    await runCommand(PrefsSet, ["forecast", "off"], home);
    expect((await runCommand(Today, [], home)).stdout).toMatch(/pace \$\d+/);
  });

  it("compares stored forecasts with what came", async () => {
    const home = await spentBefore(20);
    vi.setSystemTime(new Date("2026-11-15T12:00:00Z"));
    await forecast(home);
    vi.setSystemTime(new Date("2026-11-20T12:00:00Z"));
    const { accuracy } = await answer<{
      accuracy: { training_data_end: string; days: number }[];
    }>(Forecast, ["--accuracy"], home);
    expect(accuracy).toMatchObject([{ training_data_end: "2026-11-14", days: 5 }]);
  });

  it.each([1, 2])("says that %d days are too few", async (days) => {
    const { forecast: rows, warnings, month } = await forecast(await spentBefore(days));
    expect([rows, month]).toEqual([[], null]);
    expect(warnings[0]).toContain("a forecast needs at least 3 that are over");
  });

  it("says that nothing is known", async () => {
    const { warnings } = await forecast(newHome());
    expect(warnings[0]).toContain("No usage is known of a day that is over");
  });

  it("says that nothing uses a theme yet", async () => {
    const { code } = await refusal(PrefsSet, ["theme", "dark"], newHome());
    expect(code).toBe("unused_preference");
  });
});
