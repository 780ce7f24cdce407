import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CreditFact, CreditFacts, DailySpend } from "../../src/lib/api.js";
import { cashView } from "../../src/lib/credits/cash.js";
import { ledgersOf } from "../../src/lib/credits/ledger.js";
import { outlookOf } from "../../src/lib/credits/outlook.js";
import { expiryOf, feeOf } from "../../src/lib/credits/rules.js";
import { decimal, plain, plainSum } from "../../src/lib/money.js";
import { spend } from "../reports/daily-spend.js";
import { countCoins, dayAt } from "./model.js";

const PROVIDERS = ["openai", "openrouter", "my-gateway"];
const DAYS = 60;

/** A unit of the model: its last digit is the last one that is kept. */
const UNIT = "0.0000000007";
const inUnits = (units: number): string => plain(decimal(UNIT).times(units));

const entry = fc
  .record({
    provider: fc.constantFrom(...PROVIDERS),
    kind: fc.constantFrom("top_up" as const, "top_up" as const, "grant" as const, "set" as const),
    at: fc.integer({ min: 0, max: DAYS }),
    minute: fc.integer({ min: 0, max: 1439 }),
    units: fc.integer({ min: -4, max: 30 }),
    lasts: fc.option(fc.integer({ min: 0, max: 30 })),
  })
  .map(({ provider, kind, at, minute, units, lasts }): Omit<CreditFact, "id"> => {
    const date = dayAt(at);
    const hour = String(Math.floor(minute / 60)).padStart(2, "0");
    return {
      provider,
      kind,
      timestamp: `${date}T${hour}:${String(minute % 60).padStart(2, "0")}:00Z`,
      date,
      usd: String(kind === "grant" ? Math.max(1, units) : units || 1),
      expires_on: lasts === null ? null : dayAt(at + lasts),
      note: null,
    };
  });

const facts: fc.Arbitrary<CreditFacts> = fc.record({
  entries: fc
    .uniqueArray(entry, { maxLength: 8, selector: ({ provider, timestamp }) => `${provider} ${timestamp}` })
    .map((entries) => entries.map((each, at) => ({ ...each, id: `id-${at}` }))),
  usage: fc
    .uniqueArray(
      fc.record({
        provider: fc.constantFrom(...PROVIDERS),
        date: fc.integer({ min: 0, max: DAYS + 20 }).map(dayAt),
        usd: fc.integer({ min: -3, max: 15 }).map(String),
      }),
      { maxLength: 40, selector: ({ provider, date }) => `${provider} ${date}` },
    )
    .map((usage) => usage.filter(({ usd }) => usd !== "0")),
  splits: fc.constant(null),
});

/** Amounts with ten decimals instead of whole units. */
const exact = ({ entries, usage, splits }: CreditFacts): CreditFacts => ({
  entries: entries.map((each) => ({ ...each, usd: inUnits(Number(each.usd)) })),
  usage: usage.map((each) => ({ ...each, usd: inUnits(Number(each.usd)) })),
  splits,
});

const RUNS = { numRuns: Number(process.env["AICOST_ENDURE_RUNS"] ?? 150) };

describe("a ledger of prepaid credit", () => {
  it("is top-ups less usage less lapses, to the last digit, as coins are counted day by day", () => {
    fc.assert(
      fc.property(facts, fc.integer({ min: 0, max: DAYS + 30 }).map(dayAt), (whole, through) => {
        const ledgers = ledgersOf(exact(whole), through);
        const known = new Set(
          whole.entries.filter(({ date }) => date <= through).map(({ provider }) => provider),
        );
        expect(ledgers.map(({ provider }) => provider)).toEqual([...known].sort());
        for (const ledger of ledgers) {
          const { provider, balance, used, added, lapsed, paid, lots } = ledger;
          const coins = countCoins(whole, provider, through);
          expect({
            balance: plain(balance),
            used: plain(used),
            added: plain(added),
            lapsed: plain(lapsed),
          }).toEqual({
            balance: inUnits(coins.balance),
            used: inUnits(coins.used),
            added: inUnits(coins.added),
            lapsed: inUnits(coins.lapsed),
          });
          expect(plain(balance)).toBe(plain(added.minus(used).minus(lapsed)));
          const left = lots.reduce((sum, lot) => sum.plus(lot.left), decimal("0"));
          expect(plain(left)).toBe(coins.balance < 0 ? "0" : plain(balance));
          const isPaid = (usd: string | number) => usd !== "0" && usd !== 0;
          expect(
            [...paid]
              .map(([date, usd]) => [date, plain(usd)])
              .filter(([, usd]) => isPaid(usd ?? "0"))
              .sort(),
          ).toEqual(
            [...coins.paid]
              .filter(([, usd]) => isPaid(usd))
              .map(([date, usd]) => [date, inUnits(usd)])
              .sort(),
          );
        }
      }),
      RUNS,
    );
  });

  it("is the same in any order of entry", () => {
    fc.assert(
      fc.property(
        facts.chain((whole) =>
          fc.record({
            whole: fc.constant(whole),
            entries: fc.shuffledSubarray([...whole.entries], { minLength: whole.entries.length }),
            usage: fc.shuffledSubarray([...whole.usage], { minLength: whole.usage.length }),
          }),
        ),
        ({ whole, entries, usage }) => {
          const shown = (from: CreditFacts) =>
            ledgersOf(from).map(({ paid, balance, lapsed, lots, ...rest }) => ({
              ...rest,
              balance: plain(balance),
              lapsed: plain(lapsed),
              lots: lots.map(({ id, left }) => [id, plain(left)]),
              paid: [...paid].map(([date, usd]) => [date, plain(usd)]).sort(),
              added: plain(rest.added),
              used: plain(rest.used),
            }));
          expect(shown({ ...whole, entries, usage })).toEqual(shown(whole));
        },
      ),
      RUNS,
    );
  });

  const of = (entries: Partial<CreditFact>[], usage: [string, string][]): CreditFacts => ({
    entries: entries.map((each, at) => ({
      id: `id-${at}`,
      provider: "openai",
      kind: "top_up",
      timestamp: `${each.date ?? ""}T00:00:00Z`,
      date: "",
      usd: "0",
      expires_on: null,
      note: null,
      ...each,
    })),
    usage: usage.map(([date, usd]) => ({ provider: "openai", date, usd })),
    splits: null,
  });
  const balance = (from: CreditFacts, through = "2026-12-31"): string | undefined => {
    const [ledger] = ledgersOf(from, through);
    return ledger && plain(ledger.balance);
  };

  it("starts again when a balance is set, with the usage of that day", () => {
    const usage: [string, string][] = [
      ["2026-11-09", "100"],
      ["2026-11-10", "1"],
      ["2026-11-12", "2"],
    ];
    const bought = { date: "2026-11-10", usd: "50" };
    const set = { kind: "set", date: "2026-11-12", timestamp: "2026-11-12T10:00:00Z", usd: "40" } as const;
    expect(balance(of([bought], usage))).toBe("47");
    expect(balance(of([bought, set], usage))).toBe("38");
    // A top-up of the same day counts if it came later.
    const earlier = { date: "2026-11-12", timestamp: "2026-11-12T09:59:59Z", usd: "5" };
    const later = { date: "2026-11-12", timestamp: "2026-11-12T10:00:01Z", usd: "5" };
    expect(balance(of([bought, set, earlier], usage))).toBe("38");
    expect(balance(of([bought, set, later], usage))).toBe("43");
    expect(balance(of([bought, set], usage), "2026-11-11")).toBe("49");
  });

  it("lets a top-up settle what went below zero before, also of a balance that was set so", () => {
    const late = of(
      [
        { date: "2026-11-01", usd: "10" },
        { date: "2026-11-20", usd: "20" },
      ],
      [["2026-11-05", "15"]],
    );
    expect(balance(late, "2026-11-19")).toBe("-5");
    expect(balance(late)).toBe("15");
    const paid = (through = "2026-12-31") => ledgersOf(late, through)[0]?.paid.get("2026-11-05")?.toFixed();
    expect(paid("2026-11-19")).toBe("10");
    expect(paid()).toBe("15");
    expect(
      balance(
        of(
          [
            { kind: "set", date: "2026-11-01", usd: "-3" },
            { date: "2026-11-02", usd: "10" },
          ],
          [],
        ),
      ),
    ).toBe("7");
  });

  it("expires by the rule of the provider, on the day after the last one", () => {
    expect(expiryOf("openai", "2026-11-22")).toBe("2027-11-22");
    expect(expiryOf("anthropic", "2024-02-29")).toBe("2025-02-28");
    expect(expiryOf("openrouter", "2026-11-22")).toBeNull();
    const bought = of([{ date: "2025-11-22", usd: "50" }], [["2025-12-01", "8"]]);
    expect(balance(bought, "2026-11-22")).toBe("42");
    expect(balance(bought, "2026-11-23")).toBe("0");
    expect(balance(of([{ date: "2025-11-22", usd: "50", expires_on: "never" }], []), "2030-01-01")).toBe(
      "50",
    );
  });

  it("uses what was granted first where the provider does so", () => {
    const entries = [
      { date: "2026-11-01", usd: "10" },
      { kind: "grant", date: "2026-11-02", usd: "5" } as const,
    ];
    const left = (provider: string) => {
      const { usage, ...rest } = of(
        entries.map((each) => ({ ...each, provider })),
        [["2026-11-03", "6"]],
      );
      const [ledger] = ledgersOf(
        { ...rest, usage: usage.map((each) => ({ ...each, provider })) },
        "2026-12-31",
      );
      return ledger?.lots.map(({ kind, left }) => [kind, plain(left)]);
    };
    expect(left("deepseek")).toEqual([["top_up", "9"]]);
    expect(left("openai")).toEqual([["top_up", "9"]]);
    expect(left("openrouter")).toEqual([
      ["top_up", "4"],
      ["grant", "5"],
    ]);
  });

  it("says when it runs out, and what lapses before", () => {
    const lots = (from: CreditFacts) => ledgersOf(from, "2026-11-30")[0]!;
    const bought = of(
      [
        { date: "2026-11-01", usd: "10", expires_on: "2026-12-04" },
        { date: "2026-11-02", usd: "5" },
      ],
      [],
    );
    const ahead = { perDay: decimal("1"), today: "2026-11-30" };
    // Four days of $1, then $6 lapse, then five days.
    expect(outlookOf(lots(bought), ahead)).toMatchObject({
      runs_out_on: "2026-12-10",
      lapses: [{ on: "2026-12-05" }],
    });
    expect(outlookOf(lots(bought), ahead).lapses.map(({ usd }) => plain(usd))).toEqual(["6"]);
    expect(outlookOf(lots(bought), { ...ahead, perDay: decimal("0") })).toMatchObject({
      runs_out_on: null,
      lapses: [{ on: "2026-12-05" }, { on: "2027-11-03" }],
    });
    expect(outlookOf(lots(of([{ date: "2026-11-01", usd: "-1" }], [])), ahead)).toEqual({
      runs_out_on: "2026-12-01",
      lapses: [],
      bought: [],
      paid: decimal("0"),
    });
    // What was bought last is bought again, with its own expiry.
    const again = outlookOf(lots(bought), { ...ahead, days: 20, usual: decimal("6") });
    expect(again.bought.map(({ on, usd }) => [on, plain(usd)])).toEqual([
      ["2026-12-10", "6"],
      ["2026-12-16", "6"],
    ]);
    expect(plain(again.paid)).toBe("20");
  });
});

describe("the fee of OpenRouter", () => {
  it.each([
    ["5.00", "0.8"],
    ["10.00", "0.8"],
    ["14.54", "0.8"],
    ["14.55", "0.8"],
    ["20.00", "1.1"],
    ["100.00", "5.5"],
  ])("of %s credit is %s", (credits, fee) => expect(feeOf("openrouter", credits)).toBe(fee));
  it("is another one for crypto, and other providers have none", () => {
    expect(feeOf("openrouter", "5", { crypto: true })).toBe("0.25");
    expect(feeOf("openai", "50")).toBeNull();
  });
});

describe("what left the account", () => {
  const spent = fc
    .record({
      provider: fc.constantFrom(...PROVIDERS),
      at: fc.integer({ min: 0, max: DAYS + 20 }),
      model: fc.constantFrom("a", "b", "c"),
      usage: fc.integer({ min: 0, max: 9 }),
      estimated: fc.integer({ min: 0, max: 9 }),
      fee: fc.integer({ min: 0, max: 2 }),
    })
    .map(({ provider, at, model, usage, estimated, fee }): DailySpend => ({
      ...spend({
        date: dayAt(at),
        provider,
        model,
        usage_usd: inUnits(usage),
        estimated_usd: inUnits(estimated),
        fee_usd: inUnits(fee),
      }),
    }));

  it("differs from what was used by exactly the top-ups and what they paid for", () => {
    fc.assert(
      fc.property(
        facts,
        fc.uniqueArray(spent, {
          maxLength: 60,
          selector: ({ date, provider, model }) => `${date} ${provider} ${model ?? ""}`,
        }),
        (whole, used) => {
          const { entries } = exact(whole);
          const topUps = entries
            .filter(({ kind }) => kind === "top_up")
            .map((each) => ({
              ...spend({ date: each.date, provider: each.provider, model: null }),
              topup_usd: each.usd,
            }));
          const days = [...used, ...topUps];
          const sums = new Map<string, string[]>();
          for (const each of used) {
            const key = `${each.provider} ${each.date}`;
            sums.set(key, [...(sums.get(key) ?? []), each.usage_usd, each.estimated_usd]);
          }
          const usage = [...sums].map(([key, amounts]) => {
            const [provider = "", date = ""] = key.split(" ");
            return { provider, date, usd: plainSum(amounts) };
          });
          const credit = { entries, usage, splits: null };
          const cash = cashView(credit)(days);
          const paid = ledgersOf(credit).flatMap((ledger) => [...ledger.paid.values()].map(plain));
          const of = (rows: readonly DailySpend[], name: "cost_usd" | "topup_usd"): string =>
            plainSum(rows.map((row) => row[name]));
          expect(of(cash, "cost_usd")).toBe(
            plainSum([
              of(days, "cost_usd"),
              of(days, "topup_usd"),
              ...paid.map((usd) => plain(decimal(usd).neg())),
            ]),
          );
          expect(plainSum(cash.map(({ paid_by_credit_usd }) => paid_by_credit_usd))).toBe(plainSum(paid));
          // Each row is the sum of its parts, and a row without usage keeps all of it.
          cash.forEach((row, at) => {
            const parts = [row.usage_usd, row.extra_usage_usd, row.estimated_usd, row.fee_usd, row.topup_usd];
            expect(row.cost_usd).toBe(plainSum(parts));
            expect(row.date).toBe(days[at]?.date);
          });
        },
      ),
      RUNS,
    );
  });
});
