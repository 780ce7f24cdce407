import { UserError } from "../errors.js";
import { sum } from "../money.js";
import { callPrice, sumOfEstimates } from "../prices/calls.js";
import { type Estimate, type Pricer, withEstimate } from "../prices/pricer.js";
import { type CallCounts, WITHDRAWN, writtenCounts } from "../record/calls.js";
import { type Draft, recordOf } from "../record/draft.js";
import type { CostRecord } from "../record/record.js";
import { keyOfQuarter, type QuarterHour } from "./quarter-hour.js";

export interface QuarterOptions {
  /** Its id, such as `claude-code`. */
  agent: string;
  pricer: Pricer;
  /** Called for each call that is new or has grown, with what it comes to. */
  onFresh?: (call: CallCounts, quarter: QuarterHour, estimate: Estimate | null) => void;
}

export interface QuarterRecord {
  record: CostRecord;
  draft: Draft;
  /** As `cost_records.calls` and `call_counts` have them. */
  calls: { ids: string[]; counts: string };
}

/**
 * The calls of a quarter of an hour as a record, each at its list price.
 * @throws UserError `agent_log_unreadable`, for numbers that the database cannot hold
 */
export const recordOfQuarter = (quarter: QuarterHour, options: QuarterOptions): QuarterRecord => {
  const { id, of } = quarter;
  const { agent } = options;
  // In the order of their ids, so that the same calls are the same row.
  const ids = [...quarter.calls.keys()].sort();
  const kept = ids.map((id) => quarter.calls.get(id) ?? WITHDRAWN);
  const counts = writtenCounts(kept, of.start);
  const calls = kept.filter((call) => call !== WITHDRAWN);
  const draft: Draft = {
    timestamp: new Date(of.start).toISOString(),
    granularity: "hour",
    model: of.model,
    cost: null,
    basis: "none",
    ...totalsOf(calls),
    project: { id: null, name: of.project },
    agent,
    session: of.session,
    key: [keyOfQuarter(of), ...ids, counts],
    metadata: { ...of.payer, ...metadataOf(quarter, calls) },
  };
  const record = recordOf(draft, {
    provider: of.provider,
    source: `agent:${agent}`,
    method: "agent_log",
    rates: NO_RATES,
    identities: { next: () => id },
    account: null,
    wrong: (_, reason) => unreadable(agent, reason),
  });
  const estimate = estimateOf(quarter, options);
  return {
    record: estimate === null ? record : withEstimate(record, estimate),
    draft,
    calls: { ids, counts },
  };
};

const estimateOf = (quarter: QuarterHour, { pricer, onFresh }: QuarterOptions): Estimate | null => {
  const priceOf = callPrice(pricer, quarter.of);
  const estimates: (Estimate | null)[] = [];
  for (const [id, call] of quarter.calls) {
    if (call === WITHDRAWN) continue;
    const estimate = priceOf(call);
    estimates.push(estimate);
    if (quarter.fresh.has(id)) onFresh?.(call, quarter, estimate);
  }
  return sumOfEstimates(estimates);
};

const NO_RATES = {};

const totalsOf = (calls: readonly CallCounts[]) => ({
  input: total(calls, ({ input }) => input),
  output: total(calls, ({ output }) => output),
  cacheRead: total(calls, ({ cacheRead }) => cacheRead),
  cacheWrite: total(calls, ({ cacheWrite }) => cacheWrite),
  requests: calls.length,
});

const total = (calls: readonly CallCounts[], countOf: (call: CallCounts) => number): number =>
  calls.reduce((total, call) => total + countOf(call), 0);

/** Only what is not zero: there is a record for each quarter of an hour. */
const metadataOf = ({ of }: QuarterHour, calls: readonly CallCounts[]) => {
  const cacheWrite1h = total(calls, (call) => call.cacheWrite1h);
  const reasoning = total(calls, (call) => call.reasoning);
  const searches = total(calls, (call) => call.searches);
  const stated = calls.flatMap(({ statedCost }) => statedCost ?? []);
  return {
    ...(calls.length > 0 && { first_at: momentOf(calls, Math.min), last_at: momentOf(calls, Math.max) }),
    ...(of.mayBeCopy && { may_be_copy: true }),
    ...(cacheWrite1h > 0 && { cache_write_1h_tokens: cacheWrite1h }),
    ...(reasoning > 0 && { reasoning_tokens: reasoning }),
    ...(searches > 0 && { web_searches: searches }),
    ...(of.version !== null && { agent_version: of.version }),
    ...(stated.length > 0 && { stated_cost_usd: sum(stated).toFixed() }),
  };
};

const momentOf = (calls: readonly CallCounts[], choose: (...moments: number[]) => number): string =>
  new Date(choose(...calls.map(({ at }) => at))).toISOString();

const unreadable = (agent: string, reason: string): UserError =>
  new UserError(
    "agent_log_unreadable",
    `A call in the log of ${agent} cannot be stored: ${reason}.`,
    `Leave that agent out, and please report it: aicost scan --agent NAME`,
  );
