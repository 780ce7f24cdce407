import { readFileSync, statSync } from "node:fs";

/** A file, or a link to one. Opening a pipe waits until somebody writes to it, and a device may never end. */
export const isPlainFile = (path: string): boolean => {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

/** The text of a file beside the logs; undefined if there is none that can be read. */
export const textIn = (path: string): string | undefined => {
  try {
    return isPlainFile(path) ? readFileSync(path, "utf8") : undefined;
  } catch {
    return undefined;
  }
};
