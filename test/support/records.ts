import { createHash, randomUUID } from "node:crypto";
import type { CostRecord } from "../../src/lib/record/record.js";
import type { CredentialMetadata, ImportHead } from "../../src/lib/api.js";

/** A billed call of a cent on 2026-11-05; every field can be given. */
export const costRecord = (given: Partial<CostRecord> = {}): CostRecord => ({
  id: randomUUID(),
  provider: "openai",
  timestamp: "2026-11-05T12:00:00Z",
  granularity: "event",
  kind: "usage",
  model_name: "gpt-5",
  cost_usd: "0.01",
  estimated_cost_usd: null,
  topup_usd: null,
  tokens_used: 150,
  input_tokens: 100,
  output_tokens: 50,
  cache_read_tokens: null,
  cache_write_tokens: null,
  request_count: 1,
  collection_method: "csv_import",
  project: null,
  api_key: null,
  agent: null,
  session: null,
  metadata: { cost_basis: "billed" },
  ...given,
});

/** The head of a new import whose series nobody else has; every field can be given. */
export const importHead = (given: Partial<ImportHead> = {}): ImportHead => {
  const id = randomUUID();
  return {
    id,
    source_name: "openai-cost.csv",
    format: "openai-cost",
    sha256: createHash("sha256").update(id).digest("hex"),
    reading: "openai/cost",
    series: `test/${id}`,
    feed: null,
    first_day: "2026-11-05",
    last_day: "2026-11-05",
    row_count: 1,
    skipped: 0,
    rejected: 0,
    cost_usd: "0.01",
    first_date: "2026-11-05",
    last_date: "2026-11-05",
    ...given,
  };
};

/** What is known of a stored key; every field can be given. */
export const storedMetadata = (given: Partial<CredentialMetadata> = {}): CredentialMetadata => ({
  masked: "sk-ant-admin01-…x9AA",
  key_set_at: "2026-11-05T12:00:00Z",
  account: "default",
  account_known: false,
  facts: {},
  ...given,
});
