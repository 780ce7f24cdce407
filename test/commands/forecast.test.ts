import { describe, expect, it, vi, afterEach } from "vitest";
import Export from "../../src/commands/export.js";
import Forecast from "../../src/commands/forecast/index.js";
import ForecastList from "../../src/commands/forecast/list.js";
import ForecastRemove from "../../src/commands/forecast/remove.js";
import Import from "../../src/commands/import.js";
import PrefsSet from "../../src/commands/prefs/set.js";
import RatesSet from "../../src/commands/rates/set.js";
import SubscriptionsAdd from "../../src/commands/subscriptions/add.js";
import Today from "../../src/commands/today.js";
import UpcomingCommand from "../../src/commands/upcoming.js";
import type { ForecastHead } from "../../src/lib/api.js";
import type { ForecastAccuracy } from "../../src/lib/forecast/accuracy.js";
import type { ForecastReport } from "../../src/lib/forecast/report.js";
import type { TodaySpend } from "../../src/lib/reports/today.js";
import type { Upcoming } from "../../src/lib/subscriptions/upcoming.js";
import { daysAfter } from "../../src/lib/dates/days.js";
import { answer, fileIn, type Home, newHome, refusal, runCommand } from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";
import { imported } from "./answers.js";

keepDatabasesOpen();
afterEach(() => vi.useRealTimers());

const FIRST = "2026-10-16";

const at = (moment: string): void => void vi.useFakeTimers({ now: new Date(moment), toFake: ["Date"] });

/** Days of $10 or so from one day on. */
const imports = async (home: Home, from: string, days: number): Promise<void> => {
  const rows = Array.from({ length: days }, (_, day) => `${daysAfter(from, day)},${10 + (day % 3)}`);
  const file = fileIn(home, `${from}.csv`, ["when,usd", ...rows].join("\n"));
  await imported(home, file, "--map", "date=when,cost=usd", "--provider", "litellm");
};

/** Days of $10 or so, up to 19 November 2026, and a subscription that begins on the last one. It is the 20th. */
const spentBefore = async (days: number): Promise<Home> => {
  at("2026-11-20T12:00:00Z");
  const home = newHome();
  await imports(home, daysAfter(FIRST, 35 - days), days);
  await answer(SubscriptionsAdd, ["litellm", "team", "--cost", "20", "--since", "2026-11-19"], home);
  return home;
};

/** Euros at two dollars each. */
const inEuros = async (home: Home): Promise<void> => {
  await runCommand(RatesSet, ["EUR", "2"], home);
  await runCommand(PrefsSet, ["currency", "EUR"], home);
};

const listed = async (home: Home) =>
  answer<{ forecasts: ForecastHead[]; total: number }>(ForecastList, [], home);

const forecast = (home: Home, ...argv: string[]): Promise<ForecastReport> => answer(Forecast, argv, home);

describe("aicost forecast", () => {
  it("leaves a subscription on the last day out of the days ahead", async () => {
    const home = await spentBefore(35);
    const { forecast: rows, totals, month, known_charges } = await forecast(home);
    expect(known_charges).toEqual([{ date: "2026-12-19", usd: "20" }]);
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
    at("2026-11-15T12:00:00Z");
    await forecast(home);
    at("2026-11-20T12:00:00Z");
    const compared = () =>
      answer<{ accuracy: ForecastAccuracy[]; currency?: string; usd_rate?: string }>(
        Forecast,
        ["--accuracy"],
        home,
      );
    const { accuracy } = await compared();
    // The subscription of the last day is not usage.
    expect(accuracy).toMatchObject([{ training_data_end: "2026-11-14", days: 5, actual_usd: "54" }]);
    await inEuros(home);
    expect(await compared()).toMatchObject({ accuracy, currency: "EUR", usd_rate: "0.5" });
    expect((await runCommand(Forecast, ["--accuracy"], home)).stdout).toContain("€27.00");
  });

  it("is shown in another currency at the rate of today, and so is what is due", async () => {
    const home = await spentBefore(35);
    const inDollars = await forecast(home);
    const due = await answer<Upcoming>(UpcomingCommand, [], home);
    await runCommand(PrefsSet, ["currency", "EUR"], home);
    expect(await refusal(Forecast, [], home)).toMatchObject({ code: "currency_rate_missing" });
    await inEuros(home);
    expect(await forecast(home)).toEqual({ ...inDollars, currency: "EUR", usd_rate: "0.5" });
    const half = (usd: string): string => `€${(Number(usd) / 2).toFixed(2)}`;
    const { stdout } = await runCommand(Forecast, [], home);
    expect(stdout).toContain(`: ${half(inDollars.totals[0]!.cost_usd!)}, 80% band`);
    expect(stdout).toContain("Known charges to come: €10.00 on 19 Dec");
    expect(stdout).toContain(`${half(inDollars.month!.expected_usd)} expected`);
    expect(stdout).not.toContain("$");
    expect(await answer(UpcomingCommand, [], home)).toEqual({ ...due, currency: "EUR", usd_rate: "0.5" });
    const shown = (await runCommand(UpcomingCommand, [], home)).stdout;
    expect(shown).toContain(half(due.totals.total_usd));
    expect(shown).toMatch(/2026-12-19 +litellm-team +litellm +\$20\.00 +€10\.00/);
  });

  it("does not use what came before a gap of a year", async () => {
    at("2026-11-20T12:00:00Z");
    const home = newHome();
    await imports(home, "2025-08-01", 90);
    await imports(home, FIRST, 35);
    const { forecast: rows, warnings } = await forecast(home);
    expect(rows[0]).toMatchObject({ training_data_start: FIRST, training_record_count: 35 });
    expect(warnings).toEqual([
      "Days before the gap of 2025-10-30 to 2026-10-15 are not used: they are too long ago.",
    ]);
  });

  it("says that data which ended a year ago tell nothing", async () => {
    at("2026-11-20T12:00:00Z");
    const home = newHome();
    await imports(home, "2025-08-01", 90);
    const { forecast: rows, warnings } = await forecast(home);
    expect(rows).toEqual([]);
    expect(warnings[0]).toContain("The data end on 2025-10-29, more than 31 days ago");
  });

  it("is listed and removed, and then not expected any more", async () => {
    const home = await spentBefore(35);
    at("2026-11-19T12:00:00Z");
    await forecast(home, "--by", "provider");
    at("2026-11-20T12:00:00Z");
    await forecast(home);
    const { forecasts, total } = await listed(home);
    expect(total).toBe(2);
    expect(forecasts).toMatchObject([
      { training_data_end: "2026-11-19", through: "2026-12-31", series: [{ provider: null }] },
      { training_data_end: "2026-11-18", series: [{ provider: null }, { provider: "litellm" }] },
    ]);
    expect((await runCommand(ForecastList, [], home)).stdout).toContain("all spend, litellm");
    expect(await refusal(ForecastRemove, ["2026-11-19"], home)).toMatchObject({
      code: "not_confirmed",
      message: expect.stringContaining("Remove this forecast?") as string,
    });
    expect(await refusal(ForecastRemove, ["2026-11-17"], home)).toMatchObject({
      code: "forecast_unknown",
      hint: expect.stringContaining("aicost forecast list") as string,
    });
    expect(await refusal(ForecastRemove, [], home)).toMatchObject({ code: "usage" });
    expect(await refusal(ForecastRemove, ["soon"], home)).toMatchObject({ code: "bad_date" });
    const expected = async () => (await answer<TodaySpend>(Today, [], home)).expected_usd;
    expect(await expected()).not.toBeNull();
    expect(await answer(ForecastRemove, ["2026-11-18", "2026-11-19", "--yes"], home)).toMatchObject({
      removed: { forecasts: 2 },
    });
    expect(await expected()).toBeNull();
    expect(await listed(home)).toEqual({ forecasts: [], total: 0 });
    expect(await answer(ForecastRemove, ["--all", "--yes"], home)).toEqual({ removed: null });
  });

  it("comes to another machine in an archive, and is expected there, too", async () => {
    const [here, there] = [await spentBefore(20), newHome()];
    await forecast(here);
    const file = `${here.folder}/all.ndjson`;
    await answer(Export, ["--output", file], here);
    await answer(Import, [file], there);
    expect(await listed(there)).toEqual(await listed(here));
    const expected = (home: Home) => answer<TodaySpend>(Today, [], home).then((spend) => spend.expected_usd);
    expect(await expected(there)).toBe(await expected(here));
    expect(await expected(there)).not.toBeNull();
  });

  it("expects what the month comes to on its first day, also in another currency", async () => {
    const home = await spentBefore(35);
    at("2026-12-01T08:00:00Z");
    await imports(home, "2026-11-20", 11);
    const { month } = await forecast(home);
    const line = async () => (await runCommand(Today, [], home)).stdout;
    expect(await line()).toBe(
      `no data in Dec, data to 30 Nov, expected $${Number(month!.expected_usd).toFixed(0)}\n`,
    );
    await inEuros(home);
    expect(await line()).toBe(
      `no data in Dec, data to 30 Nov, expected €${(Number(month!.expected_usd) / 2).toFixed(0)}\n`,
    );
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
