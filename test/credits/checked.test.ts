import { describe, expect, it } from "vitest";
import type { CreditFacts, StoredCredential, SyncState } from "../../src/lib/api.js";
import { knownBalances } from "../../src/lib/credits/known-balances.js";
import { creditsOf } from "../../src/lib/credits/look.js";

const key = (provider: string, account: string, ...syncs: Partial<SyncState>[]): StoredCredential =>
  ({
    ...{ id: account, provider, name: account, is_active: true, validation_status: "valid" },
    metadata: { account },
    syncs: syncs.map((sync) => ({ complete_through: null, synced_at: "", feed: "", memory: null, ...sync })),
  }) as unknown as StoredCredential;

const OPENROUTER = "openrouter-analytics-api";
const balance = (at: string, USD: string | null) => ({ at: `${at}T10:00:00.000Z`, USD });

describe("balances that sync knows", () => {
  it("are those of DeepSeek and OpenRouter in dollars, the newest of an account, together of several", () => {
    const known = knownBalances([
      key("openrouter", "one", { feed: OPENROUTER, memory: balance("2026-11-20", "84.75") }),
      key("openrouter", "one", { feed: OPENROUTER, memory: balance("2026-11-22", "80.5") }),
      key("openrouter", "two", { feed: OPENROUTER, memory: balance("2026-11-21", "10") }),
      key("deepseek", "d", {
        feed: "deepseek-balance",
        memory: { ...balance("2026-11-22", null), CNY: "50" },
      }),
      key("openai", "o", { feed: "openai-costs", memory: balance("2026-11-22", "5") }),
      key("openrouter", "three", { feed: "openrouter-key-api", memory: { before: "1" } }),
    ]);
    expect(known).toEqual([{ provider: "openrouter", at: "2026-11-21T10:00:00.000Z", balance_usd: "90.5" }]);
  });

  it("are compared with the ledger of their day", () => {
    const facts: CreditFacts = {
      entries: [
        {
          ...{ id: "a", provider: "openrouter", kind: "top_up", usd: "100", expires_on: null, note: null },
          ...{ timestamp: "2026-11-01T00:00:00Z", date: "2026-11-01" },
        },
      ],
      usage: [
        { provider: "openrouter", date: "2026-11-05", usd: "12" },
        { provider: "openrouter", date: "2026-11-22", usd: "3" },
      ],
      splits: null,
    };
    const credentials = [
      key("openrouter", "one", { feed: OPENROUTER, memory: balance("2026-11-20", "84.75") }),
    ];
    const { credits } = creditsOf(facts, {
      day: "2026-11-22",
      timezone: "UTC",
      pace: () => null,
      credentials,
    });
    expect(credits).toMatchObject([
      {
        balance_usd: "85",
        checked: { balance_usd: "84.75", ledger_usd: "88", difference_usd: "-3.25" },
      },
    ]);
    const alone = creditsOf(facts, { day: "2026-11-22", timezone: "UTC", pace: () => null, credentials: [] });
    expect(alone.credits[0]?.checked).toBeNull();
  });
});
