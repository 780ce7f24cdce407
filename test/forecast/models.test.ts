import { describe, expect, it, onTestFinished } from "vitest";
import { ModelsAside } from "../../src/lib/forecast/models-aside.js";
import type { Series } from "../../src/lib/forecast/series.js";
import { daysAfter } from "../../src/lib/dates/days.js";
import { AIR_PASSENGERS } from "../support/air-passengers.js";

const aside = (limitMs?: number): ModelsAside => {
  const models = new ModelsAside(limitMs);
  onTestFinished(() => models.close());
  return models;
};

const monthOf = (at: number): string =>
  `${1949 + Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, "0")}-01`;

describe("Prophet", () => {
  // R's prophet 1.0 has 6.55 and 5.32.
  it.each([
    ["additive", false, 6.55],
    ["multiplicative", true, 5.35],
  ])("forecasts two years of air passengers, %s, as R does", async (_, multiplicative, expected) => {
    const days = AIR_PASSENGERS.map((_, at) => monthOf(at));
    const history: Series = { days: days.slice(0, 120), costs: AIR_PASSENGERS.slice(0, 120) };
    const { point } = await aside().predict("prophet", history, days.slice(120), {
      multiplicative,
      anchored: false,
    });
    const errors = AIR_PASSENGERS.slice(120).map((came, at) => Math.abs(came - point[at]!) / came);
    const percent = (100 * errors.reduce((sum, error) => sum + error, 0)) / errors.length;
    expect(percent).toBeGreaterThan(0.9 * expected);
    expect(percent).toBeLessThan(1.1 * expected);
  });
});

describe("models in a thread of their own", () => {
  const days = Array.from({ length: 60 }, (_, at) => daysAfter("2026-09-01", at));
  const ahead = days.map((_, at) => daysAfter("2026-10-31", at));
  const costs = days.map((_, at) => 10 + (at % 7) + Math.sin(at * 12.9898));

  it("say the same twice", async () => {
    const models = aside();
    const first = await models.predict("prophet", { days, costs }, ahead);
    expect(await models.predict("prophet", { days, costs }, ahead)).toEqual(first);
  });

  it("go on after a model that cannot be fitted, or that breaks its thread", async () => {
    const models = aside();
    const zeros = { days, costs: days.map(() => 0) };
    await expect(models.predict("prophet", zeros, ahead)).rejects.toThrow();
    const { point } = await models.predict("mstl", { days, costs }, ahead);
    expect(point).toHaveLength(60);
  });

  it("are given up when their time is over", async () => {
    await expect(aside(1).predict("prophet", { days, costs }, ahead)).rejects.toThrow("not done in 0.001 s");
  });
});
