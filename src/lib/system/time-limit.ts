/**
 * The signal of `AbortSignal.any` would not do: it may lose its time limit to the garbage collector.
 * @param late what the signal's reason is when time is up
 * @param work is given what begins the time limit again, with as many milliseconds
 */
export const withTimeLimit = async <Result>(
  ms: number,
  outer: AbortSignal | null | undefined,
  late: () => Error,
  work: (signal: AbortSignal, again: (ms: number) => void) => Promise<Result>,
): Promise<Result> => {
  const stop = new AbortController();
  const onOuter = (): void => stop.abort(outer?.reason);
  const begin = (limit: number) => setTimeout(() => stop.abort(late()), limit);
  let timer = begin(ms);
  const again = (limit: number): void => {
    clearTimeout(timer);
    timer = begin(limit);
  };
  outer?.addEventListener("abort", onOuter);
  if (outer?.aborted) onOuter();
  try {
    return await work(stop.signal, again);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener("abort", onOuter);
  }
};
