import { describe, expect, it } from "vitest";
import { decimal, plain, rounded, sum } from "../../src/lib/money.js";
import { loadPricer } from "../../src/lib/prices/pricer.js";
import { anthropicCollector } from "../../src/lib/providers/anthropic/collector.js";
import { anthropicUsageReport } from "../../src/lib/providers/anthropic/usage-report.js";
import { openaiCollector } from "../../src/lib/providers/openai/collector.js";
import { openaiCompletionsApi } from "../../src/lib/providers/openai/usage-api.js";
import { type Draft, recordOf } from "../../src/lib/record/draft.js";
import { type CostRecord, Identities } from "../../src/lib/record/record.js";
import { collect, expected, optionsOf } from "../providers/collect/collecting.js";
import { startReplay } from "../support/replay.js";
import { ANTHROPIC_KEYS, replayAnthropic } from "../support/replay/anthropic.js";
import { OPENAI_KEYS, replayOpenai } from "../support/replay/openai.js";

/** What the lists that come with aicost make of drafts. */
const priced = async (provider: string, drafts: readonly Draft[]): Promise<CostRecord[]> => {
  const pricer = await loadPricer({ own: [], lists: [] });
  const from = {
    provider,
    source: "test",
    method: "api_automated",
    rates: {},
    identities: new Identities(),
    account: null,
    wrong: (_: unknown, reason: string) => new Error(reason),
  } as const;
  return drafts.map((draft) => pricer.priced(recordOf(draft, from)));
};

const estimated = (records: readonly CostRecord[]): string =>
  plain(rounded(sum(records.map(({ estimated_cost_usd }) => estimated_cost_usd ?? "0")), 6));

describe("estimates of usage equal what the provider bills for it", () => {
  it("Anthropic: cache reads and both kinds of writes, batches, long requests, searches", async () => {
    const server = await startReplay(replayAnthropic);
    const asked = optionsOf(anthropicCollector, server, ANTHROPIC_KEYS.admin);
    const { drafts } = await collect(anthropicUsageReport, asked);
    const records = await priced("anthropic", drafts);
    const { expected_priced_usd } = expected<{ expected_priced_usd: string }>(
      "anthropic_usage_report_messages",
    );
    expect(estimated(records)).toBe(plain(rounded(decimal(expected_priced_usd), 6)));
    for (const { metadata } of records) expect(metadata).toMatchObject({ cost_basis: "estimated" });
  });

  it("OpenAI: what its costs have for the same models", async () => {
    const server = await startReplay(replayOpenai);
    const asked = optionsOf(openaiCollector, server, OPENAI_KEYS.admin);
    const { drafts } = await collect(openaiCompletionsApi, asked);
    const records = await priced("openai", drafts);
    const { by_model_usd } = expected<{ by_model_usd: Record<string, string> }>("openai_costs");
    const billed = [...new Set(drafts.map(({ model }) => by_model_usd[model ?? ""] ?? "0"))];
    expect(estimated(records)).toBe(plain(rounded(sum(billed), 6)));
  });
});
