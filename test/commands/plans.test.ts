import { afterEach, describe, expect, it, vi } from "vitest";
import { daysAfter, daysBetween } from "../../src/lib/dates/days.js";
import type { Plans } from "../../src/lib/plans/look.js";
import { type Home, jsonOf, newHome, runWords } from "../support/cli.js";
import { addToTranscript, claudeLine } from "../support/claude-log.js";
import { keepDatabasesOpen } from "../support/open-database.js";

keepDatabasesOpen();
afterEach(() => void vi.useRealTimers());

const TODAY = "2026-11-22";
const now = (): void => void vi.useFakeTimers({ toFake: ["Date"], now: new Date(`${TODAY}T12:00:00Z`) });

const run = async (home: Home, ...words: string[]): Promise<string> => {
  const outcome = await runWords(words, home, { env: { HOME: home.folder } });
  expect(outcome).toMatchObject({ exit: 0, stderr: "" });
  return outcome.stdout;
};
const plans = async (home: Home): Promise<Plans> =>
  jsonOf<Plans>({ stdout: await run(home, "plans", "--json"), stderr: "", exit: 0 });

/** A person who used Claude Code, as much on each of the last days. */
const coder = (days: number, output: number): Home => {
  const home = newHome();
  const lines = daysBetween(daysAfter(TODAY, 1 - days), TODAY).map((date) =>
    claudeLine({ id: date, at: `${date}T10:00:00.000Z`, output, model: "claude-sonnet-4-5" }),
  );
  addToTranscript(home, lines.join(""));
  return home;
};
const scan = (home: Home) => run(home, "scan", "--yes", "--plan", "claude-code=max");
const subscribe = (home: Home, ...words: string[]) => run(home, "subscriptions", "add", ...words);

describe("aicost plans", () => {
  it("says what a plan gave for its price, and what others would have cost", async () => {
    now();
    const home = coder(60, 100_000);
    await subscribe(home, "claude", "max", "--since", "2026-06-15");
    await scan(home);
    const { range, plans: advice, without_subscription } = await plans(home);
    expect(range).toEqual({ from: "2026-08-25", to: TODAY });
    expect(without_subscription).toEqual([]);
    // A call a day of 1,000 tokens at $3, and 100,000 at $15 a million: $1.503.
    expect(advice).toMatchObject([
      {
        ...{ name: "claude-max", provider: "claude-desktop", plan: "max" },
        ...{ worth_usd: "45.09", extra_usd: "0", worth_per_dollar: "0.45" },
        use: { days_of_use: 60, months: [{ included_usd: "45.09" }, { included_usd: "45.09" }] },
        suggestion: { about: "cheaper" },
      },
    ]);
    expect(advice[0]?.options.map(({ plan, least_usd, most_usd }) => [plan, least_usd, most_usd])).toEqual([
      ["max", "100", "100"],
      ["pro", "20", "65.09"],
      ["ultra", "200", "200"],
      [null, "45.09", "45.09"],
    ]);
    await expect(await run(home, "plans")).toMatchFileSnapshot("snapshots/plans.txt");
  });

  it("tells a user whose logs are missing, or whose use has no subscription", async () => {
    now();
    const home = coder(20, 1000);
    expect(await run(home, "plans")).toContain("aicost subscriptions add claude max");
    await subscribe(home, "claude", "max", "--since", "2026-06-15");
    await subscribe(home, "cursor", "pro", "--since", "2026-06-15");
    const before = await plans(home);
    expect(before.plans.map(({ name, suggestion }) => [name, suggestion.about])).toEqual([
      ["claude-max", "nothing_seen"],
      ["cursor-pro", "nothing_seen"],
    ]);
    const text = (await run(home, "plans")).replaceAll(/\s+/g, " ");
    expect(text).toContain("the logs of claude-code were not scanned. Scan them with: aicost scan");
    await scan(home);
    expect((await plans(home)).plans[0]).toMatchObject({ use: { days_of_use: 20 } });
    await run(home, "subscriptions", "remove", "claude-max", "--yes");
    const after = await plans(home);
    expect(after.without_subscription).toMatchObject([{ agent: "claude-code" }]);
    const told = (await run(home, "plans")).replaceAll(/\s+/g, " ");
    expect(told).toContain("no subscription says what it costs");
  });

  it("suggests nothing with a few days of use", async () => {
    now();
    const home = coder(5, 1000);
    await subscribe(home, "claude", "max", "--since", "2026-06-15");
    await scan(home);
    expect((await plans(home)).plans[0]?.suggestion).toMatchObject({ about: "too_little_use" });
  });
});
