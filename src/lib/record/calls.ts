/** What one call of a coding agent came to, as it is kept in the record of its quarter of an hour. */
export interface CallCounts {
  /** Milliseconds since 1970: the first time seen. */
  at: number;
  /** All input: plain, read from a cache and written to one. */
  input: number;
  /** All output, with `reasoning`. */
  output: number;
  cacheRead: number;
  /** For 5 minutes and for an hour. */
  cacheWrite: number;
  /** Part of `cacheWrite`. */
  cacheWrite1h: number;
  reasoning: number;
  /** Web searches that the provider bills by request. */
  searches: number;
  /** US dollars, decimal, as the log says it: kept, never counted. */
  statedCost: string | null;
}

/** What is kept of a call that turned out to be none: when it is seen again, it stays away. */
export type KeptCall = CallCounts | typeof WITHDRAWN;

export const WITHDRAWN = null;

const BETWEEN_CALLS = ",";
const WITHDRAWN_TEXT = "x";

/**
 * Calls as `cost_records.call_counts` has them, in order: of each the milliseconds since `start`, then the numbers in the order
 * of `CallCounts` without zeros at their end, then what the log says it cost.
 */
export const writtenCounts = (calls: Iterable<KeptCall>, start: number): string =>
  Array.from(calls, (call) => (call === WITHDRAWN ? WITHDRAWN_TEXT : writtenCall(call, start))).join(
    BETWEEN_CALLS,
  );

const writtenCall = (call: CallCounts, start: number): string => {
  const { at, input, output, cacheRead, cacheWrite, cacheWrite1h, reasoning, searches, statedCost } = call;
  const numbers = `${at - start} ${input} ${output} ${cacheRead} ${cacheWrite} ${cacheWrite1h} ${reasoning} ${searches}`;
  return statedCost === null ? numbers.replace(/(?: 0)+$/, "") : `${numbers} ${statedCost}`;
};

/** What `writtenCounts` wrote. */
export const readCounts = (text: string, start: number): KeptCall[] =>
  text === "" ? [] : text.split(BETWEEN_CALLS).map((call) => readCall(call, start));

const readCall = (text: string, start: number): KeptCall => {
  if (text === WITHDRAWN_TEXT) return WITHDRAWN;
  const parts = text.split(" ");
  const number = (place: number): number => Number(parts[place] ?? 0);
  return {
    at: start + number(0),
    input: number(1),
    output: number(2),
    cacheRead: number(3),
    cacheWrite: number(4),
    cacheWrite1h: number(5),
    reasoning: number(6),
    searches: number(7),
    statedCost: parts[8] ?? null,
  };
};
