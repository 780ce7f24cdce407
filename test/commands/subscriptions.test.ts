import path from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import Add from "../../src/commands/add.js";
import Export from "../../src/commands/export.js";
import Import from "../../src/commands/import.js";
import Subscriptions from "../../src/commands/subscriptions/index.js";
import SubscriptionsAdd from "../../src/commands/subscriptions/add.js";
import SubscriptionsCancel from "../../src/commands/subscriptions/cancel.js";
import SubscriptionsChange from "../../src/commands/subscriptions/change.js";
import SubscriptionsRemove from "../../src/commands/subscriptions/remove.js";
import Sync from "../../src/commands/sync.js";
import Today from "../../src/commands/today.js";
import UpcomingCommand from "../../src/commands/upcoming.js";
import type { ChangedSubscription, StoredRecord, Subscription } from "../../src/lib/api.js";
import type { Setup } from "../../src/lib/doctor/check.js";
import { subscriptions as check } from "../../src/lib/doctor/subscriptions.js";
import { subscriptionNotes } from "../../src/lib/subscriptions/notes.js";
import type { Subscriptions as Found } from "../../src/lib/subscriptions/look.js";
import type { Upcoming } from "../../src/lib/subscriptions/upcoming.js";
import type { TodaySpend } from "../../src/lib/reports/today.js";
import { answer, type Home, newHome, refusal, runCommand, runWords } from "../support/cli.js";
import { addToTranscript, claudeLine } from "../support/claude-log.js";
import { keepDatabasesOpen, openHome } from "../support/open-database.js";
import { covering, spend } from "../reports/daily-spend.js";
import { added, recorded, reported, totalCost } from "./answers.js";

keepDatabasesOpen();
afterEach(() => void vi.useRealTimers());

const at = (moment: string): void => void vi.useFakeTimers({ toFake: ["Date"], now: new Date(moment) });

const subscribed = async (home: Home, ...argv: string[]) =>
  answer<{
    subscription: Subscription;
    listed: { name: string; sources: unknown[] } | null;
    entries: number;
  }>(SubscriptionsAdd, argv, home);
const listed = (home: Home) => answer<Found>(Subscriptions, [], home);
const datesOf = async (home: Home) =>
  (await recorded(home, "--reverse")).records.map(({ timestamp, cost_usd }) => [
    timestamp.slice(0, 10),
    cost_usd,
  ]);

describe("aicost subscriptions", () => {
  it("takes the price of a plan from the list, by its names and aliases, with its source", async () => {
    at("2026-11-10T12:00:00Z");
    const home = newHome();
    const max = await subscribed(home, "claude", "max", "--since", "2026-08-31");
    expect(max.subscription).toMatchObject({
      ...{ provider: "claude-desktop", name: "claude-max", plan: "max", period: "month", currency: "USD" },
      next: { due_on: "2026-11-30", amount: "100" },
      charged: { count: 3, usd: "300" },
    });
    expect(max.listed).toMatchObject({ name: "Claude Max" });
    expect(max.listed?.sources.length).toBeGreaterThan(0);
    expect(await datesOf(home)).toEqual([
      ["2026-08-31", "100"],
      ["2026-09-30", "100"],
      ["2026-10-31", "100"],
    ]);
    const ultra = await subscribed(home, "Claude.ai", "max 20x", "--since", "2026-11-01");
    expect(ultra.subscription).toMatchObject({ name: "claude-ultra", charged: { usd: "200" } });
    // The list knows when a price changed.
    const team = await subscribed(home, "claude", "team-standard", "--since", "2026-05-20", "--seats", "5");
    expect(team.subscription.prices).toMatchObject([{ cost: "30" }, { cost: "25", from: "2026-06-16" }]);
    expect(team.subscription.charged).toEqual({ count: 6, usd: plain(150 + 5 * 125) });
    const yearly = await subscribed(home, "cursor", "pro", "--since", "2026-02-28", "--per", "year");
    expect(yearly.subscription).toMatchObject({ next: { due_on: "2027-02-28", amount: "192" } });
    // A provider that aicost did not have.
    expect((await subscribed(home, "gemini", "pro", "--since", "2026-11-09")).subscription.provider).toBe(
      "google-ai",
    );
    expect((await subscribed(home, "jetbrains", "ai-pro", "--since", "2026-11-09")).subscription.period).toBe(
      "year",
    );
  });

  it("refuses to guess a plan or a price", async () => {
    const home = newHome();
    const since = ["--since", "2026-03-01"];
    expect(await refusal(SubscriptionsAdd, ["chatgpt", "pro", ...since], home)).toMatchObject({
      code: "plan_ambiguous",
      message: expect.stringContaining("pro-100, pro-200, pro-500") as string,
    });
    // An exact name is never ambiguous, though others begin with it.
    expect((await subscribed(home, "cursor", "pro", ...since)).subscription.plan).toBe("pro");
    expect(await refusal(SubscriptionsAdd, ["claude", "maxx", ...since], home)).toMatchObject({
      code: "plan_unknown",
      hint: expect.stringContaining("Did you mean max") as string,
    });
    expect(await refusal(SubscriptionsAdd, ["chatgpt", "go", "--since", "2025-12-01"], home)).toMatchObject({
      code: "plan_unknown",
    });
    expect(
      await refusal(SubscriptionsAdd, ["midjourney", "basic", "--per", "year", ...since], home),
    ).toMatchObject({ code: "plan_unknown" });
    expect(
      await refusal(SubscriptionsAdd, ["chatgpt", "plus", "--currency", "EUR", ...since], home),
    ).toMatchObject({ code: "bad_currency" });
    expect(
      await refusal(SubscriptionsAdd, ["my-gateway", "basic", "--cost", "5", ...since], home),
    ).toMatchObject({ code: "provider_unknown" });
    for (const [flag, text, code] of [
      ["--trial-until", "2026-02-01", "bad_date"],
      ["--tax", "101", "bad_tax"],
      ["--cost", "-5", "bad_amount"],
      ["--cost", "1,5", "bad_amount"],
      ["--name", "käse", "bad_name"],
    ] as const)
      expect(await refusal(SubscriptionsAdd, ["chatgpt", "plus", ...since, flag, text], home)).toMatchObject({
        code,
      });
    for (const since of ["2026-02-30", "2014-12-31", "tomorrow"])
      expect(await refusal(SubscriptionsAdd, ["chatgpt", "plus", "--since", since], home)).toMatchObject({
        code: "bad_date",
      });
    expect(await recorded(home, "--provider", "chatgpt")).toMatchObject({ total: 0 });
  });

  it("counts a charge on the day on which it is due, before it is a record", async () => {
    at("2026-11-10T12:00:00Z");
    const home = newHome();
    await subscribed(home, "chatgpt", "plus", "--since", "2026-10-15");
    expect(await totalCost(home)).toBe("20");
    at("2026-11-14T23:59:59Z");
    expect(await totalCost(home)).toBe("20");
    at("2026-11-15T00:00:01Z");
    expect(await totalCost(home)).toBe("40");
    expect((await answer<TodaySpend>(Today, [], home)).today.cost_usd).toBe("20");
    expect((await recorded(home)).total).toBe(1);
    expect((await listed(home)).subscriptions[0]).toMatchObject({
      charged: { count: 2 },
      next: { due_on: "2026-12-15" },
    });
    await answer(Sync, [], home);
    expect(await datesOf(home)).toEqual([
      ["2026-10-15", "20"],
      ["2026-11-15", "20"],
    ]);
    expect(await totalCost(home)).toBe("40");
    at("2027-02-20T12:00:00Z");
    expect(await totalCost(home)).toBe("100");
    await added(home, "--provider", "openai", "--cost", "1");
    expect(await totalCost(home)).toBe("101");
    expect((await recorded(home, "--provider", "chatgpt")).total).toBe(5);
  });

  it("changes prices, ends, goes on, and is removed", async () => {
    at("2026-11-10T12:00:00Z");
    const home = newHome();
    await subscribed(home, "chatgpt", "plus", "--since", "2026-08-01");
    const changed = await answer<ChangedSubscription>(
      SubscriptionsChange,
      ["plus", "--cost", "22", "--from", "2026-10-01"],
      home,
    );
    expect(changed).toMatchObject({ withdrawn: 2, booked: 2, subscription: { next: { amount: "22" } } });
    expect(await totalCost(home)).toBe("84");
    await answer(SubscriptionsCancel, ["chatgpt-plus", "--on", "2026-11-01"], home);
    expect(await totalCost(home)).toBe("62");
    const [ended] = (await listed(home)).subscriptions;
    expect(ended).toMatchObject({ next: null, monthly: null });
    await answer(SubscriptionsCancel, ["openai", "--undo"], home);
    expect(await totalCost(home)).toBe("84");
    expect(await refusal(SubscriptionsCancel, ["plus", "--undo"], home)).toMatchObject({
      code: "not_cancelled",
    });
    expect(
      await refusal(SubscriptionsChange, ["plus", "--cost", "1", "--from", "2026-07-01"], home),
    ).toMatchObject({ code: "bad_date" });
    expect(await refusal(SubscriptionsRemove, ["plus"], home)).toMatchObject({
      code: "not_confirmed",
      message: expect.stringContaining("Remove chatgpt-plus and its 4 charges ($84.00)?") as string,
    });
    expect(await refusal(SubscriptionsRemove, ["chatgpt-plsu", "--yes"], home)).toMatchObject({
      code: "subscription_unknown",
      hint: expect.stringContaining("Did you mean chatgpt-plus") as string,
    });
    expect(await answer(SubscriptionsRemove, ["plus", "--yes"], home)).toEqual({
      removed: { name: "chatgpt-plus", removed: 4, usd: "84", restored: 0 },
    });
    expect(await recorded(home)).toMatchObject({ total: 0 });
  });

  it("offers to take over what was entered by hand, and never counts it twice", async () => {
    at("2026-11-10T12:00:00Z");
    const home = newHome();
    const entered = ["--provider", "chatgpt", "--cost", "20", "--kind", "subscription"];
    await added(home, ...entered, "--date", "2026-10-01", "--note", "Plus");
    const plus = ["chatgpt", "plus", "--since", "2026-09-01"];
    expect(await refusal(SubscriptionsAdd, plus, home)).toMatchObject({ code: "subscription_entries" });
    expect(await totalCost(home)).toBe("20");
    expect(await subscribed(home, ...plus, "--take-over")).toMatchObject({ entries: 1 });
    expect(await totalCost(home)).toBe("60");
    await answer(SubscriptionsRemove, ["plus", "--yes"], home);
    expect(await totalCost(home)).toBe("20");
    await subscribed(home, ...plus, "--keep");
    expect(await totalCost(home)).toBe("60");
    // And the other way round.
    expect(await refusal(Add, [...entered, "--date", "2026-11-01"], home)).toMatchObject({
      code: "charge_counted",
    });
    await answer<{ record: StoredRecord }>(Add, [...entered, "--date", "2026-11-01", "--beside"], home);
    await answer<{ record: StoredRecord }>(Add, [...entered, "--date", "2026-11-02"], home);
    expect(await totalCost(home)).toBe("100");
  });

  it("is the same on a second machine that was offline for a month", async () => {
    at("2026-09-20T12:00:00Z");
    const [laptop, desktop] = [newHome(), newHome()];
    await subscribed(laptop, "chatgpt", "plus", "--since", "2026-08-15");
    const carry = async (from: Home, to: Home, name: string) => {
      const file = path.join(laptop.folder, name);
      await answer(Export, ["--output", file], from);
      await answer(Import, [file], to);
    };
    await carry(laptop, desktop, "one.ndjson");
    at("2026-11-20T12:00:00Z");
    for (const home of [laptop, desktop]) await answer(Sync, [], home);
    await carry(desktop, laptop, "two.ndjson");
    await carry(laptop, desktop, "three.ndjson");
    for (const home of [laptop, desktop]) {
      expect((await datesOf(home)).map(([date]) => date)).toEqual([
        "2026-08-15",
        "2026-09-15",
        "2026-10-15",
        "2026-11-15",
      ]);
      expect(await totalCost(home)).toBe("80");
    }
  });

  /** What `aicost doctor` says of them. */
  const doctorSays = async (home: Home) => {
    const store = await openHome(home);
    try {
      const setup = {
        data: () => Promise.resolve(store),
        dataDir: home.dataDir,
        profile: () => ({ name: "local" }),
      };
      return await check.look(setup as unknown as Setup);
    } finally {
      await store.close();
    }
  };

  it("says that the list price changed, if the price came from the list", async () => {
    at("2026-11-10T12:00:00Z");
    const home = newHome();
    // As an older version added it, with another list.
    const store = await openHome(home);
    await store.call("add_subscription", {
      subscription: {
        ...{ provider: "chatgpt", name: "chatgpt-plus", plan: "plus", period: "month", currency: "USD" },
        prices: [{ from: "2026-10-01", cost: "18.5", is_listed: true }],
        ...{ seats: 1, tax_percent: null, since: "2026-10-01", trial_until: null },
      },
      entries: null,
    });
    await store.close();
    const says = "The list price of ChatGPT Plus is $20.00 a month now; chatgpt-plus has $18.50.";
    const type = "aicost subscriptions change chatgpt-plus --cost 20 --from DATE";
    expect((await listed(home)).notes).toEqual([{ name: "chatgpt-plus", about: "price", says, type }]);
    expect((await runCommand(Subscriptions, [], home)).stdout.replaceAll(/\s+/g, " ")).toContain(says);
    expect(await doctorSays(home)).toEqual({ state: "warning", says: says.slice(0, -1), type });
    // What a person typed is what they pay.
    await answer(SubscriptionsChange, ["plus", "--cost", "18.5", "--from", "2026-10-01"], home);
    expect((await listed(home)).notes).toEqual([]);
    expect(await doctorSays(home)).toMatchObject({ state: "ok" });
  });

  it("says that a plan was not used for 40 days", async () => {
    at("2026-11-10T12:00:00Z");
    const home = newHome();
    addToTranscript(home, claudeLine({ id: "a", at: "2026-09-20T10:00:00.000Z", output: 100 }));
    await subscribed(home, "claude", "max", "--since", "2026-08-01");
    const scanned = ["scan", "--yes", "--plan", "claude-code"];
    expect(await runWords(scanned, home, { env: { HOME: home.folder } })).toMatchObject({ exit: 0 });
    const says = "No use of claude-max is known since 2026-09-20.";
    const type = "aicost subscriptions cancel claude-max --on 2026-12-01";
    expect((await listed(home)).notes).toEqual([{ name: "claude-max", about: "unused", says, type }]);
    expect((await runCommand(Subscriptions, [], home)).stdout).toContain(says);
    expect(await doctorSays(home)).toEqual({ state: "warning", says: says.slice(0, -1), type });
  });

  it("knows how long a plan is unused only as far as it looked", async () => {
    at("2026-11-10T12:00:00Z");
    const home = newHome();
    const { subscription } = await subscribed(home, "claude", "max", "--since", "2026-08-01");
    const used = spend({ date: "2026-09-20", agent: "claude-code", included_usd: "3" });
    const scans = { "claude-code": { standing: 1, undone: 0, last: 1, last_at: "2026-09-20T18:00:00Z" } };
    const notes = (scannedAt: string | null, today = "2026-11-10", days = [used]) =>
      subscriptionNotes([subscription], { days, coverage: covering({}), scans, scannedAt }, today).map(
        ({ about }) => about,
      );
    expect(notes("2026-10-29T12:00:00Z", "2026-10-29")).toEqual([]);
    expect(notes("2026-10-30T12:00:00Z", "2026-10-30")).toEqual(["unused"]);
    // Nothing has looked since then: it may have been used.
    expect(notes("2026-10-01T12:00:00Z")).toEqual([]);
    expect(notes(null)).toEqual([]);
    // Nothing ever told of its use.
    expect(notes("2026-11-10T12:00:00Z", "2026-11-10", [])).toEqual([]);
  });

  it("says that a trial ends within two weeks", async () => {
    at("2026-11-01T12:00:00Z");
    const home = newHome();
    await subscribed(home, "chatgpt", "plus", "--since", "2026-10-20", "--trial-until", "2026-11-16");
    expect((await listed(home)).notes).toEqual([]);
    at("2026-11-02T12:00:00Z");
    const says = "The trial of chatgpt-plus ends on 2026-11-16, and the first charge is due.";
    const type = "aicost subscriptions cancel chatgpt-plus --on 2026-11-16";
    expect((await listed(home)).notes).toEqual([{ name: "chatgpt-plus", about: "trial", says, type }]);
    expect(await doctorSays(home)).toEqual({ state: "warning", says: says.slice(0, -1), type });
    at("2026-11-16T12:00:00Z");
    expect((await listed(home)).notes).toEqual([]);
  });

  it("says what there is to know: a trial that ends, and a missing rate first", async () => {
    at("2026-11-10T12:00:00Z");
    const home = newHome();
    await subscribed(home, "chatgpt", "plus", "--since", "2026-11-09", "--trial-until", "2026-11-16");
    await subscribed(
      home,
      "mistral",
      "team",
      "--since",
      "2026-11-01",
      "--cost",
      "24.99",
      "--currency",
      "EUR",
      "--tax",
      "19%",
    );
    const { notes, totals } = await listed(home);
    expect(notes.map(({ name, about }) => [name, about])).toEqual([
      ["chatgpt-plus", "trial"],
      ["mistral-vibe-team", "rate"],
    ]);
    expect(totals).toEqual({ monthly_usd: "20", yearly_usd: "240", not_counted: 1 });
    const { warnings } = await reported(home);
    expect(warnings.join()).toContain("The charge of mistral-vibe-team on 2026-11-01 does not count");
    expect((await answer<TodaySpend>(Today, [], home)).warnings.join()).toContain("mistral-vibe-team");
    expect(await doctorSays(home)).toMatchObject({
      state: "wrong",
      says: expect.stringContaining("no exchange rate for EUR") as string,
      type: "aicost rates set EUR NUMBER",
    });
  });

  it("shows what is due in the next days", async () => {
    at("2026-11-10T12:00:00Z");
    const home = newHome();
    await subscribed(home, "chatgpt", "plus", "--since", "2026-10-10");
    await subscribed(home, "claude", "pro", "--since", "2026-10-31");
    const { upcoming, totals, from, to } = await answer<Upcoming>(UpcomingCommand, ["--days", "31"], home);
    expect([from, to]).toEqual(["2026-11-11", "2026-12-11"]);
    expect(upcoming.map((row) => [row.date, row.kind, "usd" in row ? row.usd : undefined])).toEqual([
      ["2026-11-30", "renewal", "20"],
      ["2026-12-10", "renewal", "20"],
    ]);
    expect(totals).toMatchObject({ renewals_usd: "40", usage_usd: null, total_usd: "40", not_counted: 0 });
    expect(totals).toMatchObject({ topups_usd: "0", paid_by_credit_usd: null, cash_usd: "40" });
    const { stdout } = await runCommand(UpcomingCommand, [], home);
    expect(stdout).toMatchInlineSnapshot(`
      "Date        What          Provider        Amount
      ────────────────────────────────────────────────
      2026-11-30  claude-pro    claude-desktop  $20.00
      2026-12-10  chatgpt-plus  chatgpt         $20.00
      ────────────────────────────────────────────────
      Total                                     $40.00
      "
    `);
  });

  it("writes a calendar whose events stay the same", async () => {
    at("2026-11-10T12:00:00Z");
    const home = newHome();
    await subscribed(
      home,
      "chatgpt",
      "plus",
      "--since",
      "2026-10-31",
      "--name",
      `chatgpt-${"long-".repeat(12)}name`,
    );
    const first = (await runCommand(Subscriptions, ["--ics"], home)).stdout;
    expect(first.endsWith("END:VCALENDAR\r\n")).toBe(true);
    for (const line of first.split("\r\n")) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    const unfolded = first.replaceAll("\r\n ", "");
    const days = [...unfolded.matchAll(/DTSTART;VALUE=DATE:(\d{8})/g)].map(([, day]) => day);
    expect(days.slice(0, 4)).toEqual(["20261130", "20261231", "20270131", "20270228"]);
    const uids = [...unfolded.matchAll(/^UID:.*$/gm)].map(([uid]) => uid);
    expect(new Set(uids).size).toBe(days.length);
    at("2026-11-12T12:00:00Z");
    expect((await runCommand(Subscriptions, ["--ics"], home)).stdout).toContain(uids[0]!.slice(0, 40));
  });
});

const plain = (amount: number): string => String(amount);
