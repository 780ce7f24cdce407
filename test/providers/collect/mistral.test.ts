import { describe, expect, it } from "vitest";
import { plain } from "../../../src/lib/money.js";
import { mistralCollector } from "../../../src/lib/providers/mistral/collector.js";
import { mistralUsage } from "../../../src/lib/providers/mistral/usage.js";
import { type ReplayServer, startReplay } from "../../support/replay.js";
import { MISTRAL_KEYS, type MistralServer, replayMistral } from "../../support/replay/mistral.js";
import { check, collect, costBy, costOf, dayOf, failure, optionsOf, said, total } from "./collecting.js";
import { recordsOf, says } from "./gateways.js";

const asked = (server: ReplayServer, key = MISTRAL_KEYS.admin) => optionsOf(mistralCollector, server, key);

const FEED = mistralUsage({ path: "/v1/admin", isBearerToo: true });

const OPTIONS = { anthropicApi: "classic", claudeCode: false } as const;

/** What is collected where November is answered so, as it comes. */
const collectNovember = async (body: string) => {
  const server = await startReplay(replayMistral());
  server.fault = says("/usage", `{"start_date":"2026-11-01T00:00:00Z","currency":"EUR",${body}}`);
  return collect(FEED, asked(server));
};

const entry = (fields: string) =>
  `{"billing_metric":"m","billing_group":"input","timestamp":"2026-11-14",${fields}}`;

const completion = (...entries: string[]) => `"completion":{"models":{"m":{"input":[${entries.join()}]}}}`;

const PRICE = '"prices":[{"billing_metric":"m","billing_group":"input","price":"2E-6"}]';

describe("the usage of an organisation", () => {
  it("gives what was charged, to the last digit", async () => {
    const { drafts, days, notes } = await collect(FEED, asked(await startReplay(replayMistral())));
    // 10,000 × 2.0e-6 + 4,000 × 2.0e-7 + 500 × 4.6e-6, 25,000 × 1.9e-6, and 42 pages × 0.001.
    expect(costBy(drafts, (draft) => said(draft, "category"))).toEqual({
      completion: "0.0231",
      chat: "0.0475",
      ocr: "0.042",
    });
    expect(costBy(drafts, dayOf)).toEqual({ "2026-11-14": "0.0231", "2026-11-15": "0.0895" });
    expect(costBy(drafts, ({ model }) => model)).toEqual({
      "mistral-large-2607": "0.0231",
      "mistral-medium-3-5": "0.0475",
      "ocr-2505": "0.042",
    });
    expect(total(drafts, ({ value }) => value)).toBe("0.19");
    expect(notes).toEqual([]);
    expect(days).toHaveLength(30);
    expect(new Set(drafts.map(({ currency }) => currency))).toEqual(new Set(["EUR"]));
  });

  it("keeps what a plan covers, and what is not a token, apart", async () => {
    const { pieces } = await collect(FEED, asked(await startReplay(replayMistral())));
    const records = recordsOf(mistralCollector, FEED, pieces, { given: { EUR: "1" } });
    const of = (category: string) => records.filter(({ metadata }) => metadata["category"] === category);
    expect(of("chat")).toMatchObject([
      {
        cost_usd: "0",
        estimated_cost_usd: "0.19",
        metadata: { cost_basis: "included" },
        input_tokens: 100000,
      },
      {
        cost_usd: "0.0475",
        metadata: { cost_basis: "billed", included_units: "75000", unit_price: "0.0000019" },
      },
    ]);
    expect(of("ocr")).toMatchObject([
      { tokens_used: null, metadata: { units: "42", event_type: "api_pages" } },
    ]);
    const sum = (field: "input_tokens" | "output_tokens" | "cache_read_tokens") =>
      of("completion").reduce((tokens, record) => tokens + (record[field] ?? 0), 0);
    expect([sum("input_tokens"), sum("output_tokens"), sum("cache_read_tokens")]).toEqual([14000, 500, 4000]);
  });

  it("covers whole months, with nothing in the empty ones", async () => {
    const server = await startReplay(replayMistral());
    const { pieces } = await collect(FEED, asked(server), { from: "2026-10-30", to: "2026-12-02" });
    expect(server.requests.map(({ query }) => Object.fromEntries(query))).toEqual([
      { month: "10", year: "2026" },
      { month: "11", year: "2026" },
      { month: "12", year: "2026" },
    ]);
    expect(pieces.map(({ days }) => [days[0], days.at(-1)])).toEqual([
      ["2026-10-01", "2026-10-31"],
      ["2026-11-01", "2026-11-30"],
      ["2026-12-01", "2026-12-31"],
    ]);
    expect(pieces.map(({ drafts }) => drafts.length)).toEqual([0, 6, 0]);
  });

  it("gives the same ids the second time", async () => {
    const server = await startReplay(replayMistral());
    const [first, second] = [await collect(FEED, asked(server)), await collect(FEED, asked(server))];
    const [one, two] = [first, second].map(({ pieces }) =>
      recordsOf(mistralCollector, FEED, pieces, { given: { EUR: "1.08" } }),
    );
    expect(two).toEqual(one);
    expect(new Set(one?.map(({ id }) => id)).size).toBe(6);
  });

  it("needs a rate for another currency", async () => {
    const { pieces } = await collect(FEED, asked(await startReplay(replayMistral())));
    expect(() => recordsOf(mistralCollector, FEED, pieces)).toThrow("There is no rate for EUR");
  });

  it("does not say that something is charged if Mistral does not", async () => {
    const { drafts } = await collectNovember(`${completion(entry('"value":1000'))},${PRICE}`);
    expect(drafts).toMatchObject([{ cost: null, basis: "estimated", input: 1000 }]);
    expect(total(drafts, ({ value }) => value)).toBe("0.002");
  });

  it("keeps usage without a day under its month", async () => {
    const { drafts } = await collectNovember(
      `${completion('{"billing_metric":"m","billing_group":"input","value":1000,"value_paid":1000}')},${PRICE}`,
    );
    expect(drafts).toMatchObject([{ timestamp: "2026-11-01T00:00:00Z", granularity: "month" }]);
  });

  it("takes numbers as texts, with exponents, and corrections", async () => {
    const { drafts } = await collectNovember(
      `${completion(entry('"value":"1e3","value_paid":"1e3"'), entry('"value":-500,"value_paid":-500'))},${PRICE}`,
    );
    expect(drafts.map(({ cost, input }) => [plain(cost!), input])).toEqual([
      ["0.002", 1000],
      ["-0.001", undefined],
    ]);
  });

  it("leaves out what says nothing", async () => {
    const { drafts } = await collectNovember(
      `${completion(entry('"value":0,"value_paid":0'))},"ocr":null,"audio":{},"new_category":{"models":{"x":{}}}`,
    );
    expect(drafts).toEqual([]);
  });

  it.each([
    ["no price", '"prices":[]'],
    [
      "two prices",
      '"prices":[{"billing_metric":"m","billing_group":"input","price":"1"},{"billing_metric":"m","billing_group":"input","price":"2"}]',
    ],
  ])("books no amount if there is %s, and says so", async (_, prices) => {
    const used = entry('"value":1000,"value_paid":1000');
    const { drafts, notes } = await collectNovember(`${completion(used)},${prices}`);
    expect(drafts).toMatchObject([{ cost: null, basis: "none", input: 1000 }]);
    expect(notes).toEqual([
      "Mistral names no price, or two, for a charge of 2026-11: booked without an amount.",
    ]);
  });

  it("takes the price of the same zone and tier", async () => {
    const price = (zone: string, tier: string, amount: string) =>
      `{"billing_metric":"m","billing_group":"input","api_zone":"${zone}","service_tier":"${tier}","price":"${amount}"}`;
    const prices = [price("global", "standard", "1"), price("eu", "standard", "2"), price("eu", "flex", "3")];
    const paid = '"value":1,"value_paid":1';
    const { drafts } = await collectNovember(
      `${completion(entry(paid), entry(`${paid},"api_zone":"eu"`), entry(`${paid},"api_zone":"eu","service_tier":"flex"`))},"prices":[${prices.join()}]`,
    );
    expect(drafts.map(({ cost }) => plain(cost!))).toEqual(["1", "2", "3"]);
  });

  it("takes vibe usage as a category, and as a number says that it is not booked", async () => {
    const used = entry('"value":1000,"value_paid":1000');
    const category = await collectNovember(`"vibe_usage":{"models":{"m":{"input":[${used}]}}},${PRICE}`);
    expect(costOf(category.drafts)).toBe("0.002");
    const number = await collectNovember(`"vibe_usage":12.5,${PRICE}`);
    expect(number.drafts).toEqual([]);
    expect(number.notes).toEqual([
      "The vibe usage of 2026-11 is 12.5; Mistral does not say of what, so it is not booked.",
    ]);
  });

  it.each([
    [completion('{"timestamp":"2026-11-14"}'), "value is missing"],
    [completion('{"timestamp":"2026-12-01","value":1}'), "is not in the month that was asked for"],
    [completion(entry('"value":1,"value_paid":"some"')), "value_paid: “some” is not an amount"],
    ['"completion":{"mistral-large":{"cost":5}}', "holds neither input nor output"],
    ['"completion":17', "completion: “17” is not an object"],
    [
      `${completion(entry('"value":1'))},"start_date":"2026-12-01T00:00:00Z"`,
      "is not the month that was asked for",
    ],
    [`${completion(entry('"value":1'))},"currency":null`, "currency is missing"],
  ])("refuses %s", async (body, message) => {
    const server = await startReplay(replayMistral());
    server.fault = says("/usage", `{${body.includes('"currency"') ? "" : '"currency":"EUR",'}${body}}`);
    const error = await failure(collect(FEED, asked(server)));
    expect(error).toMatchObject({ code: "provider_answer", exit: 5 });
    expect(error.message).toContain(message);
  });

  it("does not take an answer that breaks off for a whole one", async () => {
    const server = await startReplay(replayMistral());
    server.fault = () => "cut";
    expect(await failure(collect(FEED, asked(server)))).toMatchObject({ exit: 5 });
  });
});

describe("a key", () => {
  const SERVERS: [MistralServer, Record<string, unknown>][] = [
    [
      { path: "/v1/admin", takes: "x-api-key" },
      { admin_path: "/v1/admin", bearer_too: true },
    ],
    [
      { path: "/v1/admin", takes: "bearer" },
      { admin_path: "/v1/admin", bearer_too: true },
    ],
    [
      { path: "/v1/admin", takes: "x-api-key, and no bearer" },
      { admin_path: "/v1/admin", bearer_too: false },
    ],
    [
      { path: "/api/admin", takes: "x-api-key" },
      { admin_path: "/api/admin", bearer_too: true },
    ],
    [
      { path: "/api/admin", takes: "x-api-key, and no bearer" },
      { admin_path: "/api/admin", bearer_too: false },
    ],
  ];

  it.each(SERVERS)("is taken as the server takes it: %j", async (taken, facts) => {
    const server = await startReplay(replayMistral(taken));
    const found = await check(mistralCollector, asked(server));
    expect(found).toEqual({ account: null, accountName: null, facts });
    server.requests = [];
    const [feed] = mistralCollector.feeds({ facts: found.facts ?? {}, options: OPTIONS });
    expect(costOf((await collect(feed!, asked(server))).drafts)).toBe("0.1126");
    expect(server.requests).toHaveLength(1);
    const [unknown] = mistralCollector.feeds({ facts: {}, options: OPTIONS });
    expect(costOf((await collect(unknown!, asked(server))).drafts)).toBe("0.1126");
  });

  it("for models cannot collect, and it is said which one can", async () => {
    const server = await startReplay(replayMistral());
    const error = await failure(check(mistralCollector, asked(server, MISTRAL_KEYS.ordinary)));
    expect(error).toMatchObject({ code: "key_cannot_collect", exit: 3 });
    expect(error.hint).toContain("Admin API key");
  });

  it("that is dead is refused, and not shown", async () => {
    const dead = "x".repeat(32);
    const error = await failure(check(mistralCollector, asked(await startReplay(replayMistral()), dead)));
    expect(error).toMatchObject({ code: "key_refused", exit: 3 });
    expect(JSON.stringify([error.message, error.hint])).not.toContain(dead);
  });

  it("is not blamed for a server in trouble", async () => {
    const server = await startReplay(replayMistral());
    server.fault = () => ({ status: 503, body: "" });
    expect(await failure(check(mistralCollector, asked(server)))).toMatchObject({ code: "provider_failed" });
  });
});
