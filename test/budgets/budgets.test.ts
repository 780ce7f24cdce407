import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Budget, DailySpend, StoredForecast } from "../../src/lib/api.js";
import type { BudgetAnswers } from "../../src/lib/budgets/ask.js";
import { checkedBudgets } from "../../src/lib/budgets/check.js";
import { budgetSpan } from "../../src/lib/budgets/period.js";
import { type BudgetState, budgetStates } from "../../src/lib/budgets/state.js";
import { newBudget, setCommand } from "../../src/lib/budgets/typed.js";
import { daysAfter, daysBetween, lastOfMonth } from "../../src/lib/dates/days.js";
import { decimal, plain, sum } from "../../src/lib/money.js";
import { budgetsText, budgetSentences } from "../../src/lib/render/budget-text.js";
import { todayLine } from "../../src/lib/render/today-line.js";
import { todaySpend } from "../../src/lib/reports/today.js";
import { covering, spend } from "../reports/daily-spend.js";

const budget = (more: Partial<Budget> = {}): Budget => ({
  ...{ name: "api", amount: "100", currency: "USD", period: "month", reset_day: null },
  ...{ providers: [], models: [], projects: [], tags: [], kinds: [] },
  ...{ created_at: "2026-11-01T00:00:00Z", updated_at: "2026-11-01T00:00:00Z" },
  ...more,
});

const TODAY = "2026-11-20";

const state = (of: Partial<Budget>, rows: DailySpend[], more: Partial<BudgetAnswers> = {}): BudgetState => {
  const answers: BudgetAnswers = {
    budgets: [budget(of)],
    rows,
    coverage: covering({ openai: [["2026-10-01", TODAY]] }),
    names: {},
    preferences: { timezone: "UTC", metadata: {} },
    rates: {},
    forecasts: {},
    charges: [],
    ...more,
  };
  return budgetStates(answers, TODAY)[0]!;
};

const used = (date: string, usd: string, more: Partial<DailySpend> = {}) =>
  spend({ date, usage_usd: usd, ...more });

const forecastOf = (cost: (day: string) => string, from = TODAY, to = "2026-12-31"): StoredForecast => ({
  made_at: "2026-11-20T06:00:00Z",
  model_version: "test",
  confidence_score: null,
  training_data_start: "2026-10-01",
  training_data_end: daysAfter(from, -1),
  metadata: {},
  days: daysBetween(from, to).map((day) => [day, cost(day), "0", "0", "0", "0"]),
});

describe("the period of a budget", () => {
  it.each([
    ["day", null, "2026-11-20", "2026-11-20", "2026-11-20"],
    ["week", null, "2026-11-22", "2026-11-16", "2026-11-22"],
    ["month", null, "2026-02-10", "2026-02-01", "2026-02-28"],
    ["month", 17, "2026-11-16", "2026-10-17", "2026-11-16"],
    ["month", 17, "2026-11-17", "2026-11-17", "2026-12-16"],
    ["month", 31, "2026-02-28", "2026-02-28", "2026-03-30"],
    ["month", 31, "2026-02-27", "2026-01-31", "2026-02-27"],
    ["month", 30, "2026-03-29", "2026-02-28", "2026-03-29"],
    ["month", 29, "2028-02-29", "2028-02-29", "2028-03-28"],
  ] as const)("of a %s that begins on %s, on %s, is %s to %s", (period, reset_day, day, from, to) => {
    expect(budgetSpan({ period, reset_day }, day)).toEqual({ from, to });
  });

  it("covers every day once, whatever the day of the month is", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 31 }),
        fc.integer({ min: 0, max: 3000 }).map((days) => daysAfter("2024-01-01", days)),
        (reset_day, day) => {
          const { from, to } = budgetSpan({ period: "month", reset_day }, day);
          expect(from <= day && day <= to).toBe(true);
          expect(budgetSpan({ period: "month", reset_day }, daysAfter(to, 1)).from).toBe(daysAfter(to, 1));
          const last = Number(lastOfMonth(from).slice(8));
          expect(Number(from.slice(8))).toBe(Math.min(reset_day, last));
        },
      ),
    );
  });
});

describe("the state of a budget", () => {
  it("has what is spent of its period, and what drives it", () => {
    const rows = [
      used("2026-10-31", "500"),
      used("2026-11-02", "20"),
      used("2026-11-20", "10", { model: "gpt-6" }),
      spend({ date: "2026-11-03", provider: "chatgpt", model: null, subscription_usd: "20" }),
    ];
    expect(state({}, rows)).toMatchObject({
      ...{ spent: "50", left: "50", percent: "50.0", exceeded: false, days_with_data: 20, days_so_far: 20 },
      ...{ driver: { provider: "openai", model: "gpt-5", cost: "20" } },
    });
    expect(state({ kinds: ["subscription"] }, [{ ...rows[3]!, kind: "subscription" }])).toMatchObject({
      spent: "20",
    });
    expect(state({ models: ["gpt-6"] }, rows)).toMatchObject({ spent: "10" });
    expect(state({ providers: ["chatgpt"] }, rows)).toMatchObject({ spent: "20" });
  });

  it("looks at projects and tags", () => {
    const rows = [used("2026-11-02", "20", { project: "p1" }), used("2026-11-03", "7", { project: "p2" })];
    const names = { project: { p1: "shop", p2: "site" } };
    expect(state({ projects: ["sho*"] }, rows, { names })).toMatchObject({ spent: "20" });
    const tags = [{ tag: "client", field: "project" as const, pattern: "site" }];
    const preferences = { timezone: "UTC", metadata: { tags } };
    expect(state({ tags: ["client"] }, rows, { names, preferences })).toMatchObject({ spent: "7" });
  });

  it("does not take days without data for $0", () => {
    const unknown = state({}, [], { coverage: covering({ openai: [["2026-09-01", "2026-10-31"]] }) });
    expect(unknown).toMatchObject({ spent: null, left: null, percent: null, exceeded: null, pace: null });
    expect(checkedBudgets([unknown])).toEqual({ over: [], unknown: [unknown] });
    expect(budgetSentences(unknown)[0]).toContain("nothing is known of 2026-11-01 to 2026-11-30 yet");
    // A day that was looked at and has no record did cost $0.
    expect(state({}, [])).toMatchObject({ spent: "0", exceeded: false });
    const partly = state({}, [used("2026-11-05", "90")], {
      coverage: covering({ openai: [["2026-11-01", "2026-11-10"]] }),
    });
    expect(partly).toMatchObject({ days_with_data: 10, days_so_far: 20, data_to: "2026-11-10", pace: "270" });
    expect(partly.warnings).toEqual(["The data end on 2026-11-10: later days are not known."]);
  });

  it("is in its own currency, each day at its rate, and unknown without one", () => {
    const rows = [used("2026-11-02", "20"), used("2026-11-04", "10")];
    const missing = state({ currency: "EUR" }, rows, { rates: {} });
    expect(missing).toMatchObject({ spent: null, exceeded: null });
    expect(missing.warnings[0]).toMatch(/EUR/);
    const undated = { EUR: { undated: "2", set: [], ecb: [] } } as never;
    expect(state({ currency: "EUR", amount: "10" }, rows, { rates: undated })).toMatchObject({
      ...{ spent: "15", exceeded: true, crossing: { day: "2026-11-04", by: "records" } },
    });
  });

  it("is crossed on the day from which on its sum stays above the limit", () => {
    const rows = [
      used("2026-11-02", "120"),
      spend({ date: "2026-11-05", credit_usd: "-50" }),
      used("2026-11-10", "40"),
    ];
    expect(state({}, rows)).toMatchObject({ spent: "110", crossing: { day: "2026-11-10", by: "records" } });
    expect(state({ amount: "110" }, rows)).toMatchObject({ exceeded: false });
  });

  it("counts renewals that are known to come", () => {
    const charges = [
      {
        ...{ name: "chatgpt-plus", provider: "chatgpt", plan: "plus", due_on: "2026-11-25", amount: "20" },
        ...{ currency: "USD", usd: "20" },
      },
    ];
    const rows = [used("2026-11-02", "45")];
    const coverage = covering({ openai: [["2026-11-01", TODAY]] });
    expect(state({ amount: "70" }, rows, { charges, coverage })).toMatchObject({
      pace: "87.5",
      crossing: { day: "2026-11-25", by: "pace" },
    });
    expect(
      state({ amount: "70", kinds: ["usage"] }, [{ ...rows[0]!, kind: "usage" }], { charges }),
    ).toMatchObject({
      pace: "67.5",
      crossing: null,
    });
  });

  it("names the forecast only if it is fresh and of just what the budget is of", () => {
    const rows = [used("2026-11-02", "50")];
    const forecasts = { "": forecastOf(() => "10"), openai: forecastOf(() => "1") };
    expect(state({}, rows, { forecasts })).toMatchObject({
      ...{ expected: "160", forecast: { made_at: "2026-11-20T06:00:00Z", provider: null } },
      ...{ crossing: { day: "2026-11-25", by: "forecast" } },
    });
    expect(state({ providers: ["openai"] }, rows, { forecasts })).toMatchObject({
      expected: "61",
      forecast: { provider: "openai" },
      crossing: null,
    });
    expect(state({ models: ["gpt"] }, rows, { forecasts })).toMatchObject({ expected: null, forecast: null });
    const old = { "": { ...forecastOf(() => "10"), made_at: "2026-11-10T06:00:00Z" } };
    expect(state({}, rows, { forecasts: old })).toMatchObject({ expected: null, crossing: null });
  });

  const amounts = fc.integer({ min: 0, max: 900 }).map((cents) => plain(decimal(String(cents)).div(100)));
  const anyDays = fc.array(fc.tuple(fc.integer({ min: 0, max: 19 }), amounts), { maxLength: 25 });

  it("is crossed when the forecast that it names says so", () => {
    fc.assert(
      fc.property(
        anyDays,
        fc.array(amounts, { minLength: 45, maxLength: 45 }),
        fc.integer({ min: 1, max: 300 }),
        (days, predicted, limit) => {
          const rows = days.map(([at, usd]) => used(daysAfter("2026-11-01", at), usd));
          const forecast = forecastOf(
            (day) => predicted[daysBetween(TODAY, day).length - 1] ?? "0",
            TODAY,
            "2026-12-31",
          );
          const found = state({ amount: String(limit) }, rows, { forecasts: { "": forecast } });
          // Added up by hand, from the days of the forecast as they are stored.
          let total = decimal("0");
          let crossed: string | null = null;
          for (const day of daysBetween("2026-11-01", "2026-11-30")) {
            const recorded = sum(rows.filter(({ date }) => date === day).map(({ cost_usd }) => cost_usd));
            const stored = decimal(forecast.days.find(([date]) => date === day)?.[1] ?? "0");
            total = total.plus(day >= TODAY && stored.gt(recorded) ? stored : recorded);
            if (total.gt(limit)) crossed ??= day;
          }
          expect(found.crossing?.day ?? null).toBe(crossed);
          expect(found.expected).toBe(plain(total));
          expect(found.crossing !== null).toBe(total.gt(limit));
        },
      ),
    );
  });

  it("has the pace of aicost today, for all spend of a month", () => {
    fc.assert(
      fc.property(anyDays, anyDays, fc.integer({ min: 0, max: 19 }), (one, two, end) => {
        const rows = [
          ...one.map(([at, usd]) => used(daysAfter("2026-11-01", at), usd)),
          ...two.map(([at, usd]) => used(daysAfter("2026-11-01", at), usd, { provider: "anthropic" })),
        ];
        const coverage = covering({
          openai: [["2026-11-01", TODAY]],
          anthropic: [["2026-11-03", daysAfter("2026-11-03", end)]],
        });
        const known = { date: TODAY, timezone: "UTC", as_of: "2026-11-20T12:00:00Z", current: true };
        expect(state({}, rows, { coverage }).pace).toBe(todaySpend(rows, coverage, known).pace_usd);
      }),
    );
  });
});

describe("what is printed of a budget", () => {
  const at = { date: TODAY, timezone: "UTC", warnings: [] };
  const rows = [used("2026-11-02", "99.99"), used("2026-11-10", "0.009", { model: "gpt-6" })];

  it("never says 100% before that is reached", () => {
    const nearly = state({}, rows);
    expect(nearly).toMatchObject({ exceeded: false, percent: "100.0" });
    const screen = { width: 80, color: false };
    expect(budgetsText([nearly], at, screen)).toContain(" 99% ");
    const today = todaySpend(rows, covering({}), {
      ...{ date: TODAY, timezone: "UTC", as_of: "2026-11-20T12:00:00Z", current: true },
    });
    const { name, amount, currency, from, to, spent, percent, exceeded, is_estimated, is_least } = nearly;
    const budgets = [
      { name, amount, currency, from, to, spent, percent, exceeded, is_estimated, is_least },
      { ...nearly, name: "unknown", spent: null },
    ];
    expect(todayLine({ ...today, budgets }, "{budget}")).toBe("api 99%");
    expect(todayLine(today, "{budget}")).toBe("–");
  });

  it.each([60, 80, 120])("fits into %d columns", (width) => {
    const states = [
      state({}, [used("2026-11-02", "120")]),
      state({ name: "a-long-name-of-a-budget-that-is-cut" }, rows),
      state({ name: "unknown" }, [], { coverage: covering({}) }),
    ];
    const text = budgetsText(states, at, { width, color: false });
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(width);
    expect(text).toContain("api is exceeded since 2026-11-02: $120.00 of $100.00.");
  });
});

describe("a budget as it is typed", () => {
  const known = { currency: "USD", providers: [{ name: "openai" }], rules: [] };

  it.each([
    ["no name!", "10", {}, "bad_name"],
    ["api", "0", {}, "bad_amount"],
    ["api", "-5", {}, "bad_amount"],
    ["api", "1,5", {}, "bad_amount"],
    ["api", "€10", {}, "bad_amount"],
    ["api", "0.000000000001", {}, "bad_amount"],
    ["api", "1e12", {}, "bad_amount"],
    ["api", "10", { per: "week", "reset-day": 17 }, "bad_reset_day"],
    ["api", "10", { provider: ["opnai"] }, "provider_unknown"],
    ["api", "10", { model: [" "] }, "filter_empty"],
    ["api", "10", { tag: ["client"] }, "tag_unknown"],
    ["api", "10", { kind: ["top-up"] }, "bad_kind"],
  ] as const)("%s %s %o is refused: %s", (name, amount, typed, code) => {
    expect(() => newBudget(name, amount, { per: "month", ...typed }, known)).toThrow(
      expect.objectContaining({ code }) as Error,
    );
  });

  it("is what a command sets again", () => {
    const typed = { per: "month", "reset-day": 17, provider: ["openai"], project: ["my shop"] } as const;
    const set = newBudget("API", "$1,000.50", { ...typed, kind: ["extra-usage"] }, known);
    expect(setCommand(set)).toBe(
      "aicost budgets set api 1000.5 --per month --reset-day 17 --provider openai --project 'my shop' --kind extra-usage",
    );
    expect(newBudget("api", "5", { per: "month", "reset-day": 1 }, known).reset_day).toBeNull();
  });
});
