import type { AgentSession } from "../api.js";
import { decimal, plain, sum } from "../money.js";
import { wholePattern } from "../reports/patterns.js";

export const SESSION_SORTS = ["worth", "length", "calls", "tokens", "start"] as const;
export type SessionSort = (typeof SESSION_SORTS)[number];

/** A session of a coding agent, as a list shows it. */
export interface ListedSession extends AgentSession {
  /** From the first to the last call. */
  minutes: number;
  tokens: number;
  /** At list price, US dollars: what a plan includes, and estimates. Null if no call has a price. */
  worth_usd: string | null;
}

export interface SessionFilters {
  agents?: readonly string[];
  /** Names or globs; case does not matter. */
  projects?: readonly string[];
}

/** The sessions that fit, the highest or latest first. */
export const listedSessions = (
  sessions: readonly AgentSession[],
  { agents, projects }: SessionFilters,
  sort: SessionSort,
): ListedSession[] => {
  const patterns = projects?.map(wholePattern);
  return sessions
    .filter(
      ({ agent, project }) =>
        (agents?.includes(agent) ?? true) &&
        (patterns?.some((pattern) => project !== null && pattern.test(project)) ?? true),
    )
    .map(listed)
    .sort(ORDERS[sort]);
};

const listed = (session: AgentSession): ListedSession => {
  const { first_at, last_at, included_usd, estimated_usd, unpriced_tokens } = session;
  const tokens = session.input_tokens + session.output_tokens;
  return {
    ...session,
    minutes: Math.round((Date.parse(last_at) - Date.parse(first_at)) / 60_000),
    tokens,
    worth_usd: tokens > 0 && unpriced_tokens === tokens ? null : plain(sum([included_usd, estimated_usd])),
  };
};

const byStart = (a: ListedSession, b: ListedSession): number =>
  Date.parse(b.first_at) - Date.parse(a.first_at);

const by =
  (valueOf: (session: ListedSession) => number) =>
  (a: ListedSession, b: ListedSession): number =>
    valueOf(b) - valueOf(a) || byStart(a, b);

const ORDERS: Record<SessionSort, (a: ListedSession, b: ListedSession) => number> = {
  worth: (a, b) => decimal(b.worth_usd ?? "0").cmp(a.worth_usd ?? "0") || byStart(a, b),
  length: by(({ minutes }) => minutes),
  calls: by(({ calls }) => calls),
  tokens: by(({ tokens }) => tokens),
  start: byStart,
};
