/**
 * The signal of `AbortSignal.any` would not do: it may lose its time limit to the garbage collector.
 * @param late what the signal's reason is when time is up
 */
export const withTimeLimit = async <Result>(
  ms: number,
  outer: AbortSignal | null | undefined,
  late: () => Error,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> => {
  const stop = new AbortController();
  const onOuter = (): void => stop.abort(outer?.reason);
  const timer = setTimeout(() => stop.abort(late()), ms);
  outer?.addEventListener("abort", onOuter);
  if (outer?.aborted) onOuter();
  try {
    return await work(stop.signal);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener("abort", onOuter);
  }
};
