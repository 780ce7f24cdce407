import { inspect } from "node:util";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Collector, Feed } from "../../../src/lib/providers/collector.js";
import { anthropicCollector } from "../../../src/lib/providers/anthropic/collector.js";
import { anthropicCostReport } from "../../../src/lib/providers/anthropic/cost-report.js";
import { litellmCollector } from "../../../src/lib/providers/litellm/collector.js";
import { litellmDailyActivity } from "../../../src/lib/providers/litellm/daily-activity.js";
import { openaiCollector } from "../../../src/lib/providers/openai/collector.js";
import { openaiCostsApi } from "../../../src/lib/providers/openai/costs-api.js";
import { openrouterAnalyticsApi } from "../../../src/lib/providers/openrouter/analytics-api.js";
import { openrouterCollector } from "../../../src/lib/providers/openrouter/collector.js";
import { type Fault, type Reply, type ReplayServer, seenRefusal, startReplay } from "../../support/replay.js";
import { ANTHROPIC_KEYS, replayAnthropic } from "../../support/replay/anthropic.js";
import { LITELLM_KEYS } from "../../support/replay/litellm.js";
import { OPENAI_KEYS } from "../../support/replay/openai.js";
import { OPENROUTER_KEYS } from "../../support/replay/openrouter.js";
import { collect, costOf, expected, failure, optionsOf } from "./collecting.js";

beforeEach(() => {
  for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"]) {
    vi.stubEnv(name, "");
    vi.stubEnv(name.toLowerCase(), "");
  }
  return () => vi.unstubAllEnvs();
});

const TOTAL = expected<{ total_usd: string }>("anthropic_cost_report").total_usd;

/** Anthropic's cost report, with these faults before the first answers. */
const costsAfter = async (...faults: Fault[]) => {
  const server = await startReplay(replayAnthropic);
  server.fault = (_, before) => faults[before];
  const call = collect(anthropicCostReport, optionsOf(anthropicCollector, server, ANTHROPIC_KEYS.admin));
  return { server, call };
};

const whole = async (...faults: Fault[]) => {
  const begin = performance.now();
  const { server, call } = await costsAfter(...faults);
  expect(costOf((await call).drafts)).toBe(TOTAL);
  expect(server.requests).toHaveLength(faults.length + 2);
  return performance.now() - begin;
};

const refusal = async (fault: Fault) => {
  const { server, call } = await costsAfter(fault, fault, fault);
  return { error: await failure(call), requests: server.requests.length };
};

const limited = (headers: Record<string, string>): Reply => {
  const { body } = seenRefusal("anthropic-429");
  return { status: 429, headers, body };
};

describe("a provider that takes no more requests", () => {
  it.each([
    ["seconds", { "retry-after": "1" }, 1000],
    [
      "a date, by the clock of the provider",
      { "retry-after": "Sun, 22 Nov 2026 12:00:01 GMT", date: "Sun, 22 Nov 2026 12:00:00 GMT" },
      1000,
    ],
    ["milliseconds", { "retry-after-ms": "150" }, 150],
    ["milliseconds before seconds", { "retry-after-ms": "150", "retry-after": "60" }, 150],
  ])("is given the time that it asks for in %s", async (_, headers, ms) => {
    expect(await whole(limited(headers))).toBeGreaterThanOrEqual(ms - 5);
  });

  it("is not asked again if it names no time: that is a limit on what may be spent", async () => {
    const { error, requests } = await refusal(limited({}));
    expect(error).toMatchObject({ code: "rate_limited", exit: 5 });
    expect(requests).toBe(1);
  });

  it("is not waited for longer than anybody would", async () => {
    const { error, requests } = await refusal(limited({ "retry-after": "3600" }));
    expect(error.hint).toBe("Run the command again in 60 minutes.");
    expect(requests).toBe(1);
  });
});

describe("a provider in trouble", () => {
  const broken: Reply = { status: 500, body: {} };

  it.each<[string, Fault]>([
    ["500", broken],
    ["529", seenRefusal("anthropic-529")],
    ["408", { status: 408, body: {} }],
    ["an answer that is cut in its middle", "cut"],
    ["a lost connection", "hang up"],
  ])("is asked again: %s", async (_, fault) => {
    await whole(fault);
  });

  it("is given up after a while", async () => {
    const { error, requests } = await refusal(broken);
    expect(error).toMatchObject({ code: "provider_failed", exit: 5 });
    expect(requests).toBe(3);
  });

  it("is not asked again if it says that this is of no use", async () => {
    const { error, requests } = await refusal({ ...broken, headers: { "x-should-retry": "false" } });
    expect(error.code).toBe("provider_failed");
    expect(requests).toBe(1);
  });

  it("is asked for a later page again, not for the first one", async () => {
    const server = await startReplay(replayAnthropic);
    server.fault = (_, before) => (before === 1 ? "cut" : undefined);
    const options = optionsOf(anthropicCollector, server, ANTHROPIC_KEYS.admin);
    expect(costOf((await collect(anthropicCostReport, options)).drafts)).toBe(TOTAL);
    expect(server.requests.map(({ query }) => query.has("page"))).toEqual([false, true, true]);
  });
});

describe("an answer that is none", () => {
  it.each([
    ["a page of HTML", "<!doctype html><title>Sign in</title>"],
    ["JSON that is cut", '{"data": ['],
    ["nothing", ""],
    ["a list", "[]"],
  ])("is said to be that: %s", async (_, body) => {
    const { error, requests } = await refusal({ status: 200, body });
    expect(error).toMatchObject({ code: "provider_answer", exit: 5 });
    expect(error.message).toContain("What Anthropic answered cannot be read: /v1/organizations/cost_report");
    expect(requests).toBe(1);
  });

  it("names the path of what is wrong", async () => {
    const { error } = await refusal({ status: 200, body: { data: { results: [] } } });
    expect(error.message).toContain('data: “{"results":[]}” is not a list');
  });
});

describe("a request", () => {
  it("says which program asks", async () => {
    const { server, call } = await costsAfter();
    await call;
    for (const { headers } of server.requests)
      expect(headers["user-agent"]).toMatch(/^aicost\/\d+\.\d+\.\d+/);
  });
});

describe("a redirect", () => {
  it("is not followed: the key is for one host only", async () => {
    const other = await startReplay(replayAnthropic);
    const location = `${other.url}/v1/organizations/cost_report`;
    const { error, requests } = await refusal({ status: 307, headers: { location }, body: "" });
    expect(error).toMatchObject({ code: "provider_redirects", exit: 5 });
    expect(error.message).toContain(other.url);
    expect([requests, other.requests]).toEqual([1, []]);
  });
});

describe("the key", () => {
  const cases: [string, Collector, Feed, string][] = [
    ["anthropic", anthropicCollector, anthropicCostReport, ANTHROPIC_KEYS.admin],
    ["openai", openaiCollector, openaiCostsApi, OPENAI_KEYS.admin],
    ["openrouter", openrouterCollector, openrouterAnalyticsApi, OPENROUTER_KEYS.management],
    ["litellm", litellmCollector, litellmDailyActivity, LITELLM_KEYS.master],
    ["litellm, in a form of its own", litellmCollector, litellmDailyActivity, 'Drücke/eine Taste + "x"'],
    [
      "litellm, longer than what is shown",
      litellmCollector,
      litellmDailyActivity,
      "one of those words ".repeat(8).trim(),
    ],
  ];

  /** What a provider might say that has seen a key. */
  const echoes = (key: string): Reply[] => [
    ...[400, 401, 402, 403, 404, 429, 500].map((status) => ({
      status,
      headers: { "x-key": encodeURIComponent(key) },
      body: { error: { message: `The key ${key} (${encodeURIComponent(key)}) is no good.` } },
    })),
    { status: 401, body: { detail: `Key ${key}` } },
    { status: 401, body: { message: `Key ${key}` } },
    { status: 401, body: { error: `Key ${key}` } },
    { status: 302, headers: { location: `https://example.com/${encodeURIComponent(key)}?key=1` }, body: "" },
    { status: 200, body: key },
    { status: 200, body: `<p>${key}</p>` },
    { status: 200, body: { data: key, results: key } },
    {
      status: 200,
      body: { data: [{ starting_at: key, start_time: key, results: key }], results: [{ date: key }] },
    },
  ];

  it.each(cases)("is in no error, whatever the provider says: %s", async (_, collector, feed, key) => {
    const server: ReplayServer = await startReplay(() => ({ status: 200, body: {} }));
    const options = optionsOf(collector, server, key);
    const quick = { ...options, limits: { ...options.limits!, tries: 1 } };
    for (const reply of echoes(key)) {
      server.fault = () => reply;
      const error = await failure(collect(feed, quick));
      const shown = [inspect(error, { depth: 9 }), JSON.stringify(error), error.message, error.hint].join(
        "\n",
      );
      expect(shown).not.toContain(key);
      expect(shown).not.toContain(encodeURIComponent(key));
      expect(shown).not.toContain(key.slice(0, 20));
    }
    expect(server.requests).toHaveLength(echoes(key).length);
    expect(server.requests.every(({ query }) => !query.toString().includes(encodeURIComponent(key)))).toBe(
      true,
    );
  });
});
