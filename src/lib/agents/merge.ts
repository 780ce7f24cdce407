import type { AgentCall } from "./call.js";

/**
 * Two sights of one call as one: the larger numbers, the earlier time, and of several sessions that show it the one
 * that began first. Any order of any number of sights gives the same call.
 */
export const mergeCall = (one: AgentCall, other: AgentCall): AgentCall => {
  if (one.mayBeCopy !== other.mayBeCopy) return one.mayBeCopy ? other : one;
  const values = compare(weightOf(one), weightOf(other)) >= 0 ? one : other;
  const owner = compare(ownerOf(one), ownerOf(other)) <= 0 ? one : other;
  return {
    ...values,
    at: one.at <= other.at ? one.at : other.at,
    session: owner.session,
    sessionStart: owner.sessionStart,
    project: owner.project,
    paidBy: one.paidBy === other.paidBy ? one.paidBy : surer(one.paidBy, other.paidBy),
  };
};

type Part = string | number;

/** What was written last has the most output. */
const weightOf = ({ tokens, searches, model, provider, version, statedCost }: AgentCall): Part[] => [
  tokens.output,
  tokens.input,
  tokens.cacheRead,
  tokens.cacheWrite,
  tokens.cacheWrite1h,
  tokens.reasoning,
  searches,
  model ?? "",
  provider,
  version ?? "",
  statedCost ?? "",
];

/** Follows every time and every name: what nothing is known of comes last. */
const LAST = "\u{10ffff}";

const ownerOf = ({ sessionStart, session, project }: AgentCall): Part[] => [
  sessionStart ?? LAST,
  session ?? LAST,
  project ?? LAST,
];

const compare = (one: readonly Part[], other: readonly Part[]): number => {
  const at = one.findIndex((part, index) => part !== other[index]);
  return at === -1 ? 0 : (one[at] ?? "") < (other[at] ?? "") ? -1 : 1;
};

/** Evidence before none; if they differ, what shows no spend by mistake. */
const surer = (one: AgentCall["paidBy"], other: AgentCall["paidBy"]): AgentCall["paidBy"] =>
  one === null || other === null ? (one ?? other) : "plan";

/** The calls of one reading, each once. */
export class Calls {
  readonly #byKey = new Map<string, AgentCall>();

  add(call: AgentCall): void {
    const known = this.#byKey.get(call.key);
    this.#byKey.set(call.key, known ? mergeCall(known, call) : call);
  }

  delete(key: string): void {
    this.#byKey.delete(key);
  }

  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  list(): AgentCall[] {
    return [...this.#byKey.values()];
  }
}
