import type { StoredCall } from "../api.js";
import type { AgentCall } from "../agents/call.js";
import { UserError } from "../errors.js";
import type { Pricer } from "../prices/pricer.js";
import { type Draft, recordOf } from "../record/draft.js";
import { callId, type CostRecord } from "../record/record.js";
import type { Payer, PayerOf } from "./payment.js";
import { projectName, type ProjectNames } from "./project-name.js";

export interface CallOptions {
  /** Its id, such as `claude-code`. */
  agent: string;
  payerOf: PayerOf;
  projectNames: ProjectNames;
  pricer: Pricer;
}

/** The same for the same response, from any machine, folder or file, and by any name of its provider. */
export const idOfCall = (agent: string, key: string): string => callId("", `agent:${agent}`, key);

/**
 * A call as a record, at list price, with what is stored of it: its moment, who used it and who pays stay as they were
 * first seen.
 * @throws UserError `agent_log_unreadable`, for numbers that the database cannot hold
 */
export const recordOfCall = (
  call: AgentCall,
  stored: StoredCall | undefined,
  { agent, payerOf, projectNames, pricer }: CallOptions,
): { record: CostRecord; draft: Draft } => {
  const payer = stored === undefined ? payerOf(call) : payerOfStored(stored);
  const draft: Draft = {
    timestamp: stored?.at ?? call.at,
    granularity: "event",
    model: call.model,
    cost: null,
    basis: "none",
    input: call.tokens.input,
    output: call.tokens.output,
    cacheRead: call.tokens.cacheRead,
    cacheWrite: call.tokens.cacheWrite,
    requests: 1,
    project: {
      id: null,
      name: stored === undefined ? projectName(call.project, projectNames) : stored.project,
    },
    agent,
    session: stored === undefined ? call.session : stored.session,
    key: [call.key],
    metadata: { ...payer, ...metadataOf(call) },
  };
  const id = idOfCall(agent, call.key);
  const record = recordOf(draft, {
    provider: call.provider,
    source: `agent:${agent}`,
    method: "agent_log",
    rates: NO_RATES,
    identities: { next: () => id },
    account: null,
    wrong: (_, reason) => unreadable(agent, reason),
  });
  return { record: pricer.priced(record), draft };
};

const NO_RATES = {};

const payerOfStored = ({ paid_by, paid_by_user }: StoredCall): Payer => ({
  paid_by: paid_by ?? "unknown",
  ...(paid_by_user && { paid_by_user }),
});

/** Only what is not zero: there is a record for each call. */
const metadataOf = ({ tokens, searches, version, statedCost, mayBeCopy }: AgentCall) => ({
  ...(mayBeCopy && { may_be_copy: true }),
  ...(tokens.cacheWrite1h > 0 && { cache_write_1h_tokens: tokens.cacheWrite1h }),
  ...(tokens.reasoning > 0 && { reasoning_tokens: tokens.reasoning }),
  ...(searches > 0 && { web_searches: searches }),
  ...(version !== null && { agent_version: version }),
  ...(statedCost !== null && { stated_cost_usd: statedCost }),
});

const unreadable = (agent: string, reason: string): UserError =>
  new UserError(
    "agent_log_unreadable",
    `A call in the log of ${agent} cannot be stored: ${reason}.`,
    `Leave that agent out, and please report it: aicost scan --agent NAME`,
  );
