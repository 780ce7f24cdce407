import { describe, expect, it } from "vitest";
import { plain } from "../../../src/lib/money.js";
import type { Memory } from "../../../src/lib/providers/collector.js";
import { deepseekBalance } from "../../../src/lib/providers/deepseek/balance.js";
import { deepseekCollector } from "../../../src/lib/providers/deepseek/collector.js";
import { kindOfKey } from "../../../src/lib/providers/key-kinds.js";
import { type ReplayServer, startReplay } from "../../support/replay.js";
import {
  DEEPSEEK_KEY,
  deepseekAccount,
  type DeepseekBalance,
  replayDeepseek,
} from "../../support/replay/deepseek.js";
import { check, collect, expected, failure, type Haul, optionsOf } from "./collecting.js";
import { recordsOf, says } from "./gateways.js";

const FIRST = "2026-11-20T10:00:00.000Z";
const SECOND = "2026-11-21T10:00:00.000Z";
const THIRD = "2026-11-21T18:00:00.000Z";

const asked = (server: ReplayServer, key = DEEPSEEK_KEY) => optionsOf(deepseekCollector, server, key);

const balance = (currency: string, granted: string, topped: string): DeepseekBalance => ({
  currency,
  total_balance: String((Number(granted) * 100 + Number(topped) * 100) / 100),
  granted_balance: granted,
  topped_up_balance: topped,
});

/** An account whose looks at its balance are the runs of a feed. */
const open = async () => {
  const account = deepseekAccount();
  const server = await startReplay(replayDeepseek(account));
  const look = (at: string, memory: Memory | null, ...balances: DeepseekBalance[]): Promise<Haul> => {
    if (balances.length > 0) account.balances = balances;
    return collect(deepseekBalance, asked(server), { now: new Date(at), memory });
  };
  return { server, look };
};

const spentIn = ({ drafts }: Haul) => drafts.map(({ currency, cost }) => `${plain(cost!)} ${currency}`);

describe("the first look", () => {
  it("books nothing, remembers the balance, and says so", async () => {
    const { look } = await open();
    const { drafts, days, memory, notes } = await look(FIRST, null);
    const { balance_usd: total } = expected<{ balance_usd: string }>("deepseek_balance");
    expect([drafts, days]).toEqual([[], []]);
    expect(memory).toEqual({ at: FIRST, USD: "110", USD_topped: "100" });
    expect(Number(memory?.["USD"])).toBe(Number(total));
    expect(notes).toEqual(["The balance is 110 USD; what is spent from now on is booked from run to run."]);
  });
});

describe("the next looks", () => {
  it("book what the balance went down by, at the moment of the look before", async () => {
    const { look } = await open();
    const first = await look(FIRST, null);
    const second = await look(SECOND, first.memory, balance("USD", "10.00", "99.9999999999"));
    expect(recordsOf(deepseekCollector, deepseekBalance, second.pieces)).toMatchObject([
      {
        provider: "deepseek",
        timestamp: FIRST,
        granularity: "event",
        model_name: null,
        cost_usd: "0.0000000001",
        tokens_used: null,
        metadata: { cost_basis: "billed", balance: "109.9999999999", through: SECOND },
      },
    ]);
    expect(second.days).toEqual([]);
    expect(second.notes).toEqual([]);
    expect(second.memory).toMatchObject({ at: SECOND, USD: "109.9999999999" });
  });

  it("book both of one day", async () => {
    const { look } = await open();
    const first = await look(FIRST, null, balance("USD", "0", "100"));
    const second = await look(SECOND, first.memory, balance("USD", "0", "97.5"));
    const third = await look(THIRD, second.memory, balance("USD", "0", "97"));
    expect([spentIn(second), spentIn(third)]).toEqual([["2.5 USD"], ["0.5 USD"]]);
    const ids = [second, third].flatMap(({ pieces }) =>
      recordsOf(deepseekCollector, deepseekBalance, pieces),
    );
    expect(new Set(ids.map(({ id }) => id)).size).toBe(2);
  });

  it("replace what was booked if the end of a run was not remembered", async () => {
    const { look } = await open();
    const first = await look(FIRST, null, balance("USD", "0", "100"));
    const lost = await look(SECOND, first.memory, balance("USD", "0", "97.5"));
    const again = await look(THIRD, first.memory, balance("USD", "0", "97"));
    const [one, two] = [lost, again].map(
      ({ pieces }) => recordsOf(deepseekCollector, deepseekBalance, pieces)[0],
    );
    expect(two?.id).toBe(one?.id);
    expect(two?.timestamp).toBe(one?.timestamp);
    expect(two?.cost_usd).toBe("3");
  });

  it("book nothing if nothing changed", async () => {
    const { look } = await open();
    const first = await look(FIRST, null);
    const second = await look(SECOND, first.memory);
    expect([second.drafts, second.notes]).toEqual([[], []]);
    expect(second.memory).toMatchObject({ at: SECOND });
  });

  it("say that spend cannot be told if the balance went up", async () => {
    const { look } = await open();
    const first = await look(FIRST, null, balance("USD", "0", "10"));
    const second = await look(SECOND, first.memory, balance("USD", "0", "57.25"));
    expect(second.drafts).toEqual([]);
    expect(second.notes).toEqual([
      `The balance in USD went up by 47.25 since ${FIRST}, by a top-up or a grant: the spend in between is unknown.`,
    ]);
    expect(second.memory).toMatchObject({ USD: "57.25" });
  });

  it("say that more was spent if a top-up hides it", async () => {
    const { look } = await open();
    const first = await look(FIRST, null, balance("USD", "30", "10"));
    const second = await look(SECOND, first.memory, balance("USD", "0", "25"));
    expect(spentIn(second)).toEqual(["15 USD"]);
    expect(second.notes).toEqual([
      `At least 15 USD were topped up since ${FIRST}: more was spent meanwhile than what is booked.`,
    ]);
  });

  it("keep how much of the spend may be a grant that expired", async () => {
    const { look } = await open();
    const first = await look(FIRST, null, balance("USD", "10", "100"));
    const second = await look(SECOND, first.memory, balance("USD", "0", "99"));
    expect(second.drafts[0]?.metadata).toEqual({
      balance: "99",
      through: SECOND,
      used_or_expired_grants: "10",
    });
  });

  it("keep two currencies apart", async () => {
    const { look } = await open();
    const first = await look(FIRST, null, balance("USD", "0", "10"), balance("CNY", "5", "50"));
    expect(first.notes[0]).toContain("The balance is 10 USD and 55 CNY;");
    const second = await look(SECOND, first.memory, balance("CNY", "5", "48.8"), balance("USD", "0", "20"));
    expect(spentIn(second)).toEqual(["1.2 CNY"]);
    expect(second.notes).toHaveLength(1);
    expect(second.memory).toEqual({
      at: SECOND,
      USD: "20",
      USD_topped: "20",
      CNY: "53.8",
      CNY_topped: "48.8",
    });
    expect(() => recordsOf(deepseekCollector, deepseekBalance, second.pieces)).toThrow(
      "There is no rate for CNY",
    );
    expect(
      recordsOf(deepseekCollector, deepseekBalance, second.pieces, { given: { CNY: "0.14" } }),
    ).toMatchObject([
      { cost_usd: "0.168", metadata: { original: { currency: "CNY", amount: "1.2", rate: "0.14" } } },
    ]);
  });

  it("begin with a currency when it first comes, and do not forget one that is not told", async () => {
    const { look } = await open();
    const first = await look(FIRST, null, balance("CNY", "0", "50"));
    const second = await look(SECOND, first.memory, balance("USD", "0", "10"));
    expect(second.drafts).toEqual([]);
    expect(second.notes[0]).toContain("The balance is 10 USD;");
    const third = await look(THIRD, second.memory, balance("USD", "0", "10"), balance("CNY", "0", "49"));
    expect(spentIn(third)).toEqual(["1 CNY"]);
  });
});

describe("an answer", () => {
  it.each([
    ['{"total_balance":"1"}', "currency is missing"],
    ['{"currency":"USD"}', "total_balance is missing"],
    ['{"currency":"USD","total_balance":"a lot"}', "total_balance: “a lot” is not an amount"],
  ])("with %s is refused", async (info, message) => {
    const { server, look } = await open();
    server.fault = says("/user/balance", `{"balance_infos":[${info}]}`);
    const error = await failure(look(FIRST, null));
    expect(error).toMatchObject({ code: "provider_answer", exit: 5 });
    expect(error.message).toContain(message);
  });

  it.each(['{"is_available":true}', '{"balance_infos":[]}'])(
    "without balances is refused: %s",
    async (body) => {
      const { server, look } = await open();
      server.fault = says("/user/balance", body);
      expect(await failure(look(FIRST, null))).toMatchObject({ code: "provider_answer" });
    },
  );

  it("may hold numbers with exponents, and unknown fields", async () => {
    const { server, look } = await open();
    const memory = { at: FIRST, USD: "1.1" };
    server.fault = says(
      "/user/balance",
      '{"is_available":false,"balance_infos":[{"currency":"usd","total_balance":1.0e0,"topped_up_balance":null,"new":1}]}',
    );
    const second = await look(SECOND, memory);
    expect(spentIn(second)).toEqual(["0.1 USD"]);
    expect(second.memory).toEqual({ at: SECOND, USD: "1", USD_topped: null });
  });
});

describe("a key", () => {
  it("is checked by the balance", async () => {
    const { server } = await open();
    expect(await check(deepseekCollector, asked(server))).toMatchObject({
      account: null,
      note: expect.stringContaining("from run to run") as string,
    });
  });

  it("that is dead is refused, and not shown", async () => {
    const { server } = await open();
    const dead = `sk-${"x".repeat(32)}`;
    const error = await failure(check(deepseekCollector, asked(server, dead)));
    expect(error).toMatchObject({ code: "key_refused", exit: 3 });
    expect(error.hint).toContain("https://platform.deepseek.com/api_keys");
    expect(JSON.stringify([error.message, error.hint])).not.toContain(dead);
  });

  it("is known by its form", () => {
    expect(kindOfKey(DEEPSEEK_KEY, deepseekCollector.keys)?.collects).toBe("yes");
    expect(kindOfKey("sk-proj-abc", deepseekCollector.keys)).toBeNull();
  });
});
