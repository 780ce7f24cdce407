import { closeSync, openSync } from "node:fs";
import { jsonIn } from "../system/json.js";
import type { LogFile } from "./agent.js";
import { chunksOf, eachMarkedLine } from "./lines.js";
import { unzstd } from "./zstd.js";

/** All lines of a log that have a mark and are whole, for a look at it beside the reading. */
export const eachValue = (file: LogFile, marks: readonly string[], use: (value: unknown) => void): void => {
  const descriptor = openSync(file.path, "r");
  try {
    const chunks = chunksOf(descriptor, 0);
    const useText = (text: string): void => {
      const value = jsonIn(text);
      if (value !== undefined) use(value);
    };
    eachMarkedLine(file.kind === "zstd-lines" ? unzstd(chunks) : chunks, {
      marks,
      line: useText,
      tooLong: () => undefined,
      tail: (tail) => useText(tail.toString("utf8")),
    });
  } finally {
    closeSync(descriptor);
  }
};
