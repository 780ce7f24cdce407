import { describe, expect, it } from "vitest";
import { outliersIn } from "../../src/lib/anomalies/detect.js";
import { daysAfter } from "../../src/lib/dates/days.js";
import type { Series } from "../../src/lib/forecast/series.js";
import { randomNumbers } from "../../src/lib/forecast/models/futures.js";
import { costsOf, FAMILIES } from "../support/daily-costs.js";

const SEEDS = Number(process.env["AICOST_ENDURE_RUNS"] ?? 16);

/** How much history, and how many days are looked at. */
const HISTORY = 90;
const QUIET = 60;

/** Days of a family, with 60 after those that may have a change of level. */
const seriesOf = (family: string, seed: number): { series: Series; since: string } => {
  const { history, ahead, actual } = costsOf(family, { length: HISTORY, ahead: QUIET, seed });
  const series = { days: [...history.days, ...ahead], costs: [...history.costs, ...actual] };
  return { series, since: ahead[0]! };
};

/** Plants spikes, at least a week apart: each day costs so many times what it does. */
const withSpikes = ({ days, costs }: Series, times: number, seed: number) => {
  const random = randomNumbers(seed);
  const places = [5, 17, 29, 41, 53].map((place) => HISTORY + place + Math.floor(5 * random()));
  const spiked = costs.map((cost, at) => (places.includes(at) ? times * cost : cost));
  return { series: { days, costs: spiked }, planted: places.map((place) => days[place]!) };
};

describe.each(Object.keys(FAMILIES))("of the family “%s”", (family) => {
  const seeds = Array.from({ length: SEEDS }, (_, seed) => seed + 1);

  it("at most one of 60 quiet days stands out", () => {
    const alarms = seeds.map((seed) => {
      const { series, since } = seriesOf(family, seed);
      return outliersIn(series, since).length;
    });
    expect(Math.max(...alarms), alarms.join(" ")).toBeLessThanOrEqual(1);
  });

  // On few days, each is a spike.
  if (family === "sparse") return;
  it("at least nine of ten planted spikes are found", () => {
    let found = 0;
    let planted = 0;
    for (const seed of seeds) {
      const { series, since } = seriesOf(family, seed);
      const spikes = withSpikes(series, 3, seed);
      const days = outliersIn(spikes.series, since).map(({ day }) => day);
      found += spikes.planted.filter((day) => days.includes(day)).length;
      planted += spikes.planted.length;
      const others = days.filter((day) => !spikes.planted.includes(day));
      expect(others.length, `seed ${seed}: ${others.join(" ")}`).toBeLessThanOrEqual(1);
    }
    expect(found / planted, `${found} of ${planted}`).toBeGreaterThanOrEqual(0.9);
  });
});

const daily = (costOf: (at: number) => number, length = 150): Series => ({
  days: Array.from({ length }, (_, at) => daysAfter("2026-06-01", at)),
  costs: Array.from({ length }, (_, at) => costOf(at)),
});

describe("a series", () => {
  it.each([
    ["that is constant", () => 5],
    ["of zeros", () => 0],
    ["that has spend on one day in eleven", (at: number) => (at % 11 === 0 ? 20 : 0)],
    ["with two weeks off", (at: number) => (at >= 100 && at < 114 ? 0 : 20 + (at % 3))],
    ["with a month off", (at: number) => (at >= 90 && at < 120 ? 0 : 20 + (at % 3))],
    ["that has spend on a weekday only", (at: number) => (at % 7 === 2 ? 20 : 0)],
    [
      "that has a job on the last day of each month",
      (at: number) => (daysAfter("2026-06-01", at + 1).endsWith("-01") ? 90 : 10),
    ],
  ])("%s has nothing that stands out", (_, costOf) => {
    const series = daily(costOf);
    expect(outliersIn(series, daysAfter("2026-06-01", 70))).toEqual([]);
  });

  it("of so few days says nothing", () => {
    expect(
      outliersIn(
        daily((at) => (at === 13 ? 100 : 1), 14),
        "2026-06-01",
      ),
    ).toEqual([]);
    expect(
      outliersIn(
        daily((at) => (at === 14 ? 100 : 1), 15),
        "2026-06-01",
      ),
    ).toHaveLength(1);
  });

  it("that is constant but for one day has that day, with what is usual", () => {
    const series = daily((at) => (at === 100 ? 15 : 5));
    const [found, ...others] = outliersIn(series, "2026-06-01");
    expect(others).toEqual([]);
    expect(found).toMatchObject({ day: daysAfter("2026-06-01", 100), cost: 15, usual: 5 });
  });

  it("knows its weekdays: what is usual on a Monday stands out on a Sunday", () => {
    const week = (at: number): number => (at % 7 >= 5 ? 2 : 20);
    expect(outliersIn(daily(week), "2026-06-01")).toEqual([]);
    const found = outliersIn(
      daily((at) => (at === 104 ? 20 : week(at))),
      "2026-06-01",
    );
    expect(found.map(({ day, usual }) => [day, Math.round(usual)])).toEqual([["2026-09-13", 2]]);
  });

  it("with a job that begins to run each week has its first two days, and one that costs much more", () => {
    const job = (at: number): number => (at < 100 || at % 7 !== 2 ? 5 : at === 135 ? 60 : 20 + (at % 3));
    const found = outliersIn(daily(job), "2026-06-01");
    expect(found.map(({ day }) => day)).toEqual([100, 107, 135].map((at) => daysAfter("2026-06-01", at)));
  });

  it("with a level that stays has its first days only", () => {
    const found = outliersIn(
      daily((at) => (at < 100 ? 5 : 15)),
      "2026-06-01",
    );
    expect(found.map(({ day }) => day)).toEqual([100, 101, 102].map((at) => daysAfter("2026-06-01", at)));
    // A spike above the new level is found soon after.
    const again = outliersIn(
      daily((at) => (at < 100 ? 5 : at === 108 ? 45 : 15)),
      "2026-06-01",
    );
    expect(again.map(({ day }) => day)).toContain(daysAfter("2026-06-01", 108));
  });

  it("is compared with days before only, so that later ones change nothing", () => {
    const series = daily((at) => (at === 100 ? 15 : 5 + (at % 3)));
    const until = { days: series.days.slice(0, 110), costs: series.costs.slice(0, 110) };
    expect(outliersIn(until, "2026-06-01")).toEqual(
      outliersIn(series, "2026-06-01").filter(({ day }) => day <= until.days.at(-1)!),
    );
  });
});
