/** One completed API response, as the log of a coding agent tells it. No text of a conversation is in it. */
export interface AgentCall {
  /**
   * What makes it this call, in the words of its agent: from the response itself, never from a file, a line or a
   * session, so that a copy of a log, a fork or another machine gives the same call.
   */
  key: string;
  /** RFC 3339 in UTC: the first time seen, which is kept for ever. */
  at: string;
  /** `providers.name` of who would bill it. */
  provider: string;
  /** As the log has it; null if it names none. */
  model: string | null;
  /** Who used it, not what it is: see `mergeCall` for a call that several sessions show. */
  session: string | null;
  /** RFC 3339 in UTC: when that session began, if its log says so. To be kept beside the call, for `mergeCall`. */
  sessionStart: string | null;
  /** The folder the agent worked in, whole. */
  project: string | null;
  tokens: CallTokens;
  /** Web searches that the provider bills by request. */
  searches: number;
  /** The agent's own version. */
  version: string | null;
  /** Whether a plan covers it or a key pays for it, if the log itself or the agent's settings tell; else null. */
  paidBy: "plan" | "key" | null;
  /** US dollars, decimal, as the log says it: kept, never counted. */
  statedCost: string | null;
  /**
   * It was seen only where an agent also writes copies of calls, with other numbers and times. Once the original is
   * seen, that counts instead. To be kept beside the call, for `mergeCall`.
   */
  mayBeCopy: boolean;
}

/** All input and all output, with what is part of them. */
export interface CallTokens {
  /** Plain, read from a cache and written to one. */
  input: number;
  cacheRead: number;
  /** For 5 minutes and for an hour. */
  cacheWrite: number;
  cacheWrite1h: number;
  /** With what the model thought. */
  output: number;
  reasoning: number;
}
