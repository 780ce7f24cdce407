import { afterEach, expect, it, vi } from "vitest";
import Report from "../../src/commands/report.js";
import SubscriptionsAdd from "../../src/commands/subscriptions/add.js";
import Today from "../../src/commands/today.js";
import { currentModel } from "../../src/lib/store/read-model/current.js";
import { dailySpend } from "../../src/lib/store/read-model/daily-spend.js";
import { promptAnswer } from "../../src/lib/today/prompt-line.js";
import { answer as lightAnswer } from "../../src/light/today.js";
import { SPLIT_KEYS } from "../../src/lib/api.js";
import type { SpendReport } from "../../src/lib/reports/report.js";
import { answer, type Home, newHome, runCommand } from "../support/cli.js";
import { giveDatabase, openHome } from "../support/open-database.js";

// The clock alone stands still; timers go on.
const at = (moment: string): void => void vi.useFakeTimers({ toFake: ["Date"], now: new Date(moment) });
afterEach(() => void vi.useRealTimers());

const ALL = { from_date: null, to_date: null, split_by: SPLIT_KEYS };

/** The model, if it is of now, says what the database does. */
const expectCurrent = async (home: Home): Promise<void> => {
  const model = currentModel(home.dataDir);
  expect(model).not.toBeNull();
  const days = dailySpend(model!, ALL);
  const store = await openHome(home);
  expect(await store.call("get_daily_spend", ALL)).toEqual(days);
  await store.close();
};

const light = (home: Home) =>
  runCommand(
    {
      run: async () => {
        if (!(await lightAnswer(["today"]))) process.stdout.write("asks the database\n");
      },
    } as unknown as typeof Today,
    [],
    home,
  );

it("holds until a charge of a subscription is due, and then has it", async () => {
  at("2026-11-10T12:00:00Z");
  const home = newHome();
  await giveDatabase(home);
  await answer(SubscriptionsAdd, ["chatgpt", "plus", "--since", "2026-10-15"], home);
  await expectCurrent(home);

  at("2026-11-14T23:59:00Z");
  expect(promptAnswer(home).spend).toMatchObject({ current: true, month: { cost_usd: null } });
  at("2026-11-15T00:01:00Z");
  expect(promptAnswer(home)).toMatchObject({ spend: { current: false }, refresh: "local" });
  expect((await light(home)).stdout).toBe("asks the database\n");
  expect(currentModel(home.dataDir)).toBeNull();

  // Nothing is written by that, and the model is made again all the same.
  expect((await answer<{ today: { cost_usd: string } }>(Today, [], home)).today.cost_usd).toBe("20");
  await expectCurrent(home);
  expect(promptAnswer(home).spend).toMatchObject({ current: true, today: { cost_usd: "20" } });
  expect((await light(home)).stdout).toContain("$20.00 today");

  // Several at once, and in another month.
  at("2027-01-20T00:01:00Z");
  const { totals } = await answer<SpendReport>(Report, ["--range", "all"], home);
  expect(totals.cost_usd).toBe("80");
  await expectCurrent(home);
});
