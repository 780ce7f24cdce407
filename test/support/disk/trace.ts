import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

/** What a process did below a folder. Paths are relative to it. */
export type DiskEvent =
  | { op: "open"; id: string; file: string; makes: boolean; empties: boolean }
  /** `at` is null at the end of the file; `data` is where the bytes stand among the recorded ones, null for zeros. */
  | { op: "write"; id: string; at: number | null; length: number; data: number | null }
  | { op: "resize"; id?: string; file?: string; size: number }
  | { op: "sync"; id: string }
  | { op: "rename"; from: string; file: string }
  | { op: "remove"; file: string }
  | { op: "folder"; file: string }
  | { op: "print"; text: string };

/** What was recorded. */
export interface Trace {
  events: DiskEvent[];
  /** All bytes that were written, one after another. */
  data: Buffer;
}

const RECORDER = path.join(import.meta.dirname, "recorder.cjs");

/** Records a process of the program, and those after it, in the same place. @returns its environment */
export const recordedProcess = (root: string, target: string): Record<string, string> => {
  mkdirSync(target, { recursive: true });
  return {
    NODE_OPTIONS: `--require=${path.join(import.meta.dirname, "record-process.cjs")}`,
    AICOST_TEST_RECORDED: root,
    AICOST_TEST_RECORD: target,
  };
};

/** Records what this process does below a folder while it does some work. */
export const recorded = (root: string, target: string, work: () => void): Trace => {
  mkdirSync(target, { recursive: true });
  const { record } = createRequire(import.meta.url)(RECORDER) as {
    record: (root: string, target: string) => { stop: () => void };
  };
  const { stop } = record(root, target);
  try {
    work();
  } finally {
    stop();
  }
  return readTrace(target);
};

export const readTrace = (target: string): Trace => ({
  events: readFileSync(path.join(target, "events.ndjson"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as DiskEvent),
  data: readFileSync(path.join(target, "data")),
});
