import type { StoredCall } from "../api.js";
import type { AgentCall } from "../agents/call.js";
import type { Store } from "../store/store.js";
import { idOfCall } from "./call-record.js";

/** A call that is not stored yet, or that has grown since. */
export interface FreshCall {
  call: AgentCall;
  /** What is stored of it so far. */
  stored?: StoredCall;
}

/** Ids that are asked about at once. */
const AT_ONCE = 5000;

/** Leaves out what is stored as full as it is: whatever became of the notes on the files, a call counts once. */
export const freshCalls = async (
  store: Pick<Store, "call">,
  agent: string,
  calls: readonly AgentCall[],
): Promise<FreshCall[]> => {
  const fresh: FreshCall[] = [];
  for (let start = 0; start < calls.length; start += AT_ONCE) {
    const asked = calls
      .slice(start, start + AT_ONCE)
      .map((call) => ({ call, id: idOfCall(agent, call.key) }));
    const stored = await store.call("find_calls", { ids: asked.map(({ id }) => id) });
    for (const { call, id } of asked) {
      const known = stored[id];
      if (known === undefined) fresh.push({ call });
      else if (isFuller(call, known)) fresh.push({ call, stored: known });
    }
  }
  return fresh;
};

/** The original of what may be a copy counts instead of it, whatever it comes to. */
const isFuller = ({ tokens, mayBeCopy }: AgentCall, stored: StoredCall): boolean =>
  mayBeCopy === stored.may_be_copy ? tokens.input + tokens.output > stored.tokens : !mayBeCopy;

/**
 * Takes back calls that an earlier scan stored and that turned out to be none: what a fork repeats of a log that was not
 * there yet, or a message that was still being written.
 * @returns how many counted
 */
export const takeBack = async (
  store: Pick<Store, "call">,
  agent: string,
  keys: readonly string[],
): Promise<number> => {
  let taken = 0;
  for (let start = 0; start < keys.length; start += AT_ONCE) {
    const ids = keys.slice(start, start + AT_ONCE).map((key) => idOfCall(agent, key));
    taken += await store.call("withdraw_calls", { ids });
  }
  return taken;
};
