import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Node.js 20 knows no options, and gives back what it has collected the second time. */
const WAYS = [undefined, undefined, { type: "major", execution: "sync", flavor: "last-resort" }] as const;

/**
 * Gives the memory of what is no longer used back at once. Node.js alone waits until its heap has grown a good deal, which it
 * cannot know to be too much beside the database in the same process. It takes some tenths of a second.
 */
export const freeMemory = (): void => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as (options?: (typeof WAYS)[number]) => void;
  setFlagsFromString("--no-expose-gc");
  for (const way of WAYS) collect(way);
};

/**
 * The heap may grow by 30 percent until it is collected again; its part for new objects, of thirty megabytes or of a hundred in
 * Node.js 24, no more. By itself Node.js lets it grow to several times what is used.
 */
const SPARING = ["--heap-growing-percent=30", "--semi-space-growth-factor=1"];

/**
 * For long work: has Node.js collect sooner what is no longer used. To be called again when another thread has started, for
 * which it lets new objects have more room again.
 */
export const keepHeapSmall = (): void => SPARING.forEach((flag) => setFlagsFromString(flag));
