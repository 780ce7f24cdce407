import type { Progress } from "../terminal/progress.js";

export interface WatchOptions {
  /** Stops the work between two pieces of a file. */
  signal: AbortSignal;
  /** Shows how far the reading of some bytes is. */
  progress: (label: string, bytes: number) => Promise<Progress>;
}

/** Works on files one by one, shows how many of their bytes are done, and stops if it is told to. */
export const eachFile = async <Item extends { size: number }, Result>(
  label: string,
  items: readonly Item[],
  { signal, progress }: WatchOptions,
  work: (item: Item, onProgress: (bytesRead: number) => void) => Promise<Result>,
): Promise<Result[]> => {
  const bar = await progress(
    label,
    items.reduce((sum, { size }) => sum + size, 0),
  );
  const results: Result[] = [];
  let before = 0;
  try {
    for (const item of items) {
      const start = before;
      const onProgress = (bytesRead: number) => {
        signal.throwIfAborted();
        bar.to(start + bytesRead);
      };
      results.push(await work(item, onProgress));
      before += item.size;
    }
  } finally {
    bar.stop();
  }
  return results;
};
