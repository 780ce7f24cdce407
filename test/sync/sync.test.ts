import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { UserError } from "../../src/lib/errors.js";
import type { SyncOptions } from "../../src/lib/sync/sync.js";
import { keepDatabasesOpen } from "../support/open-database.js";
import { fixture, type Replay, type Reply } from "../support/replay.js";
import { ANTHROPIC_KEYS, replayAnthropic } from "../support/replay/anthropic.js";
import { deepseekAccount, DEEPSEEK_KEY, replayDeepseek } from "../support/replay/deepseek.js";
import { LITELLM_KEYS, replayLitellm } from "../support/replay/litellm.js";
import { OPENAI_KEYS, replayOpenai } from "../support/replay/openai.js";
import { keyFixture, OPENROUTER_KEYS, replayOpenrouter } from "../support/replay/openrouter.js";
import { replayVercel, VERCEL_KEYS } from "../support/replay/vercel.js";
import { replayXai, XAI_KEYS, XAI_TEAM } from "../support/replay/xai.js";
import { bring } from "../support/layers.js";
import { costRecord } from "../support/records.js";
import { NOW, startSyncing, type Syncing } from "./syncing.js";

const EXPECTED = fixture<Record<string, Record<string, string>>>("expected");
const SINCE = { since: "2026-11-07" };

keepDatabasesOpen();

let own: Syncing;
beforeEach(async () => {
  own = await startSyncing();
});

const ok = (body: unknown): Reply => ({ status: 200, body });

/** Anthropic's cost report of the amounts given, in cents, by UTC date; its usage report is empty. */
const charging = (days: Record<string, (string | number)[]>): Replay => {
  return ({ path, query }) => {
    const from = query.get("starting_at")?.slice(0, 10) ?? "";
    const to = query.get("ending_at")?.slice(0, 10) ?? "";
    const wanted = Object.entries(days).filter(([day]) => day >= from && day < to);
    const isCost = path.endsWith("cost_report");
    return ok({
      data: wanted.map(([day, amounts]) => ({
        starting_at: `${day}T00:00:00Z`,
        ending_at: `${day}T24:00:00Z`,
        results: isCost
          ? amounts.map((amount, at) => ({ amount, currency: "USD", description: `item ${at}` }))
          : [],
      })),
      has_more: false,
      next_page: null,
    });
  };
};

const costsByDay = async (): Promise<Record<string, string[]>> => {
  const days: Record<string, string[]> = {};
  for (const { timestamp, cost_usd } of await own.records("anthropic")) {
    (days[timestamp.slice(0, 10)] ??= []).push(cost_usd);
  }
  return Object.fromEntries(Object.entries(days).map(([day, costs]) => [day, costs.sort()]));
};

describe("a sync of several providers", () => {
  beforeEach(async () => {
    await own.add("anthropic", ANTHROPIC_KEYS.admin, replayAnthropic);
    await own.add("openai", OPENAI_KEYS.admin, replayOpenai);
    const path = "/api/v1";
    await own.add("openrouter", OPENROUTER_KEYS.management, replayOpenrouter, {
      path,
      facts: { management: true },
    });
    await own.add("litellm", LITELLM_KEYS.master, replayLitellm);
    await own.add("vercel", VERCEL_KEYS.pro, replayVercel);
    await own.add("xai", XAI_KEYS.management, replayXai, { facts: { team_id: XAI_TEAM } });
  });

  const TOTALS = {
    anthropic: EXPECTED["anthropic_cost_report"]!["total_usd"],
    litellm: EXPECTED["litellm_user_daily_activity"]!["total_usd"],
    openai: EXPECTED["openai_costs"]!["total_usd"],
    openrouter: EXPECTED["openrouter_activity"]!["credits_usd"],
    vercel: EXPECTED["vercel_ai_gateway_report"]!["total_cost_usd"],
    xai: EXPECTED["xai_billing_usage"]!["total_usd"],
  };

  it("brings the totals of all of them, to the last digit, and nothing new the second time", async () => {
    const first = await own.run(SINCE);
    expect(Object.fromEntries(first.map((each) => [each.provider, each.cost_usd]))).toEqual(TOTALS);
    expect(first.map(({ status, error }) => [status, error])).toEqual(first.map(() => ["done", null]));
    for (const [provider, total] of Object.entries(TOTALS)) expect(await own.cost(provider)).toBe(total);

    const before = await own.records();
    for (const again of [await own.run(), await own.run(SINCE)]) {
      for (const { provider, inserted, updated, replaced, restated_days } of again) {
        expect({ inserted, updated, replaced, restated_days }, provider).toEqual({
          inserted: 0,
          updated: 0,
          replaced: 0,
          restated_days: 0,
        });
      }
    }
    expect(await own.records()).toEqual(before);
  });

  it("is an import a feed, which can be shown and taken back", async () => {
    const syncs = await own.run(SINCE);
    const { imports } = await own.store.call("list_imports", { max_rows: 100 });
    const made = syncs.flatMap(({ feeds }) => feeds.flatMap(({ import_id }) => import_id ?? []));
    expect(imports.map(({ id }) => id).sort()).toEqual(made.sort());
    const report = imports.find(({ format }) => format === "anthropic-cost-report");
    expect(report).toMatchObject({
      source_name: "anthropic API",
      status: "done",
      row_count: 53,
      inserted: 53,
      cost_usd: TOTALS.anthropic,
      first_date: "2026-11-08",
      last_date: "2026-11-21",
    });
    await own.store.call("undo_import", { import_id: report!.id });
    expect(await own.cost("anthropic")).toBe("0");
    expect(await own.cost("openai")).toBe(TOTALS.openai);
    await own.run(SINCE);
    expect(await own.cost("anthropic")).toBe(TOTALS.anthropic);
  });

  it("changes nothing as a trial, and says what it would bring", async () => {
    const trial = await own.run({ ...SINCE, dryRun: true });
    expect(Object.fromEntries(trial.map((each) => [each.provider, each.cost_usd]))).toEqual(TOTALS);
    expect(trial.every(({ inserted, rows }) => inserted === rows)).toBe(true);
    expect(trial.flatMap(({ feeds }) => feeds.flatMap(({ import_id }) => import_id ?? []))).toEqual([]);
    expect(await own.records()).toEqual([]);
    const { credentials } = await own.store.call("list_credentials", {});
    expect(credentials.flatMap(({ syncs }) => syncs)).toEqual([]);
    expect(credentials.every(({ validation_status }) => validation_status === "pending")).toBe(true);
    expect((await own.store.call("list_imports", { max_rows: 9 })).total).toBe(0);
  });

  it("opens the database once for what comes while it is open", async () => {
    let openings = 0;
    const inStore: SyncOptions["inStore"] = async (work) => {
      // Meanwhile the others come, on a busy machine, too.
      if (openings++ === 0) await sleep(3000);
      return work(own.store);
    };
    const results = await own.run({ ...SINCE, inStore });
    expect(results.length).toBeGreaterThan(2);
    expect(results.every(({ error }) => error === null)).toBe(true);
    expect(openings).toBeLessThan(results.length);
  });

  it("fails for all that wait for a database that cannot be opened", async () => {
    const inUse = new UserError("database_in_use", "The database is in use.", "Wait.");
    const results = await own.run({ ...SINCE, inStore: () => Promise.reject(inUse) });
    expect(results.map(({ error }) => error?.code)).toEqual(results.map(() => "database_in_use"));
    expect(await own.records()).toEqual([]);
  });

  it("tells of a database that could not be closed", async () => {
    const full = new UserError("disk_full", "The disk is full.", "Make room.");
    const inStore: SyncOptions["inStore"] = async (work) => {
      await work(own.store);
      throw full;
    };
    const results = await own.run({ ...SINCE, inStore });
    expect(results.map(({ error }) => error?.code)).toEqual(results.map(() => "disk_full"));
  });

  it("goes on where one of them fails, and says which", async () => {
    const broken = await own.add("anthropic", ANTHROPIC_KEYS.admin, () => ({ status: 500, body: {} }), {
      name: "broken",
    });
    const syncs = await own.run(SINCE);
    const failed = syncs.filter(({ status }) => status === "failed");
    expect(failed).toMatchObject([
      { provider: "anthropic", credential: "broken", rows: 0, error: { code: "provider_failed" } },
    ]);
    expect(broken.requests.length).toBeGreaterThan(0);
    expect(await own.cost("anthropic")).toBe(TOTALS.anthropic);
    expect(await own.cost("xai")).toBe(TOTALS.xai);
  });

  it("notes which keys are good", async () => {
    await own.add("deepseek", DEEPSEEK_KEY.replaceAll("d", "e"), replayDeepseek(deepseekAccount()));
    await own.run(SINCE);
    const { credentials } = await own.store.call("list_credentials", {});
    const states = Object.fromEntries(credentials.map((each) => [each.provider, each.validation_status]));
    expect(states).toMatchObject({ anthropic: "valid", openai: "valid", deepseek: "invalid" });
  });
});

describe("a later sync", () => {
  const later = (days: number) => ({ now: new Date(NOW.getTime() + days * 86_400_000) });

  it("asks for the last three complete days and today alone", async () => {
    const server = await own.add("anthropic", ANTHROPIC_KEYS.admin, charging({}));
    await own.run();
    await own.run(later(2));
    const asked = server.requests
      .filter(({ path }) => path.endsWith("cost_report"))
      .map(({ query }) => [query.get("starting_at"), query.get("ending_at")]);
    expect(asked).toEqual([
      ["2026-08-24T00:00:00Z", "2026-11-23T00:00:00Z"],
      ["2026-11-19T00:00:00Z", "2026-11-25T00:00:00Z"],
    ]);
  });

  it("replaces a day that was restated: what changed, what is new, what is gone", async () => {
    const days: Record<string, (string | number)[]> = {
      "2026-11-19": ["100", "200"],
      "2026-11-20": ["300", "50.5", "1e2"],
      "2026-11-21": [],
    };
    await own.add("anthropic", ANTHROPIC_KEYS.admin, (request) => charging(days)(request));
    await own.run();
    expect(await own.cost()).toBe("7.505");

    days["2026-11-20"] = ["310", "50.5"];
    days["2026-11-21"] = ["7"];
    expect(await own.runOne()).toMatchObject({ inserted: 1, updated: 1, replaced: 1, restated_days: 2 });
    expect(await costsByDay()).toEqual({
      "2026-11-19": ["1", "2"],
      "2026-11-20": ["0.505", "3.1"],
      "2026-11-21": ["0.07"],
    });
    expect(await own.runOne()).toMatchObject({ inserted: 0, updated: 0, replaced: 0, restated_days: 0 });
  });

  it("replaces today, which was not over", async () => {
    const days: Record<string, string[]> = { "2026-11-22": ["100", "1"] };
    await own.add("anthropic", ANTHROPIC_KEYS.admin, (request) => charging(days)(request));
    await own.run();
    days["2026-11-22"] = ["250"];
    await own.run(later(1));
    expect(await costsByDay()).toEqual({ "2026-11-22": ["2.5"] });
  });

  it("finds days that come late, up to three days", async () => {
    const days: Record<string, string[]> = {};
    await own.add("anthropic", ANTHROPIC_KEYS.admin, (request) => charging(days)(request));
    await own.run();
    Object.assign(days, { "2026-11-19": ["9"], "2026-11-20": ["1"] });
    await own.run();
    expect(await costsByDay()).toEqual({ "2026-11-19": ["0.09"], "2026-11-20": ["0.01"] });
  });

  it("leaves no day out after one that began later", async () => {
    const days = { "2026-10-01": ["100"], "2026-11-20": ["100"] };
    await own.add("anthropic", ANTHROPIC_KEYS.admin, charging(days));
    await own.run({ now: new Date("2026-09-01T12:00:00Z") });
    await own.run({ since: "2026-11-15" });
    expect(Object.keys(await costsByDay())).toEqual(["2026-11-20"]);
    await own.run();
    expect(Object.keys(await costsByDay()).sort()).toEqual(["2026-10-01", "2026-11-20"]);
  });

  it("brings a restated day back when it is taken back", async () => {
    const days: Record<string, string[]> = { "2026-11-20": ["300", "100"] };
    await own.add("anthropic", ANTHROPIC_KEYS.admin, (request) => charging(days)(request));
    await own.run();
    const before = await own.records();
    days["2026-11-20"] = ["310"];
    const { feeds } = await own.runOne();
    expect(await own.cost()).toBe("3.1");
    await own.store.call("undo_import", { import_id: feeds[0]!.import_id! });
    expect(await own.records()).toEqual(before);
  });

  it("keeps what was edited by hand", async () => {
    const days: Record<string, string[]> = { "2026-11-20": ["300"] };
    await own.add("anthropic", ANTHROPIC_KEYS.admin, (request) => charging(days)(request));
    await own.run();
    const [record] = await own.records();
    await own.store.call("edit_cost_record", { record_id: record!.id, changes: { cost_usd: "5" } });
    days["2026-11-20"] = ["310"];
    expect(await own.runOne()).toMatchObject({ updated: 0, kept_edits: 1, replaced: 0 });
    expect(await own.cost()).toBe("5");
  });
});

describe("two keys", () => {
  it("of different accounts count each, though they say the same", async () => {
    const days = { "2026-11-20": ["300"] };
    await own.add("anthropic", ANTHROPIC_KEYS.admin, charging(days), { account: "org-1" });
    await own.add("anthropic", ANTHROPIC_KEYS.admin, charging(days), { account: "org-2", name: "work" });
    for (const _ of [1, 2]) {
      await own.run();
      expect(await own.cost()).toBe("6");
    }
  });

  it("of one account count once", async () => {
    const days = { "2026-11-20": ["300"] };
    await own.add("anthropic", ANTHROPIC_KEYS.admin, charging(days), { account: "org-1" });
    await own.add("anthropic", ANTHROPIC_KEYS.admin, charging(days), { account: "org-1", name: "work" });
    await own.run();
    expect(await own.cost()).toBe("3");
  });

  it("that see themselves alone each keep what they spent, on the same days", async () => {
    const counter = (label: string, usage_daily: number): Replay => {
      return () => ok({ data: { ...keyFixture(), label, usage: 50, usage_daily } });
    };
    const more = { account: "user-1", facts: { management: false } };
    await own.add("openrouter", OPENROUTER_KEYS.ordinary, counter("sk-or-v1-1…1", 1), more);
    await own.add("openrouter", OPENROUTER_KEYS.ordinary, counter("sk-or-v1-2…2", 2), { ...more, name: "b" });
    for (const _ of [1, 2]) {
      await own.run();
      expect(await own.cost()).toBe("3");
    }
  });
});

describe("what files have said of the same money", () => {
  const csv = (account: string | null, cost: string, detail = 45) => {
    const record = costRecord({
      provider: "openai",
      timestamp: "2026-11-20T00:00:00Z",
      granularity: "day",
      cost_usd: cost,
    });
    return bring(own.store, [record], { head: { series: "openai/cost" }, account, detail });
  };
  const charged = (value: string): Replay => ofKeys([[null, value]]);
  const ofKeys = (keys: [string | null, string][]): Replay => {
    const line = { line_item: "gpt-5.5, input", project_id: null };
    const results = keys.map(([api_key_id, value]) => ({
      ...line,
      api_key_id,
      amount: { value, currency: "usd" },
    }));
    const start_time = Date.parse("2026-11-20") / 1000;
    const bucket = { start_time, end_time: start_time + 86_400, results };
    return ({ path }) =>
      ok({ data: path.endsWith("/costs") ? [bucket] : [], has_more: false, next_page: null });
  };

  it("is not counted again, be the account known or not", async () => {
    await csv("org-1", "3");
    await own.add("openai", OPENAI_KEYS.admin, charged("3"));
    expect(await own.runOne(SINCE)).toMatchObject({ covered: 1, inserted: 0, cost_usd: "3" });
    expect(await own.cost()).toBe("3");
  });

  it("gives way to what tells keys apart, and so does what was collected without them", async () => {
    await csv("org-1", "3", 37);
    let keys: [string | null, string][] = [[null, "3"]];
    await own.add("openai", OPENAI_KEYS.admin, (request) => ofKeys(keys)(request));
    await own.run(SINCE);
    expect(await own.cost()).toBe("3");
    keys = [
      ["key_a", "1"],
      ["key_b", "1.5"],
      [null, "0.5"],
    ];
    await own.run(SINCE);
    expect(await own.cost()).toBe("3");
    const named = (await own.records()).map(({ api_key, cost_usd }) => [api_key, cost_usd]);
    expect(named).toHaveLength(3);
    expect(named).toEqual(expect.arrayContaining(keys));
  });

  it("gives way where the provider tells more by now", async () => {
    await csv("org-1", "3");
    await own.add("openai", OPENAI_KEYS.admin, charged("4"));
    expect(await own.runOne(SINCE)).toMatchObject({ inserted: 1, replaced: 1 });
    expect(await own.cost()).toBe("4");
    await csv("org-1", "4");
    expect(await own.cost()).toBe("4");
  });

  it("counts beside it where it is of another account", async () => {
    await csv("org-1", "3");
    await csv("org-2", "5");
    await own.add("openai", OPENAI_KEYS.admin, charged("4"), { account: "org-3" });
    await own.run(SINCE);
    expect(await own.cost()).toBe("12");
  });
});

describe("options", () => {
  it("ask Anthropic's other API, which tells the same money, never both", async () => {
    await own.add("anthropic", ANTHROPIC_KEYS.admin, replayAnthropic);
    await own.run(SINCE);
    const total = await own.cost();
    const analytics = { collectOptions: { anthropicApi: "analytics", claudeCode: false } } as const;
    expect(await own.runOne({ ...SINCE, ...analytics })).toMatchObject({ status: "done", cost_usd: total });
    expect(await own.cost()).toBe(total);
    await own.run(SINCE);
    expect(await own.cost()).toBe(total);
  });

  it("fall back to the classic one where that other API is not known", async () => {
    const classicOnly: Replay = (request) =>
      request.path.includes("/analytics/") ? { status: 404, body: {} } : replayAnthropic(request);
    await own.add("anthropic", ANTHROPIC_KEYS.admin, classicOnly);
    const analytics = { collectOptions: { anthropicApi: "analytics", claudeCode: false } } as const;
    const { feeds, cost_usd } = await own.runOne({ ...SINCE, ...analytics });
    expect(feeds.map(({ feed }) => feed)).toEqual(["anthropic-cost-report", "anthropic-usage-report"]);
    expect(cost_usd).toBe(EXPECTED["anthropic_cost_report"]!["total_usd"]);
  });

  it("tell of Claude Code, as estimates that no bill is added to", async () => {
    await own.add("anthropic", ANTHROPIC_KEYS.admin, replayAnthropic);
    const { cost_usd } = await own.runOne({
      ...SINCE,
      collectOptions: { anthropicApi: "classic", claudeCode: true },
    });
    expect(cost_usd).toBe(EXPECTED["anthropic_cost_report"]!["total_usd"]);
    // Those of aicost's own price lists aside.
    const estimates = (await own.records()).filter(
      ({ metadata }) => metadata.cost_basis === "estimated" && metadata.price === undefined,
    );
    expect(estimates.reduce((sum, each) => sum + Number(each.estimated_cost_usd), 0)).toBeCloseTo(4.13, 9);
    const spend = await own.store.call("get_daily_spend", {
      from_date: "2026-11-08",
      to_date: "2026-11-08",
      split_by: ["model"],
    });
    expect(spend.every(({ estimated_usd }) => estimated_usd === "0")).toBe(true);
  });
});

describe("a balance", () => {
  const later = (hours: number) => ({ now: new Date(NOW.getTime() + hours * 3_600_000) });

  it("is booked by what it goes down, exactly once", async () => {
    const account = deepseekAccount();
    await own.add("deepseek", DEEPSEEK_KEY, replayDeepseek(account));
    expect(await own.runOne()).toMatchObject({ status: "done", rows: 0 });
    account.balances[0]!.total_balance = "109.25";
    for (const hours of [1, 2, 3]) await own.run(later(hours));
    expect(await own.cost()).toBe("0.75");
    account.balances[0]!.total_balance = "109.2499";
    await own.run(later(4));
    expect(await own.cost()).toBe("0.7501");
  });

  it("in another currency needs a rate, and nothing is lost until there is one", async () => {
    let total = "100.00";
    await own.add("deepseek", DEEPSEEK_KEY, () =>
      ok({
        is_available: true,
        balance_infos: [
          { currency: "CNY", total_balance: total, granted_balance: "0.00", topped_up_balance: total },
        ],
      }),
    );
    expect(await own.runOne()).toMatchObject({ status: "done", rows: 0 });
    total = "90.00";
    expect(await own.runOne(later(1))).toMatchObject({
      status: "failed",
      error: { code: "currency_rate_missing" },
    });
    total = "80.00";
    const rates = { given: { CNY: "0.14" } };
    expect(await own.runOne({ ...later(2), rates })).toMatchObject({ status: "done", cost_usd: "2.8" });
    total = "79.50";
    await own.run({ ...later(3), rates });
    expect(await own.cost()).toBe("2.87");
  });
});
