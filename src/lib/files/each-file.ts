import type { WithProgress } from "../terminal/progress.js";

export interface EachFileOptions {
  /** Stops the work between two pieces of a file. */
  signal: AbortSignal;
  progress: WithProgress;
}

/** @param work calls `onProgress` with how far it has read its file; this throws if the user has stopped the command */
export const eachFile = <Item extends { size: number }, Result>(
  label: string,
  items: readonly Item[],
  { signal, progress }: EachFileOptions,
  work: (item: Item, onProgress: (bytesRead: number) => void) => Promise<Result>,
): Promise<Result[]> => {
  const total = items.reduce((sum, { size }) => sum + size, 0);
  return progress(label, total, async (onProgress) => {
    const results: Result[] = [];
    let before = 0;
    for (const item of items) {
      const onBytes = (bytesRead: number): void => {
        signal.throwIfAborted();
        onProgress(before + bytesRead);
      };
      results.push(await work(item, onBytes));
      before += item.size;
    }
    return results;
  });
};
