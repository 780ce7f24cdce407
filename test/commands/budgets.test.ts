import { afterEach, describe, expect, it, vi } from "vitest";
import Budgets from "../../src/commands/budgets/index.js";
import BudgetsCheck from "../../src/commands/budgets/check.js";
import BudgetsRemove from "../../src/commands/budgets/remove.js";
import BudgetsSet from "../../src/commands/budgets/set.js";
import Export from "../../src/commands/export.js";
import Forecast from "../../src/commands/forecast/index.js";
import PrefsSet from "../../src/commands/prefs/set.js";
import RatesSet from "../../src/commands/rates/set.js";
import Today from "../../src/commands/today.js";
import UpcomingCommand from "../../src/commands/upcoming.js";
import type { Budget } from "../../src/lib/api.js";
import type { BudgetState } from "../../src/lib/budgets/state.js";
import { askOfBudgets } from "../../src/lib/budgets/ask.js";
import { daysAfter } from "../../src/lib/dates/days.js";
import { decimal, plain } from "../../src/lib/money.js";
import type { Upcoming } from "../../src/lib/subscriptions/upcoming.js";
import type { TodaySpend } from "../../src/lib/reports/today.js";
import { promptAnswer } from "../../src/lib/today/prompt-line.js";
import { answer as lightAnswer } from "../../src/light/today.js";
import { answer, fileIn, type Home, newHome, refusal, runCommand } from "../support/cli.js";
import { giveDatabase, keepDatabasesOpen, openHome } from "../support/open-database.js";
import { imported } from "./answers.js";

keepDatabasesOpen();
afterEach(() => vi.useRealTimers());

const NOON = new Date("2026-11-20T12:00:00Z");

/** About $10 a day of two models, up to the 19th of November 2026. It is the 20th. */
const spent = async (home: Home, days = 35): Promise<Home> => {
  vi.useFakeTimers({ now: NOON, toFake: ["Date"] });
  const rows = Array.from({ length: days }, (_, at) => {
    const day = daysAfter("2026-11-19", at + 1 - days);
    return `${day},${6 + (at % 3)},gpt-6,shop\n${day},3,gpt-5,site`;
  });
  const file = fileIn(home, "spend.csv", ["when,usd,model,team", ...rows].join("\n"));
  const map = ["--map", "date=when,cost=usd,model=model,project=team"];
  await imported(home, file, ...map, "--provider", "openai");
  return home;
};

const set = (home: Home, ...argv: string[]) =>
  answer<{ budget: Budget; before: Budget | null }>(BudgetsSet, argv, home);
const list = (home: Home) => answer<{ budgets: BudgetState[]; warnings: string[] }>(Budgets, [], home);
const check = (home: Home, ...argv: string[]) => runCommand(BudgetsCheck, argv, home);

describe("aicost budgets", () => {
  it("sets, replaces and removes budgets, and says how to take each back", async () => {
    const home = newHome();
    expect(await list(home)).toEqual({ budgets: [], warnings: [] });
    expect((await check(home)).stdout).toContain("There are no budgets.");
    await set(home, "api", "100");
    const { budget, before } = await set(home, "API", "$120", "--reset-day", "17", "-p", "openai,anthropic");
    expect(before).toMatchObject({ amount: "100", reset_day: null });
    expect(budget).toMatchObject({ name: "api", amount: "120", providers: ["openai", "anthropic"] });
    const said = await runCommand(BudgetsSet, ["api", "90", "--per", "week"], home);
    expect(said.stdout).toBe(
      "Changed the budget api: $120.00 a month, from day 17, only openai or anthropic → $90.00 a week.\n",
    );
    expect(await refusal(BudgetsRemove, ["apo"], home)).toMatchObject({
      ...{ exit: 4, code: "budget_unknown", hint: "Did you mean api? See them with: aicost budgets" },
    });
    const removed = await answer<{ set_again: string }>(BudgetsRemove, ["api"], home);
    expect(removed.set_again).toBe("aicost budgets set api 90 --per week");
    expect(await refusal(BudgetsSet, ["api", "10", "--tag", "client"], home)).toMatchObject({
      code: "tag_unknown",
    });
    expect((await list(home)).budgets).toEqual([]);
  });

  it("is crossed on the day on which the stored forecast says so, of all spend and of a provider", async () => {
    const home = await spent(newHome());
    const { forecast } = await answer<{
      forecast: { forecast_date: string; predicted_cost_usd: string; provider: string | null }[];
    }>(Forecast, ["--by", "provider"], home);
    await set(home, "all", "250");
    await set(home, "openai", "250", "-p", "openai");
    await set(home, "shop", "150", "--project", "sh*");
    const { budgets } = await list(home);
    for (const [name, provider] of [
      ["all", null],
      ["openai", "openai"],
    ] as const) {
      const found = budgets.find((each) => each.name === name)!;
      let total = decimal(found.spent!);
      const crossed = forecast
        .filter((row) => row.provider === provider && row.forecast_date <= "2026-11-30")
        .find(({ predicted_cost_usd }) => (total = total.plus(predicted_cost_usd)).gt(250));
      expect(found.crossing).toEqual({ day: crossed!.forecast_date, by: "forecast" });
      expect(found.forecast).toMatchObject({ provider, training_data_end: "2026-11-19" });
      expect(found.driver).toMatchObject({ provider: "openai", model: "gpt-6" });
    }
    // No forecast is of a project: what it goes on like is said to be that.
    const shop = budgets.find(({ name }) => name === "shop")!;
    expect(shop).toMatchObject({ forecast: null, expected: null, crossing: { by: "pace" } });
    expect(plain(decimal(shop.spent!))).toBe("133");
    const { stdout } = await runCommand(Budgets, [], home);
    expect(stdout.replaceAll(/\s+/g, " ")).toMatch(
      / all is likely to be exceeded on 2026-11-\d\d, by the forecast of 2026-11-20\. /,
    );
    expect(stdout).toContain("Expected");

    // What is to come names the same days, and no total counts them.
    await set(home, "over", "100");
    const known = budgets.map(({ name, crossing }) => ({
      kind: "budget",
      name,
      date: crossing!.day,
      by: crossing!.by,
    }));
    const coming = await answer<Upcoming>(UpcomingCommand, [], home);
    const crossings = coming.upcoming.filter(({ kind }) => kind === "budget");
    expect(crossings.map(({ date }) => date)).toEqual(crossings.map(({ date }) => date).toSorted());
    expect(crossings).toMatchObject(known.toSorted((a, b) => (a.date < b.date ? -1 : 1)));
    expect(crossings).toHaveLength(3);
    const { stdout: shown } = await runCommand(UpcomingCommand, [], home);
    expect(shown).toMatch(/^2026-11-\d\d  budget openai exceeded: \$250\.00 a month *$/m);
    expect(shown.replaceAll(/\s+/g, " ")).toContain(
      "A budget is exceeded on that day by the forecast, or if spending goes on as in its period so far. See: aicost budgets",
    );
    for (const { name } of [...budgets, { name: "over" }]) await answer(BudgetsRemove, [name], home);
    const without = await answer<Upcoming>(UpcomingCommand, [], home);
    expect(without).toEqual({
      ...coming,
      upcoming: coming.upcoming.filter(({ kind }) => kind !== "budget"),
    });

    await runCommand(PrefsSet, ["forecast", "off"], home);
    await set(home, "all", "250");
    expect((await list(home)).budgets[0]).toMatchObject({ forecast: null, crossing: { by: "pace" } });
    // Only a budget is to come: that is not a total of $0.00.
    const only = await runCommand(UpcomingCommand, [], home);
    expect(only.stdout).toContain("budget all exceeded");
    expect(only.stdout).not.toContain("Total");
  });

  it("exits with 6 if one is exceeded, or has used a share, and not if nothing is known", async () => {
    const home = await spent(newHome());
    await set(home, "api", "200");
    expect(await check(home)).toMatchObject({ exit: 0, stdout: "No budget is exceeded.\n" });
    const near = await check(home, "--at", "85");
    expect(near.exit).toBe(6);
    expect(near.stdout).toBe("api has used 95%: $190.00 of $200.00 until 2026-11-30.\n");
    expect((await check(home, "--at", "96")).exit).toBe(0);
    await set(home, "api", "180");
    const over = await check(home, "--json");
    expect(over.exit).toBe(6);
    expect(JSON.parse(over.stdout)).toMatchObject({
      met: false,
      over: [{ name: "api", exceeded: true, crossing: { day: "2026-11-19", by: "records" } }],
    });
    await set(home, "api", "180", "--per", "day");
    vi.setSystemTime(new Date("2026-12-20T12:00:00Z"));
    const unknown = await check(home);
    expect(unknown.exit).toBe(0);
    expect(unknown.stdout).toContain("api: nothing is known of 2026-12-20 to 2026-12-20 yet.");
  });

  it("is of days in the user's zone, and in the currency that it was set in", async () => {
    const home = await spent(newHome());
    await runCommand(PrefsSet, ["timezone", "Asia/Tokyo"], home);
    await runCommand(PrefsSet, ["currency", "EUR"], home);
    await runCommand(RatesSet, ["EUR", "2"], home);
    await set(home, "day", "7", "--per", "day");
    await set(home, "month", "90 €");
    await runCommand(PrefsSet, ["currency", "USD"], home);
    expect((await list(home)).budgets).toMatchObject([
      { name: "day", currency: "EUR", from: "2026-11-20", spent: null },
      { name: "month", currency: "EUR", spent: "95", exceeded: true },
    ]);
    expect((await runCommand(Today, ["--format", "{budget}"], home)).stdout).toBe("month 105%\n");
    const store = await openHome(home);
    expect((await askOfBudgets(store, new Date("2026-11-20T14:59:00Z")))?.day).toBe("2026-11-20");
    expect((await askOfBudgets(store, new Date("2026-11-20T15:01:00Z")))?.day).toBe("2026-11-21");
    await store.close();
  });

  it("is not known without a rate for its currency, which is not for want of data", async () => {
    const home = await spent(newHome());
    await runCommand(PrefsSet, ["currency", "EUR"], home);
    await set(home, "euro", "50");
    const stdout = (await runCommand(Budgets, [], home)).stdout.replaceAll(/\s+/g, " ");
    expect(stdout).toContain("euro: not known, because there is no exchange rate for EUR.");
    expect(stdout).toContain("for that day and the week after it). Or use those");
    expect(stdout).not.toContain("nothing is known of");
  });

  it("may have been exceeded on a day without data that is over", async () => {
    const home = await spent(newHome());
    await set(home, "api", "197");
    vi.setSystemTime(new Date("2026-11-25T12:00:00Z"));
    const { stdout } = await runCommand(Budgets, [], home);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      "api was probably exceeded on 2026-11-20, if spending went on as on the days with data.",
    );
    expect((await answer<Upcoming>(UpcomingCommand, [], home)).upcoming).toEqual([]);
  });

  it("is restored from an archive, and the one that was set later counts", async () => {
    vi.useFakeTimers({ now: NOON, toFake: ["Date"] });
    const [here, there] = [newHome(), newHome()];
    await set(here, "api", "100", "--project", "shop", "--per", "week");
    await set(here, "older", "1");
    const file = `${here.folder}/all.aicost`;
    expect((await runCommand(Export, ["--output", file], here)).exit).toBe(0);
    await set(there, "older", "2");
    await imported(there, file);
    const names = async () => (await list(there)).budgets.map(({ name, amount }) => [name, amount]);
    expect(await names()).toEqual([
      ["api", "100"],
      ["older", "2"],
    ]);
  });
});

describe("{budget} of today and prompt", () => {
  it("is told without a database, and of today, whenever that is", async () => {
    const home = newHome();
    await giveDatabase(home);
    await spent(home);
    const store = await openHome(home);
    const filters = { providers: [], models: [], projects: [], tags: [], kinds: [] } as const;
    const usd = { currency: "USD", reset_day: null, ...filters } as const;
    await store.call("set_budget", { budget: { ...usd, name: "month", amount: "200", period: "month" } });
    await store.call("set_budget", {
      budget: { ...usd, name: "shop", amount: "100", period: "week", projects: ["shop"] },
    });
    await store.call("set_budget", {
      budget: { ...usd, name: "cycle", amount: "300", period: "month", reset_day: 17 },
    });
    await store.close();
    const light = (word: string) =>
      runCommand(
        {
          run: async () => {
            await lightAnswer([word, "--format", "{budget}"]);
          },
        } as unknown as typeof Today,
        [],
        home,
      );
    for (const word of ["today", "prompt"]) expect((await light(word)).stdout).toBe("month 95%\n");
    const spend = promptAnswer(home).spend!;
    expect(spend.budgets).toMatchObject([
      { name: "cycle", from: "2026-11-17", spent: "30" },
      { name: "month", spent: "190", percent: "95.0" },
      { name: "shop", from: "2026-11-16", spent: "28" },
    ]);
    expect((await answer<TodaySpend>(Today, [], home)).budgets).toEqual(spend.budgets);
    // In the next month, it knows that it knows nothing.
    vi.setSystemTime(new Date("2026-12-01T12:00:00Z"));
    expect((await light("today")).stdout).toBe("cycle 10%\n");
  });
});
