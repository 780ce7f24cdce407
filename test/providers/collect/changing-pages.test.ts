import { describe, expect, it } from "vitest";
import { daysBetween } from "../../../src/lib/dates/days.js";
import { anthropicAnalyticsCost } from "../../../src/lib/providers/anthropic/analytics.js";
import { anthropicClaudeCode } from "../../../src/lib/providers/anthropic/claude-code.js";
import { anthropicCollector } from "../../../src/lib/providers/anthropic/collector.js";
import { anthropicCostReport } from "../../../src/lib/providers/anthropic/cost-report.js";
import { openaiCollector } from "../../../src/lib/providers/openai/collector.js";
import { openaiCostsApi } from "../../../src/lib/providers/openai/costs-api.js";
import { vercelCollector } from "../../../src/lib/providers/vercel/collector.js";
import { vercelReport } from "../../../src/lib/providers/vercel/report.js";
import { fixture, type Reply, type Replay, startReplay } from "../../support/replay.js";
import { ANTHROPIC_KEYS } from "../../support/replay/anthropic.js";
import { OPENAI_KEYS, replayOpenai } from "../../support/replay/openai.js";
import { replayVercel, VERCEL_DAY, VERCEL_KEYS } from "../../support/replay/vercel.js";
import { collect, costOf, expected, failure, optionsOf, WINDOW } from "./collecting.js";
import { says } from "./gateways.js";

interface Page {
  data: object[];
  has_more: boolean;
  next_page: string | null;
}

const [firstPage, secondPage] = [".page1", ".page2"];

/** Answers with these pages, whose cursors are their numbers. */
const pages =
  (...data: object[][]): Replay =>
  ({ query }) => {
    const at = Number(query.get("page") ?? 0);
    const isLast = at === data.length - 1;
    const body: Page = { data: data[at] ?? [], has_more: !isLast, next_page: isLast ? null : String(at + 1) };
    return { status: 200, body } satisfies Reply;
  };

const FEEDS = [
  ["anthropic-cost-report", "anthropic_cost_report", anthropicCollector, anthropicCostReport, ANTHROPIC_KEYS],
  ["openai-costs", "openai_costs", openaiCollector, openaiCostsApi, OPENAI_KEYS],
] as const;

describe.each(FEEDS)(
  "pages of days that change while they are read: %s",
  (name, set, collector, feed, keys) => {
    const buckets = (page: string) => fixture<Page>(`${name}${page}`).data;
    const first = buckets(firstPage);
    const second = buckets(secondPage);

    const collected = async (...data: object[][]) =>
      collect(feed, optionsOf(collector, await startReplay(pages(...data)), keys.admin));

    it("are read on after an empty one", async () => {
      const { drafts, days } = await collected(first, [], [], second);
      expect(costOf(drafts)).toBe(expected<{ total_usd: string }>(set).total_usd);
      expect(days).toEqual(daysBetween(WINDOW.from, WINDOW.to));
    });

    it("are refused if a day between them is on none, which would never be asked for again", async () => {
      expect(await failure(collected(first, second.slice(1)))).toMatchObject({
        code: "pages_changed",
        exit: 5,
        message: expect.stringContaining("2026-11-15 is on none of its pages") as string,
      });
    });

    it("are taken as they are if the provider leaves out days without spend", async () => {
      const sparse = [first[0]!, first[2]!];
      expect((await collected(sparse, second.slice(1))).days).toEqual([
        "2026-11-08",
        "2026-11-10",
        ...daysBetween("2026-11-16", "2026-11-21"),
      ]);
    });
  },
);

describe("rows over pages that change while they are read", () => {
  const DAY = { from: "2026-11-08", to: "2026-11-08" };

  const cases = [
    ["anthropic-claude-code", anthropicClaudeCode, DAY],
    ["anthropic-analytics-cost", anthropicAnalyticsCost, {}],
  ] as const;

  it.each(cases)(
    "are refused if one comes twice, because another one moved it: %s",
    async (name, feed, window) => {
      const rows = [firstPage, secondPage].map((page) => fixture<Page>(`${name}${page}`).data);
      const [first, second] = [rows[0]!, rows[1]!];
      const collected = async (...data: object[][]) =>
        collect(
          feed,
          optionsOf(anthropicCollector, await startReplay(pages(...data)), ANTHROPIC_KEYS.admin),
          window,
        );
      expect((await collected(first, second)).drafts.length).toBeGreaterThan(first.length);
      expect(await failure(collected(first, [first.at(-1)!, ...second]))).toMatchObject({
        code: "pages_changed",
        exit: 5,
        message: expect.stringMatching(
          /^The answers of \/v1\/organizations\/.* changed while they were read: /,
        ) as string,
      });
    },
  );

  it("are not refused because two on one page are alike", async () => {
    const { data } = fixture<Page>("anthropic-claude-code.page2");
    const server = await startReplay(pages([...data, ...data]));
    const { drafts } = await collect(
      anthropicClaudeCode,
      optionsOf(anthropicCollector, server, ANTHROPIC_KEYS.admin),
      DAY,
    );
    expect(drafts.length).toBe(2 * data.length);
  });
});

it("does not take a day for one without spend because its models are gone in the second answer", async () => {
  const server = await startReplay(replayVercel);
  server.fault = says("group_by=model", `{"results":[]}`);
  const options = optionsOf(vercelCollector, server, VERCEL_KEYS.pro);
  expect(await failure(collect(vercelReport, options))).toMatchObject({
    code: "pages_changed",
    message: expect.stringContaining(`${VERCEL_DAY} had spend, and then no model that spent it`) as string,
  });
});

it("goes around no circle of cursors", async () => {
  const server = await startReplay((request) => {
    const page = request.query.get("page");
    const body = { data: [], has_more: true, next_page: page === "b" ? "a" : page === "a" ? "b" : "a" };
    return request.path.endsWith("/costs") ? { status: 200, body } : replayOpenai(request);
  });
  const error = await failure(collect(openaiCostsApi, optionsOf(openaiCollector, server, OPENAI_KEYS.admin)));
  expect(error).toMatchObject({ code: "paging_stuck", exit: 5 });
  expect(server.requests.map(({ query }) => query.get("page"))).toEqual([null, "a", "b"]);
});
