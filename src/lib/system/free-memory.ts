import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Gives the memory of what is no longer used back at once. Node.js alone waits until its heap has grown a good deal, which it
 * cannot know to be too much beside the database in the same process. It takes some tens of milliseconds.
 */
export const freeMemory = (): void => {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  setFlagsFromString("--no-expose-gc");
};
