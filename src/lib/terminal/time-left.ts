/** Below this part of the work, how fast it goes is not known yet. */
const LEAST_DONE = 0.05;

/**
 * How long work still takes if it goes on as it did so far, in steps that grow with it, so that it does not jump; empty
 * at its beginning. @param elapsed milliseconds
 */
export const timeLeft = (done: number, total: number, elapsed: number): string => {
  if (done <= 0 || done >= total || done / total < LEAST_DONE) return "";
  const seconds = ((elapsed / done) * (total - done)) / 1000;
  if (seconds < 10) return `${Math.ceil(seconds)} s left`;
  if (seconds < 90) return `${Math.ceil(seconds / 5) * 5} s left`;
  return `${Math.ceil(seconds / 60)} min left`;
};
