import { describe, expect, it } from "vitest";
import type { DailySpend } from "../../src/lib/api.js";
import { daysAfter, daysBetween, monthsAfter } from "../../src/lib/dates/days.js";
import { decimal, plain } from "../../src/lib/money.js";
import { adviceOn } from "../../src/lib/plans/advice.js";
import { useOf } from "../../src/lib/plans/use.js";
import type { ListedSubscription } from "../../src/lib/subscriptions/totals.js";
import { spend } from "../reports/daily-spend.js";

const TODAY = "2026-11-30";

const paying = (
  provider: string,
  plan: string,
  monthly_usd: string,
  more: Partial<ListedSubscription> = {},
): ListedSubscription => ({
  ...{ id: "id", name: `${provider}-${plan}`, provider, plan, period: "month", currency: "USD", seats: 1 },
  ...{ prices: [], tax_percent: null, since: "2026-01-15", trial_until: null, cancelled_on: null },
  ...{ created_at: "", updated_at: "", next: { due_on: "2026-12-15", amount: monthly_usd } },
  ...{ charged: { count: 0, usd: "0" }, monthly: monthly_usd, monthly_usd },
  ...{ yearly: null, yearly_usd: null },
  ...more,
});

/** So much a day on each of the last days, in dollars: covered by the plan, and beyond it. */
const using = (
  provider: string,
  included: number,
  { extra = 0, days = 90, agent = null as string | null } = {},
): DailySpend[] =>
  daysBetween(daysAfter(TODAY, 1 - days), TODAY).map((date) =>
    spend({
      ...{ date, provider, agent, model: null, kind: extra > 0 ? "extra_usage" : "usage" },
      included_usd: plain(decimal(String(included))),
      extra_usage_usd: plain(decimal(String(extra))),
    }),
  );

const advise = (
  subscription: ListedSubscription,
  days: readonly DailySpend[],
  more: { isTold?: boolean; ofProvider?: number } = {},
) =>
  adviceOn({
    subscription,
    use: useOf({ days, provider: subscription.provider, since: subscription.since, today: TODAY }),
    ...{ isTold: true, ofProvider: 1, today: TODAY },
    ...more,
  });

const costs = (advice: ReturnType<typeof advise>) =>
  advice.options.map(({ plan, least_usd, most_usd }) => [plan ?? "api", least_usd, most_usd]);

describe("advice on plans", () => {
  // Cursor: $20 hold $20, $60 hold $70, $200 hold $400 of use at list price.
  it.each([
    ["pro", "20", 0.5, 0, "cheaper", "API at list price"],
    ["pro", "20", 0.6, 0.4, "cheaper", "API at list price"],
    ["pro-plus", "60", 1, 0, "cheaper", "Cursor Pro"],
    ["pro-plus", "60", 2.3, 0, "keep", null],
    ["pro", "20", 0.7, 1.6, "cheaper", "Cursor Pro+"],
    ["pro-plus", "60", 2.3, 9, "cheaper", "Cursor Ultra"],
    ["ultra", "200", 2.2, 0, "cheaper", "Cursor Pro+"],
    ["ultra", "200", 12, 0, "keep", null],
  ])(
    "knows the best plan of Cursor for %s at $%s and $%s a day, and $%s on top",
    (plan, price, included, extra, about, best) => {
      const { suggestion, options } = advise(
        paying("cursor", plan, price),
        using("cursor", included, { extra }),
      );
      expect(suggestion.about).toBe(about);
      if (best !== null) expect(suggestion.says).toContain(`${best} would have cost`);
      // By hand: the price, and what it does not hold of thirty days.
      const use = (included + extra) * 30;
      const known: Record<string, [number, number]> = {
        pro: [20, 20],
        "pro-plus": [60, 70],
        ultra: [200, 400],
      };
      for (const option of options.filter(({ kind }) => kind === "plan")) {
        const [cost = 0, holds = 0] = known[option.plan ?? ""] ?? [];
        expect(Number(option.least_usd), option.name).toBeCloseTo(cost + Math.max(0, use - holds), 8);
      }
      expect(Number(options.at(-1)?.least_usd)).toBeCloseTo(use, 8);
      expect(Number(options[0]?.least_usd)).toBeCloseTo(Number(price) + extra * 30, 8);
    },
  );

  it("counts each month by itself: what one leaves is not there for the next", () => {
    const days = [...using("cursor", 4).slice(0, 30), ...using("cursor", 0.1).slice(30)];
    // $120, $3 and $3: Pro holds $20 of the first.
    const { options, use } = advise(paying("cursor", "pro-plus", "60"), days);
    expect(use?.months.map(({ included_usd }) => included_usd)).toEqual(["120", "3", "3"]);
    expect(options.find(({ plan }) => plan === "pro")?.least_usd).toBe(
      plain(decimal("160").div(3).round(10)),
    );
  });

  it("does not guess what a plan holds that says it only in limits", () => {
    const log = (included: number) => using("anthropic", included, { agent: "claude-code" });
    const heavy = advise(paying("claude-desktop", "max", "100"), log(10));
    expect(heavy).toMatchObject({ worth_usd: "300", extra_usd: "0", worth_per_dollar: "3.00" });
    expect(costs(heavy)).toEqual([
      ["max", "100", "100"],
      ["pro", "20", "320"],
      ["ultra", "200", "200"],
      ["api", "300", "300"],
    ]);
    expect(heavy.suggestion.about).toBe("perhaps");
    expect(heavy.suggestion.says).toContain("Claude Pro might have been cheaper, at $20.00 to $320.00");
    expect(heavy.assumptions.join()).toContain("not published in money");
    // Of $15, each way is cheaper than $100, whatever it holds.
    const light = advise(paying("claude-desktop", "max", "100"), log(0.5));
    expect(light.suggestion).toMatchObject({ about: "cheaper" });
    expect(light.suggestion.says).toContain("API at list price would have cost $15.00");
    expect(advise(paying("claude-desktop", "pro", "20"), log(10)).suggestion.about).toBe("keep");
    // What was charged on top may be held by a dearer plan, or may not.
    const charged = [...log(3), ...using("claude-desktop", 0, { extra: 5 })];
    expect(costs(advise(paying("claude-desktop", "pro", "20"), charged)).slice(0, 2)).toEqual([
      ["pro", "170", "170"],
      ["max", "100", "250"],
    ]);
  });

  it("tells a user whose logs are missing", () => {
    const unseen = advise(paying("claude-desktop", "max", "100"), [], { isTold: false });
    expect(unseen).toMatchObject({
      use: null,
      options: [],
      worth_usd: null,
      suggestion: { about: "nothing_seen" },
    });
    expect(unseen.suggestion.says).toContain("the logs of claude-code were not scanned");
    expect(unseen.suggestion.says).toContain("aicost scan");
    expect(unseen.not_seen.join()).toContain("machines that were not scanned");
    const other = advise(paying("cursor", "pro", "20"), [], { isTold: false });
    expect(other.suggestion.says).toContain("nothing that was imported tells of it");
    // Somebody else's use is none of it.
    expect(
      advise(paying("cursor", "pro", "20"), using("anthropic", 5, { agent: "claude-code" })).use,
    ).toBeNull();
  });

  it("suggests nothing with under 14 days of use", () => {
    const of = (days: number) => advise(paying("cursor", "ultra", "200"), using("cursor", 1, { days }));
    expect(of(13).suggestion).toMatchObject({ about: "too_little_use" });
    expect(of(13).suggestion.says).toContain("Only 13 days of use");
    expect(of(14).suggestion.about).toBe("cheaper");
    // Fourteen dollars in fourteen days are thirty in a month.
    expect(of(14)).toMatchObject({
      worth_usd: "30",
      assumptions: expect.arrayContaining([expect.stringContaining("extrapolated")]) as string[],
    });
  });

  it("suggests nothing if the use may be of another subscription, or the price is not known", () => {
    const days = using("cursor", 1);
    expect(advise(paying("cursor", "ultra", "200"), days, { ofProvider: 2 }).suggestion.about).toBe(
      "not_known",
    );
    expect(advise(paying("cursor", "ultra", "200", { monthly_usd: null }), days).suggestion.about).toBe(
      "not_known",
    );
  });

  it("compares seats, tax and yearly prices as they are paid", () => {
    const option = (more: Partial<ListedSubscription>) =>
      advise(paying("cursor", "pro", "20", more), using("cursor", 10)).options.find(
        ({ plan }) => plan === "pro-plus",
      );
    expect(option({ seats: 3, tax_percent: "19" })).toMatchObject({
      price_usd: "214.2",
      allowance_usd: "210",
    });
    expect(option({ period: "year" })).toMatchObject({ price_usd: "48" });
  });
});

describe("a month later", () => {
  it.each([
    ["2026-01-31", 1, "2026-02-28"],
    ["2024-02-29", 12, "2025-02-28"],
    ["2026-11-22", 12, "2027-11-22"],
    ["2026-12-31", 2, "2027-02-28"],
  ])("than %s, %s of them, is %s", (date, months, later) => expect(monthsAfter(date, months)).toBe(later));
});
