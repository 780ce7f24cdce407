import { afterAll, describe, expect, it } from "vitest";
import { daysAfter } from "../../src/lib/dates/days.js";
import { type Chosen, choose } from "../../src/lib/forecast/choose.js";
import { ModelsAside } from "../../src/lib/forecast/models-aside.js";
import { confidenceOf, totalOf } from "../../src/lib/forecast/totals.js";
import { costsOf } from "../support/daily-costs.js";
import { scoresOf } from "../support/forecast-table.js";

const models = new ModelsAside();
afterAll(() => models.close());

const FIRST = "2026-08-03";

/** A forecast of 30 days by what the days before cost; null is a day without data. */
const forecastOf = (costs: readonly (number | null)[]): Promise<Chosen> => {
  const known = costs.flatMap((cost, at) => (cost === null ? [] : [{ day: daysAfter(FIRST, at), cost }]));
  const last = known.at(-1)!.day;
  const ahead = Array.from({ length: 30 }, (_, at) => daysAfter(last, at + 1));
  return choose(models, { days: known.map(({ day }) => day), costs: known.map(({ cost }) => cost) }, ahead);
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Around `cost`, the same each time. */
const around = (days: number, cost = 10): number[] =>
  Array.from({ length: days }, (_, at) => cost * (1 + 0.2 * Math.sin(at * 12.9898)));

describe("a forecast", () => {
  it.each([
    [3, "mean"],
    [5, "mean"],
    [7, "ets"],
    [14, "mstl"],
    [27, "mstl"],
  ])("of %d days is made by %s, and says why", async (days, model) => {
    const { model: by, because, prediction, folds } = await forecastOf(around(days));
    expect(by).toBe(model);
    expect(because).toContain("days are known");
    expect(folds).toEqual([]);
    expect(sum(prediction.point)).toBeGreaterThan(200);
    expect(sum(prediction.point)).toBeLessThan(400);
  });

  it("of many days is Prophet's, or says what a simpler model did better", async () => {
    const { model, because, folds, errors } = await forecastOf(around(60));
    expect(folds).toHaveLength(3);
    if (model === "prophet") expect(because).toBeNull();
    else expect(because).toMatch(/in back-tests Prophet was wrong by \d+%, this by \d+%/);
    expect(errors.prophet! <= 1.25 * errors.mstl!).toBe(model === "prophet");
  });

  it("of days that cost nothing is nothing", async () => {
    const { model, prediction } = await forecastOf(around(40, 0));
    expect(model).toBe("constant");
    expect(sum(prediction.bands[95].upper)).toBe(0);
  });

  it("does not learn from one huge day, and says so", async () => {
    const costs = around(60);
    costs[40] = 500;
    const { remarks, prediction, used } = await forecastOf(costs);
    expect(remarks).toEqual([
      "Left out of the history: 2026-09-12 ($500.00), which cost over 3 times as much as the days around it.",
    ]);
    expect(used.days).toHaveLength(59);
    expect(sum(prediction.point)).toBeGreaterThan(250);
    expect(sum(prediction.point)).toBeLessThan(350);
  });

  it("learns from a bill that comes each month", async () => {
    const costs = around(90).map((cost, at) => cost + (daysAfter(FIRST, at).endsWith("-01") ? 80 : 0));
    const { remarks, prediction } = await forecastOf(costs);
    expect(remarks).toEqual([]);
    // The days ahead begin on 1 November.
    expect(prediction.point[0]).toBeGreaterThan(60);
  });

  it("leaves out a day that came to less than nothing", async () => {
    const costs = around(40);
    costs[20] = -30;
    const { remarks } = await forecastOf(costs);
    expect(remarks).toEqual(["Left out of the history: 2026-08-23 (-$30.00), which came to less than $0."]);
  });

  it("starts at a level that changed, and says on which day", async () => {
    const { remarks, prediction, used } = await forecastOf([...around(60, 30), ...around(20, 6)]);
    expect(remarks[0]).toContain("Usage changed its level on 2026-10-02");
    expect(used.days[0]).toBe("2026-10-02");
    expect(sum(prediction.point)).toBeGreaterThan(120);
    expect(sum(prediction.point)).toBeLessThan(240);
  });

  it("starts at a level that changed in the second week", async () => {
    const { remarks, used } = await forecastOf([...around(10, 30), ...around(35, 6)]);
    expect(remarks[0]).toContain("Usage changed its level on 2026-08-13");
    expect(used.days).toHaveLength(35);
  });

  it("is never below zero", async () => {
    const falling = Array.from({ length: 50 }, (_, at) => Math.max(0.1, 50 - at + 2 * Math.sin(at * 7)));
    const { prediction } = await forecastOf(falling);
    const all = [prediction.point, prediction.bands[80].lower, prediction.bands[95].lower].flat();
    expect(Math.min(...all)).toBeGreaterThanOrEqual(0);
  });

  it("has bands that hold each other and the forecast", async () => {
    for (const days of [5, 10, 20, 60]) {
      const { point, bands } = (await forecastOf(around(days))).prediction;
      point.forEach((cost, at) => {
        const ends = [
          bands[95].lower,
          bands[80].lower,
          [...point.keys()].map(() => cost),
          bands[80].upper,
          bands[95].upper,
        ];
        const values = ends.map((end) => end[at]!);
        expect(values).toEqual(values.toSorted((a, b) => a - b));
      });
    }
  });

  it("treats days without data as unknown, not as $0", async () => {
    const costs = around(60).map((cost, at) => (at >= 20 && at < 30 ? null : cost));
    const { prediction } = await forecastOf(costs);
    expect(sum(prediction.point)).toBeGreaterThan(250);
    expect(sum(prediction.point)).toBeLessThan(350);
  });
});

describe("sums of days", () => {
  it("are less certain the worse the back-tests were", () => {
    const { history, ahead } = costsOf("flat and week", { length: 60, ahead: 30, seed: 1 });
    const flat = ahead.map(() => 30);
    const bands = { 80: { lower: flat, upper: flat }, 95: { lower: flat, upper: flat } };
    const fold = (came: number) => ({ predicted: { point: flat, bands }, actual: flat.map(() => came) });
    const tested = (came: number) => ({
      prediction: { point: flat, bands },
      folds: [fold(came), fold(came), fold(came)],
      history: history.days.length,
    });
    const places = [...flat.keys()];
    const [good, bad] = [totalOf(tested(30), places), totalOf(tested(60), places)];
    expect(good.cost).toBe(900);
    expect(bad.bands[80].upper).toBeGreaterThan(good.bands[80].upper);
    expect(bad.bands[95].upper).toBeGreaterThan(bad.bands[80].upper);
    expect(confidenceOf(tested(30))).toBeGreaterThan(confidenceOf(tested(60)));
    // Of errors of 0, with a guess of 20 % that counts as much: P(|e| <= 20 %) with a deviation of 14.1 %.
    expect(confidenceOf(tested(30))).toBeCloseTo(0.8427, 3);
  });
});

// A small part of what `npm run bench -- forecast` measures.
describe("back-tests", () => {
  it("come within what was measured, and bands hold what they say", { timeout: 300_000 }, async () => {
    const { chosen } = await scoresOf(["chosen"], { length: 90, seeds: [1, 2, 3, 4, 5, 6, 7, 8] });
    expect(chosen.origins).toBe(72);
    expect(chosen.relative).toBeLessThan(1.1 * 0.65);
    expect(chosen.held[80]).toBeGreaterThanOrEqual(72);
    expect(chosen.held[80]).toBeLessThanOrEqual(92);
    expect(chosen.held[95]).toBeGreaterThanOrEqual(85);
    expect(chosen.held[95]).toBeLessThanOrEqual(99);
  });
});
