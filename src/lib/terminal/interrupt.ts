import { interrupted } from "../errors.js";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * A signal stops the work in order, so that what it opened is closed. A second one ends the process at once.
 * @param work asks the signal wherever it can stop: `signal.throwIfAborted()`
 * @param remains what is left when it is stopped, as a sentence. @throws UserError `interrupted`
 */
export const interruptible = async <Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  remains = "Nothing was written.",
): Promise<Result> => {
  const stop = new AbortController();
  const onInterrupt = () => stop.abort(interrupted(`Stopped. ${remains}`));
  for (const signal of SIGNALS) process.once(signal, onInterrupt);
  try {
    return await work(stop.signal);
  } finally {
    for (const signal of SIGNALS) process.removeListener(signal, onInterrupt);
  }
};
