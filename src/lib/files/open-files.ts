import { closeSync, openSync, readSync } from "node:fs";
import { type Opened, START_BYTES, versionOf } from "../csv/decode.js";
import { systemCode } from "../errors.js";
import type { Source } from "./source.js";

/** Systems limit how many files a process may have open. What is beyond this is opened again when it is read. */
const MOST_OPEN = 500;

/** Files that are opened once, and stay open until all of them are read. */
export class OpenFiles {
  readonly #descriptors: number[] = [];

  /** A file that cannot be opened is refused when it is read. */
  open(source: Source): Source {
    try {
      return { ...source, opened: this.#look(source.path) };
    } catch (error) {
      if (systemCode(error) === undefined) throw error;
      return source;
    }
  }

  close(): void {
    for (const descriptor of this.#descriptors.splice(0)) closeSync(descriptor);
  }

  #look(path: string): Opened {
    const descriptor = openSync(path, "r");
    let isKept = false;
    try {
      const version = versionOf(descriptor);
      const start = startOf(descriptor, START_BYTES);
      isKept = start.length === START_BYTES && this.#descriptors.length < MOST_OPEN;
      if (isKept) this.#descriptors.push(descriptor);
      return { start, descriptor: isKept ? descriptor : undefined, version };
    } finally {
      if (!isKept) closeSync(descriptor);
    }
  }
}

const startOf = (descriptor: number, most: number): Buffer => {
  const bytes = Buffer.alloc(most);
  let length = 0;
  for (let read = -1; read !== 0 && length < most; length += read) {
    read = readSync(descriptor, bytes, length, most - length, length);
  }
  // A short file does not keep the whole buffer in memory.
  return length < most ? Buffer.from(bytes.subarray(0, length)) : bytes;
};

/** Of a file that is not open; none if it cannot be read, which reading it then says. */
export const firstBytes = (path: string, most: number): Buffer => {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, "r");
    return startOf(descriptor, most);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return Buffer.of();
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
};
