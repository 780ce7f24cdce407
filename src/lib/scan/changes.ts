import type { AgentCall } from "../agents/call.js";
import type { AgentReading } from "../agents/read-logs.js";
import { type CallCounts, WITHDRAWN } from "../record/calls.js";
import { callId } from "../record/record.js";
import type { Store } from "../store/store.js";
import { drained } from "../system/drained.js";
import type { PayerOf } from "./payment.js";
import { projectName, type ProjectNames } from "./project-name.js";
import { type QuarterHour, type QuarterOf, quarterOf } from "./quarter-hour.js";
import { Quarters } from "./quarters.js";

/** What a reading changes of what is stored of an agent. */
export interface Changes {
  /** Each as it is to be stored. */
  quarters: QuarterHour[];
  new_calls: number;
  /** Calls that were stored before and have more tokens by now. */
  grown_calls: number;
  /** Calls that were stored before and turned out to be none. */
  withdrawn_calls: number;
}

export interface ChangeOptions {
  payerOf: PayerOf;
  projectNames: ProjectNames;
  /** Nothing of the agent was ever stored. */
  isFirst: boolean;
}

/** The same for the same response, from any machine, folder or file, and by any name of its provider. */
const idOfCall = (agent: string, key: string): string => callId("", `agent:${agent}`, key);

/**
 * Compares what was read with what is stored: whatever became of the notes on the files, a call counts once. One that is
 * stored keeps its moment, and who used it and who pays, as they were first seen.
 * @param reading whose calls are taken from it, because many of them take much memory
 */
export const changesOf = async (
  store: Pick<Store, "call">,
  { agent, calls, withdrawn }: Pick<AgentReading, "calls" | "withdrawn"> & { agent: { id: string } },
  options: ChangeOptions,
): Promise<Changes> => {
  const quarters = new Quarters(agent.id);
  const idOf = (key: string): string => idOfCall(agent.id, key);
  const gone = withdrawn.map(idOf);
  if (!options.isFirst) {
    await quarters.loadCalls(store, [...calls.map(({ key }) => idOf(key)), ...gone]);
    const places = calls.flatMap((call) => {
      const id = idOf(call.key);
      const known = quarters.ofCall(id);
      return known === undefined || isFuller(call, known, id) ? [placeOf(call, known, options)] : [];
    });
    await quarters.loadPlaces(store, places);
  }
  const changes = { new_calls: 0, grown_calls: 0, withdrawn_calls: withdrawCalls(quarters, gone) };
  for (const call of drained(calls)) {
    const id = idOf(call.key);
    const known = quarters.ofCall(id);
    if (known === undefined) {
      quarters.at(placeOf(call, known, options)).put(id, countsOf(call, Date.parse(call.at)));
      changes.new_calls++;
    } else if (isFuller(call, known, id)) {
      raise(quarters, { id, call, known }, options);
      changes.grown_calls++;
    }
  }
  return { quarters: quarters.changed, ...changes };
};

const raise = (
  quarters: Quarters,
  { id, call, known }: { id: string; call: AgentCall; known: QuarterHour },
  options: ChangeOptions,
): void => {
  const of = placeOf(call, known, options);
  const first = isOriginal(call, known) ? undefined : known.calls.get(id)?.at;
  const counts = countsOf(call, first ?? Date.parse(call.at));
  if (of !== known.of) known.moveOut(id);
  (of === known.of ? known : quarters.at(of)).put(id, counts);
};

/** @returns how many counted */
const withdrawCalls = (quarters: Quarters, ids: readonly string[]): number => {
  let withdrawn = 0;
  for (const id of ids) {
    const known = quarters.ofCall(id);
    if (known === undefined || known.calls.get(id) === WITHDRAWN) continue;
    known.withdraw(id);
    withdrawn++;
  }
  return withdrawn;
};

/** What is known of the call may be a copy, and this is the original: it counts instead, with its own time, whatever it comes to. */
const isOriginal = ({ mayBeCopy }: AgentCall, known: QuarterHour): boolean =>
  known.of.mayBeCopy && !mayBeCopy;

const isFuller = (call: AgentCall, known: QuarterHour, id: string): boolean => {
  const stored = known.calls.get(id);
  if (stored === undefined || stored === WITHDRAWN) return false;
  if (call.mayBeCopy !== known.of.mayBeCopy) return isOriginal(call, known);
  return call.tokens.input + call.tokens.output > stored.input + stored.output;
};

/** Where a call belongs: in the quarter in which it is, if what it says now belongs there too. */
const placeOf = (
  call: AgentCall,
  known: QuarterHour | undefined,
  { payerOf, projectNames }: ChangeOptions,
): QuarterOf => {
  const { provider, model, version, mayBeCopy } = call;
  if (known === undefined || isOriginal(call, known)) {
    const project = projectName(call.project, projectNames);
    const start = quarterOf(Date.parse(call.at));
    return {
      start,
      provider,
      model,
      session: call.session,
      project,
      payer: payerOf(call),
      version,
      mayBeCopy,
    };
  }
  const { of } = known;
  const isSame =
    of.provider === provider && of.model === model && of.version === version && of.mayBeCopy === mayBeCopy;
  return isSame ? of : { ...of, provider, model, version, mayBeCopy };
};

/** Written out: a spread takes several times as long. */
const countsOf = ({ tokens, searches, statedCost }: AgentCall, at: number): CallCounts => ({
  at,
  input: tokens.input,
  output: tokens.output,
  cacheRead: tokens.cacheRead,
  cacheWrite: tokens.cacheWrite,
  cacheWrite1h: tokens.cacheWrite1h,
  reasoning: tokens.reasoning,
  searches,
  statedCost,
});
