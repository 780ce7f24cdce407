import { UserError } from "../errors.js";
import { sum } from "../money.js";
import { callPrice, sumOfEstimates } from "../prices/calls.js";
import { type Estimate, type Pricer, withEstimate } from "../prices/pricer.js";
import { type CallCounts, type KeptCall, WITHDRAWN, writtenCounts } from "../record/calls.js";
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
  const totals = totalsOf(kept);
  const draft: Draft = {
    timestamp: new Date(of.start).toISOString(),
    granularity: "hour",
    model: of.model,
    cost: null,
    basis: "none",
    input: totals.input,
    output: totals.output,
    cacheRead: totals.cacheRead,
    cacheWrite: totals.cacheWrite,
    requests: totals.calls,
    project: { id: null, name: of.project },
    agent,
    session: of.session,
    key: [keyOfQuarter(of), ...ids, counts],
    metadata: { ...of.payer, ...metadataOf(quarter, totals) },
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

/** What calls come to, those that turned out to be none left out. */
interface Totals extends Omit<CallCounts, "at" | "statedCost"> {
  calls: number;
  /** US dollars, each as the log says it. */
  stated: string[];
  /** Milliseconds since 1970. */
  first: number;
  last: number;
}

const totalsOf = (kept: readonly KeptCall[]): Totals => {
  const totals: Totals = {
    calls: 0,
    input: 0,
    output: 0,
    cacheRead: 0,
    cacheWrite: 0,
    cacheWrite1h: 0,
    reasoning: 0,
    searches: 0,
    stated: [],
    first: Infinity,
    last: -Infinity,
  };
  for (const call of kept) {
    if (call === WITHDRAWN) continue;
    totals.calls++;
    totals.input += call.input;
    totals.output += call.output;
    totals.cacheRead += call.cacheRead;
    totals.cacheWrite += call.cacheWrite;
    totals.cacheWrite1h += call.cacheWrite1h;
    totals.reasoning += call.reasoning;
    totals.searches += call.searches;
    if (call.statedCost !== null) totals.stated.push(call.statedCost);
    if (call.at < totals.first) totals.first = call.at;
    if (call.at > totals.last) totals.last = call.at;
  }
  return totals;
};

/** Only what is not zero: there is a record for each quarter of an hour. */
const metadataOf = ({ of }: QuarterHour, totals: Totals) => ({
  ...(totals.calls > 0 && { first_at: momentText(totals.first), last_at: momentText(totals.last) }),
  ...(of.mayBeCopy && { may_be_copy: true }),
  ...(totals.cacheWrite1h > 0 && { cache_write_1h_tokens: totals.cacheWrite1h }),
  ...(totals.reasoning > 0 && { reasoning_tokens: totals.reasoning }),
  ...(totals.searches > 0 && { web_searches: totals.searches }),
  ...(of.version !== null && { agent_version: of.version }),
  ...(totals.stated.length > 0 && { stated_cost_usd: sum(totals.stated).toFixed() }),
});

const momentText = (moment: number): string => new Date(moment).toISOString();

const unreadable = (agent: string, reason: string): UserError =>
  new UserError(
    "agent_log_unreadable",
    `A call in the log of ${agent} cannot be stored: ${reason}.`,
    `Leave that agent out, and please report it: aicost scan --agent NAME`,
  );
