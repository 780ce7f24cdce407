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
