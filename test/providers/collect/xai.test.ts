import { describe, expect, it } from "vitest";
import { plain } from "../../../src/lib/money.js";
import { kindOfKey } from "../../../src/lib/providers/key-kinds.js";
import { xaiCollector } from "../../../src/lib/providers/xai/collector.js";
import { modelIn, xaiUsage } from "../../../src/lib/providers/xai/usage.js";
import { type ReplayServer, startReplay } from "../../support/replay.js";
import { replayXai, XAI_KEYS, XAI_TEAM } from "../../support/replay/xai.js";
import { check, collect, costBy, costOf, dayOf, expected, failure, optionsOf, said } from "./collecting.js";
import { recordsOf, says } from "./gateways.js";

const asked = (server: ReplayServer, key = XAI_KEYS.management) => optionsOf(xaiCollector, server, key);

const FEED = xaiUsage(XAI_TEAM);

interface Asked {
  analyticsRequest: { timeRange: { startTime: string; endTime: string } };
}

const spansAskedOf = ({ requests }: ReplayServer): string[] =>
  requests
    .filter(({ path }) => path.endsWith("/usage"))
    .map(({ body }) => (body as Asked).analyticsRequest.timeRange)
    .map(({ startTime, endTime }) => `${startTime}..${endTime}`);

/** What is collected of 2026-11-20 where the answer has these series, as they come. */
const collectSeries = async (series: string) => {
  const server = await startReplay(replayXai);
  server.fault = says("/usage", `{"timeSeries":[${series}],"limitReached":false}`);
  return collect(FEED, asked(server), { from: "2026-11-20", to: "2026-11-20" });
};

describe("the usage of a team", () => {
  it("gives what was charged, to the last digit", async () => {
    const { drafts, days } = await collect(FEED, asked(await startReplay(replayXai)));
    expect(costOf(drafts)).toBe(expected<{ total_usd: string }>("xai_billing_usage").total_usd);
    expect(costBy(drafts, dayOf)).toEqual({ "2026-11-20": "2", "2026-11-21": "2.5" });
    expect(costBy(drafts, ({ model }) => model)).toEqual({ "grok-4.6": "3.75", "grok-4.5": "0.75" });
    expect(costBy(drafts, (draft) => said(draft, "description"))).toEqual({
      "Grok 4.6": "3.75",
      "Grok 4.5": "0.75",
    });
    expect(drafts.every(({ basis, granularity }) => basis === "billed" && granularity === "day")).toBe(true);
    expect(days).toHaveLength(14);
  });

  it("is asked for in spans of a month at most", async () => {
    const server = await startReplay(replayXai);
    const { days } = await collect(FEED, asked(server), { from: "2026-10-15" });
    expect(spansAskedOf(server)).toEqual([
      "2026-10-15 00:00:00..2026-11-14 23:59:59",
      "2026-11-15 00:00:00..2026-11-21 23:59:59",
    ]);
    expect(days).toHaveLength(38);
  });

  it("finds out the team if it is not known", async () => {
    const [feed] = xaiCollector.feeds({
      facts: {},
      options: { anthropicApi: "classic", claudeCode: false },
    });
    expect(costOf((await collect(feed!, asked(await startReplay(replayXai)))).drafts)).toBe("4.5");
  });

  it("gives the same ids the second time", async () => {
    const server = await startReplay(replayXai);
    const [first, second] = [await collect(FEED, asked(server)), await collect(FEED, asked(server))];
    expect(recordsOf(xaiCollector, FEED, second.pieces)).toEqual(recordsOf(xaiCollector, FEED, first.pieces));
  });

  it("is asked again in halves if an answer is cut", async () => {
    const server = await startReplay(replayXai);
    server.fault = ({ body }) => {
      const { startTime, endTime } = (body as Asked).analyticsRequest.timeRange;
      const isLong = startTime.slice(0, 10) !== endTime.slice(0, 10);
      return isLong ? { status: 200, body: { timeSeries: [], limitReached: true } } : undefined;
    };
    const { drafts, days } = await collect(FEED, asked(server));
    expect(costOf(drafts)).toBe("4.5");
    expect(days).toEqual([...new Set(days)].sort());
    expect(days).toHaveLength(14);
    expect(spansAskedOf(server)).toHaveLength(27);
  });

  it("is refused if one day is cut", async () => {
    const server = await startReplay(replayXai);
    server.fault = says("/usage", { timeSeries: [], limitReached: true });
    const error = await failure(collect(FEED, asked(server)));
    expect(error).toMatchObject({ code: "answer_truncated", exit: 5 });
    expect(error.message).toContain("2026-11-08");
  });

  it("takes the labels of a series in either place, and keeps what it does not know", async () => {
    const { drafts } = await collectSeries(
      '{"groupLabels":["Live Search"],"dataPoints":[{"timestamp":"2026-11-20T00:00:00Z","values":["1e-3"]}]},' +
        '{"group":[],"dataPoints":[{"timestamp":"2026-11-20 00:00:00","values":[-0.25]}],"new":{}}',
    );
    expect(drafts.map(({ model, cost }) => [model, plain(cost!)])).toEqual([
      [null, "0.001"],
      [null, "-0.25"],
    ]);
    expect(drafts.map((draft) => said(draft, "description"))).toEqual(["Live Search", undefined]);
  });

  it("leaves out days that were not asked for, and those without spend", async () => {
    const { drafts, days } = await collectSeries(
      '{"group":["Grok 4.6"],"dataPoints":[{"timestamp":"2026-11-20T00:00:00Z","values":[0]},{"timestamp":"2026-11-21T00:00:00Z","values":[3]}]}',
    );
    expect(drafts).toEqual([]);
    expect(days).toEqual(["2026-11-20"]);
  });

  it.each([
    ["[]", "values[0] is missing"],
    ["[null]", "values[0]: “null” is not a text"],
    ['["1,23"]', "values[0]: “1,23” is"],
  ])("refuses the values %s", async (values, message) => {
    const point = `{"timestamp":"2026-11-20T00:00:00Z","values":${values}}`;
    const error = await failure(collectSeries(`{"group":["Grok 4.6"],"dataPoints":[${point}]}`));
    expect(error).toMatchObject({ code: "provider_answer", exit: 5 });
    expect(error.message).toContain(message);
  });

  it("does not take an answer without series for one without spend", async () => {
    const server = await startReplay(replayXai);
    server.fault = says("/usage", { limitReached: false });
    expect((await failure(collect(FEED, asked(server)))).message).toContain(
      "timeSeries: “null” is not a list",
    );
  });
});

it.each([
  ["Grok 4.6", "grok-4.6"],
  ["Grok 4 Fast", "grok-4-fast"],
  ["grok-2-image-1212", "grok-2-image-1212"],
  ["Chat grok-4-0709", "grok-4-0709"],
  ["Live Search", null],
  ["Grok 4 documents search", null],
  ["", null],
])("the description “%s” names the model %s", (description, model) => {
  expect(modelIn(description)).toBe(model);
});

describe("a key", () => {
  it("for management says whose it is", async () => {
    const server = await startReplay(replayXai);
    expect(await check(xaiCollector, asked(server))).toEqual({
      account: XAI_TEAM,
      accountName: null,
      facts: { team_id: XAI_TEAM },
    });
  });

  it.each([
    [{ team_id: XAI_TEAM }, XAI_TEAM],
    [{ scope: "SCOPE_TEAM", scopeId: XAI_TEAM }, XAI_TEAM],
    [{ scope_id: XAI_TEAM }, XAI_TEAM],
  ])("says so as %j, too", async (answer, team) => {
    const server = await startReplay(replayXai);
    server.fault = says("validation", answer);
    expect(await check(xaiCollector, asked(server))).toMatchObject({ account: team });
  });

  it("without a team cannot collect", async () => {
    const server = await startReplay(replayXai);
    server.fault = says("validation", { scope: "SCOPE_ORGANIZATION", scopeId: "o-1" });
    expect(await failure(check(xaiCollector, asked(server)))).toMatchObject({ code: "key_cannot_collect" });
  });

  it.each([
    ["ordinary", "an API key of xAI for its models"],
    ["withoutBilling", "may not read billing"],
  ] as const)("that is %s cannot collect, and it is said which one can", async (kind, message) => {
    const error = await failure(check(xaiCollector, asked(await startReplay(replayXai), XAI_KEYS[kind])));
    expect(error).toMatchObject({ code: "key_cannot_collect", exit: 3 });
    expect(error.message).toContain(message);
    expect(error.hint).toContain("https://console.x.ai/team/default/management-keys");
  });

  it("that is dead is refused, and not shown", async () => {
    const dead = `xai-token-${"x".repeat(80)}`;
    const error = await failure(check(xaiCollector, asked(await startReplay(replayXai), dead)));
    expect(error).toMatchObject({ code: "key_refused", exit: 3 });
    expect(JSON.stringify([error.message, error.hint])).not.toContain(dead);
  });

  it("is known by how it begins", () => {
    expect(kindOfKey(XAI_KEYS.management, xaiCollector.keys)?.collects).toBe("yes");
    expect(kindOfKey(XAI_KEYS.ordinary, xaiCollector.keys)?.collects).toBe("perhaps");
  });
});
