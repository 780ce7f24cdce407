import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Decimal, decimal, plain, sum } from "../../../src/lib/money.js";
import { isRefusal } from "../../../src/lib/providers/api.js";
import type { Memory } from "../../../src/lib/providers/collector.js";
import { openrouterActivityApi } from "../../../src/lib/providers/openrouter/activity-api.js";
import { openrouterAnalyticsApi } from "../../../src/lib/providers/openrouter/analytics-api.js";
import { openrouterCollector } from "../../../src/lib/providers/openrouter/collector.js";
import { openrouterKeyApi } from "../../../src/lib/providers/openrouter/key-api.js";
import { fixture, type Replay, type ReplayServer, startReplay } from "../../support/replay.js";
import { answerOf, keyFixture, OPENROUTER_KEYS, replayOpenrouter } from "../../support/replay/openrouter.js";
import {
  check,
  collect,
  costBy,
  costOf,
  count,
  dayOf,
  expected,
  failure,
  optionsOf,
  said,
  total,
} from "./collecting.js";

const asked = (server: ReplayServer, key = OPENROUTER_KEYS.management) =>
  optionsOf(openrouterCollector, server, key, "/api/v1");

interface Totals {
  rows: number;
  credits_usd: string;
  byok_usd: string;
  total_incl_byok_usd: string;
  by_model_credits_usd: Record<string, string>;
  by_day_credits_usd: Record<string, string>;
  requests: number;
  prompt_tokens: number;
  completion_tokens: number;
}
const want = expected<Totals>("openrouter_activity");

const byokOf = (drafts: Parameters<typeof total>[0]) =>
  total(drafts, (draft) => decimal(String(said(draft, "byok_usage_usd") ?? "0")));

describe.each([openrouterActivityApi, openrouterAnalyticsApi])("$title", (feed) => {
  it("gives what was spent in credits, to the last digit, and other people's money beside it", async () => {
    const { drafts } = await collect(feed, asked(await startReplay(replayOpenrouter)));
    expect(drafts).toHaveLength(want.rows);
    expect(costOf(drafts)).toBe(want.credits_usd);
    expect(byokOf(drafts)).toBe(want.byok_usd);
    expect(plain(decimal(costOf(drafts)).plus(byokOf(drafts)))).toBe(want.total_incl_byok_usd);
    expect(costBy(drafts, ({ model }) => model)).toEqual(want.by_model_credits_usd);
    expect(costBy(drafts, dayOf)).toEqual(want.by_day_credits_usd);
    expect(count(drafts, ({ requests }) => requests)).toBe(want.requests);
    expect(count(drafts, ({ input }) => input)).toBe(want.prompt_tokens);
    expect(count(drafts, ({ output }) => output)).toBe(want.completion_tokens);
  });

  it("holds the days without spend, too", async () => {
    const { days } = await collect(feed, asked(await startReplay(replayOpenrouter)));
    expect(days).toHaveLength(14);
    expect([days[0], days.at(-1)]).toEqual(["2026-11-08", "2026-11-21"]);
  });

  it("leaves out what is on other days than those that were asked for", async () => {
    const server = await startReplay(replayOpenrouter);
    const { drafts, days } = await collect(feed, asked(server), { from: "2026-11-20", to: "2026-11-20" });
    expect(days).toEqual(["2026-11-20"]);
    expect(costOf(drafts)).toBe(expected<Totals>("openrouter_activity_one_day").credits_usd);
    expect(byokOf(drafts)).toBe(expected<Totals>("openrouter_activity_one_day").byok_usd);
  });

  it("is refused to an ordinary key", async () => {
    const server = await startReplay(replayOpenrouter);
    const error = await failure(collect(feed, asked(server, OPENROUTER_KEYS.ordinary)));
    expect(error.code).toBe("key_refused");
    expect(error.hint).toContain("https://openrouter.ai/settings/management-keys");
  });
});

describe("the activity API", () => {
  it("reads the answer for a single day, with the endpoints apart", async () => {
    const oneDay = fixture("openrouter-activity.date-2026-11-20");
    const server = await startReplay(() => ({ status: 200, body: oneDay }));
    const { drafts } = await collect(openrouterActivityApi, asked(server));
    const day = expected<Totals>("openrouter_activity_one_day");
    expect([drafts.length, costOf(drafts), byokOf(drafts)]).toEqual([
      day.rows,
      day.credits_usd,
      day.byok_usd,
    ]);
    expect(drafts[1]?.metadata).toEqual({
      model_permaslug: "openai/gpt-5.5-20260423",
      upstream: "OpenAI",
      byok_usage_usd: "0.25",
      reasoning_tokens: 1200,
    });
  });

  it("holds 30 days that are over, and says so if more are asked for", async () => {
    const server = await startReplay(replayOpenrouter);
    const { days, notes } = await collect(openrouterActivityApi, asked(server), {
      from: "2026-09-01",
      to: "2026-11-22",
    });
    expect(days).toHaveLength(30);
    expect([days[0], days.at(-1)]).toEqual(["2026-10-23", "2026-11-21"]);
    expect(notes).toEqual([
      "OpenRouter's activity goes 30 days back: there is nothing from before 2026-10-23.",
    ]);
  });

  it("is not asked for a day that is not over", async () => {
    const server = await startReplay(replayOpenrouter);
    const { pieces } = await collect(openrouterActivityApi, asked(server), {
      from: "2026-11-22",
      to: "2026-11-22",
    });
    expect([pieces, server.requests]).toEqual([[], []]);
  });

  it("takes a longer date for its day", async () => {
    const [row] = fixture<{ data: object[] }>("openrouter-activity").data;
    const body = { data: [{ ...row, date: "2026-11-19 00:00:00" }] };
    const server = await startReplay(() => ({ status: 200, body }));
    const { drafts } = await collect(openrouterActivityApi, asked(server));
    expect(drafts[0]?.timestamp).toBe("2026-11-19T00:00:00Z");
  });
});

describe("the analytics API", () => {
  const row = (day: string, more = {}) => ({ date__day: day, model: "a/b", credits_usage: 1, ...more });

  /** Answers that hold so many days at most, with a row on each, and are cut short where more are asked for. */
  const holding =
    (most: number): Replay =>
    ({ method, body }) => {
      if (method === "GET") return { status: 404, body: {} };
      const { start, end } = (body as { time_range: { start: string; end: string } }).time_range;
      const count = (Date.parse(end) - Date.parse(start)) / 86_400_000;
      const rows = Array.from({ length: Math.min(count, most) }, (_, at) =>
        row(new Date(Date.parse(start) + at * 86_400_000).toISOString().slice(0, 10)),
      );
      return answerOf(rows, count > most);
    };

  it("halves a span until its answer is whole", async () => {
    const server = await startReplay(holding(3));
    const { days, drafts, pieces } = await collect(openrouterAnalyticsApi, asked(server));
    expect(costOf(drafts)).toBe("14");
    expect(new Set(days).size).toBe(14);
    expect(days).toHaveLength(14);
    expect(pieces.every(({ days }) => days.length <= 3)).toBe(true);
  });

  it("gives up if a single day is cut short", async () => {
    const server = await startReplay(() => answerOf([row("2026-11-08")], true));
    const error = await failure(collect(openrouterAnalyticsApi, asked(server)));
    expect(error).toMatchObject({ code: "answer_truncated", exit: 5 });
    expect(error.message).toContain("2026-11-08");
  });

  it("holds today only if it is given", async () => {
    const window = { from: "2026-11-21", to: "2026-11-22" };
    const without = await startReplay(() => answerOf([row("2026-11-21")]));
    expect((await collect(openrouterAnalyticsApi, asked(without), window)).days).toEqual(["2026-11-21"]);
    const within = await startReplay(() => answerOf([row("2026-11-22")]));
    expect((await collect(openrouterAnalyticsApi, asked(within), window)).days).toEqual([
      "2026-11-21",
      "2026-11-22",
    ]);
  });

  it("asks for a year at most, a month at a time", async () => {
    const server = await startReplay(replayOpenrouter);
    const { days, drafts } = await collect(openrouterAnalyticsApi, asked(server), { from: "2020-01-01" });
    expect([days.length, days[0]]).toEqual([364, "2025-11-23"]);
    expect(costOf(drafts)).toBe(want.credits_usd);
    expect(server.requests.filter(({ method }) => method === "POST")).toHaveLength(12);
  });

  it("remembers what is left of the credit, and does without it if OpenRouter does not say", async () => {
    const server = await startReplay(replayOpenrouter);
    const { memory } = await collect(openrouterAnalyticsApi, asked(server));
    expect(memory).toEqual({ at: "2026-11-22T12:00:00.000Z", USD: "84.75" });
    for (const [status, body] of [
      [403, {}],
      [200, { data: {} }],
      [200, { data: { total_credits: "much", total_usage: 1 } }],
    ] as const) {
      server.fault = ({ method }) => (method === "GET" ? { status, body } : undefined);
      const without = await collect(openrouterAnalyticsApi, asked(server));
      expect(costOf(without.drafts)).toBe(want.credits_usd);
      expect(without.memory).toBeNull();
    }
  });

  it.each([404, 400])("gives way to the activity API if OpenRouter does not know it: %s", async (status) => {
    const server = await startReplay(replayOpenrouter);
    server.fault = ({ method }) => (method === "POST" ? { status, body: {} } : undefined);
    const error = await failure(collect(openrouterAnalyticsApi, asked(server)));
    expect(isRefusal(error, 400, 404)).toBe(true);
    const { drafts } = await collect(openrouterAnalyticsApi.fallback!, asked(server));
    expect(costOf(drafts)).toBe(want.credits_usd);
  });
});

describe("the counter of an ordinary key", () => {
  /** One run, at noon of a day. */
  const run = async (day: string, key: object, memory: Memory | null = null) => {
    const data = { ...keyFixture(), byok_usage: 0, byok_usage_daily: 0, ...key };
    const server = await startReplay(() => ({ status: 200, body: { data } }));
    const window = { from: day, to: day, now: new Date(`${day}T12:00:00Z`), memory };
    const haul = await collect(openrouterKeyApi, asked(server, OPENROUTER_KEYS.ordinary), window);
    return { ...haul, costs: costBy(haul.drafts, dayOf) };
  };

  it("begins with what was spent today", async () => {
    const server = await startReplay(replayOpenrouter);
    const options = asked(server, OPENROUTER_KEYS.ordinary);
    const { drafts, days, memory } = await collect(openrouterKeyApi, options, { from: "2026-11-01" });
    // Other keys of the account may have spent something on that day, too.
    expect(days).toEqual([]);
    expect(drafts).toMatchObject([{ timestamp: "2026-11-22T00:00:00Z", model: null, basis: "billed" }]);
    expect(costOf(drafts)).toBe("0.25");
    const label = "sk-or-v1-0e6...1c9";
    expect(memory).toEqual({ label, day: "2026-11-22", before: "25.25", byok_before: "17.38" });
    expect(drafts[0]?.key).toEqual([label, "2026-11-22T00:00:00Z"]);
  });

  it("counts on, later on the same day", async () => {
    const first = await run("2026-11-22", { usage: 25.5, usage_daily: 0.25 });
    const { costs, memory } = await run("2026-11-22", { usage: 26.1, usage_daily: 0.85 }, first.memory);
    expect(costs).toEqual({ "2026-11-22": "0.85" });
    expect(memory).toEqual(first.memory);
  });

  it("adds what was spent on the rest of the day before", async () => {
    const first = await run("2026-11-22", { usage: 25.5, usage_daily: 0.25 });
    const { costs, drafts, memory } = await run("2026-11-23", { usage: 28, usage_daily: 0.1 }, first.memory);
    expect(costs).toEqual({ "2026-11-22": "2.65", "2026-11-23": "0.1" });
    expect(drafts.map(({ metadata }) => metadata)).toEqual([{}, {}]);
    expect(memory).toMatchObject({ day: "2026-11-23", before: "27.9" });
  });

  it("says how far a day reaches that stands for several", async () => {
    const first = await run("2026-11-22", { usage: 25.5, usage_daily: 0.25 });
    const { drafts } = await run("2026-11-27", { usage: 28, usage_daily: 0 }, first.memory);
    expect(drafts.map(dayOf)).toEqual(["2026-11-22", "2026-11-27"]);
    expect(drafts[0]?.metadata).toEqual({ through: "2026-11-26" });
  });

  it("keeps what was paid elsewhere beside it", async () => {
    const first = await run("2026-11-22", { usage: 0, usage_daily: 0, byok_usage: 5, byok_usage_daily: 1 });
    const key = { usage: 0, usage_daily: 0, byok_usage: 7.5, byok_usage_daily: 0.5 };
    const { drafts } = await run("2026-11-23", key, first.memory);
    expect(costOf(drafts)).toBe("0");
    expect(drafts.map((draft) => said(draft, "byok_usage_usd"))).toEqual(["3", "0.5"]);
  });

  it.each(["2026-11-22", "2026-11-23"])("starts again if the counter went back, on %s", async (day) => {
    const first = await run("2026-11-22", { usage: 25.5, usage_daily: 0.25 });
    const { costs, notes, memory } = await run(day, { usage: 1.5, usage_daily: 0.5 }, first.memory);
    expect(costs).toEqual({ [day]: "0.5" });
    expect(notes).toEqual([
      expect.stringContaining("OpenRouter's counter of this key says less than before"),
    ]);
    expect(memory).toMatchObject({ day, before: "1" });
  });

  it("starts again with another key, whatever the one before has counted", async () => {
    const first = await run("2026-11-22", { usage: 25.5, usage_daily: 0.25 });
    const other = { label: "sk-or-v1-9f1...2d4", usage: 40, usage_daily: 0.5 };
    const { costs, notes } = await run("2026-11-23", other, first.memory);
    expect([costs, notes]).toEqual([{ "2026-11-23": "0.5" }, []]);
  });

  it("starts again from a memory that is of no use", async () => {
    const { label } = keyFixture() as { label: string };
    const useless = [{}, { label, day: "2026-11-22" }, { label, day: "2026-12-24", before: "1" }];
    for (const memory of useless) {
      const { costs, notes } = await run("2026-11-22", { usage: 3, usage_daily: 2 }, memory);
      expect([costs, notes]).toEqual([{ "2026-11-22": "2" }, []]);
    }
  });

  it("never loses a cent, however often it runs", async () => {
    const between = fc.tuple(
      fc.integer({ min: 0, max: 3 }),
      fc.nat({ max: 999_999 }),
      fc.nat({ max: 999_999 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(between, { minLength: 1, maxLength: 8 }), async (runs) => {
        const kept: Record<string, string> = {};
        let [date, usage, daily] = [Date.UTC(2026, 0, 1), decimal("7.123456"), decimal("0")];
        let memory: Memory | null = null;
        let before: Decimal | undefined;
        // Days since the last run, and what was spent on its day after it, and on this one before.
        for (const [days, then, now] of runs) {
          date += days * 86_400_000;
          const [early, late] = [decimal(String(then)).times("1e-6"), decimal(String(now)).times("1e-6")];
          usage = usage.plus(early).plus(late);
          daily = days === 0 ? daily.plus(early).plus(late) : late;
          before ??= usage.minus(daily);
          const key = { usage: plain(usage), usage_daily: plain(daily) };
          const haul = await run(new Date(date).toISOString().slice(0, 10), key, memory);
          Object.assign(kept, haul.costs);
          memory = haul.memory;
        }
        expect(plain(sum(Object.values(kept)))).toBe(plain(usage.minus(before ?? usage)));
      }),
      { numRuns: 20 },
    );
  });
});

describe("the check of a key", () => {
  const checked = async (key: string, replay: Replay = replayOpenrouter) =>
    check(openrouterCollector, asked(await startReplay(replay), key));

  it("tells a management key from an ordinary one, which look alike", async () => {
    const account = "user_2dHFtVWx2n56w6HkM0000000000";
    expect(await checked(OPENROUTER_KEYS.management)).toEqual({
      account,
      accountName: null,
      facts: { management: true },
    });
    expect(await checked(OPENROUTER_KEYS.ordinary)).toEqual({
      account,
      accountName: null,
      facts: { management: false },
      note: "This is an ordinary key: OpenRouter tells it only totals by day, without models, from now on; a management key (https://openrouter.ai/settings/management-keys) gives models and 30 days back.",
    });
  });

  it("takes the organization for the account, whoever made the key", async () => {
    const data = { ...keyFixture(), organization_id: "org_1", is_provisioning_key: true };
    const replay: Replay = () => ({ status: 200, body: { data } });
    expect(await checked("sk-or-v1-x", replay)).toMatchObject({
      account: "org_1",
      facts: { management: true },
    });
  });

  it("decides what is collected", () => {
    const options = { anthropicApi: "classic", claudeCode: false } as const;
    const feeds = (facts: object) => openrouterCollector.feeds({ facts: { ...facts }, options });
    expect(feeds({ management: true })).toEqual([openrouterAnalyticsApi]);
    expect(feeds({ management: false })).toEqual([openrouterKeyApi]);
  });

  it("says that a dead key is refused", async () => {
    const error = await failure(checked(`sk-or-v1-${"0".repeat(64)}`));
    expect(error.code).toBe("key_refused");
    expect(error.message).toContain("User not found");
  });
});
