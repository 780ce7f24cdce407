import type Native from "fs-native-extensions";
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import type { UserError } from "../errors.js";

/** Who holds the lock: written beside it for the others to read. */
interface Holder {
  pid: number;
  command: string;
  since: string;
}

export interface Lock {
  release(): void;
}

const POLL_MS = 100;

export interface LockOptions {
  command: string;
  waitMs: number;
  /** Called once when there is one to wait for. */
  onWait: (holder: string) => void;
  signal?: AbortSignal | undefined;
  inUse: (holder: string) => UserError;
}

/**
 * A lock across processes. It is the kernel's own file lock, so it ends with its process, however that dies, and a
 * process that is merely busy or asleep keeps it: no heartbeat, nothing to clean up, no take-over.
 * @param file created if it is missing. @throws what `inUse` makes, and the reason of `signal`
 */
export const takeLock = async (
  file: string,
  { command, waitMs, onWait, signal, inUse }: LockOptions,
): Promise<Lock> => {
  const { default: native } = await import("fs-native-extensions");
  const holderFile = `${file}.holder`;
  const descriptor = openSync(file, "a+", 0o600);
  const deadline = Date.now() + waitMs;
  let told = false;
  while (!native.tryLock(descriptor)) {
    const holder = describe(holderFile);
    if (signal?.aborted || Date.now() >= deadline) {
      closeSync(descriptor);
      throw signal?.aborted ? signal.reason : inUse(holder);
    }
    if (!told) onWait(holder);
    told = true;
    await sleep(POLL_MS);
  }
  const holder: Holder = { pid: process.pid, command, since: new Date().toISOString() };
  writeFileSync(holderFile, JSON.stringify(holder), { mode: 0o600 });
  return {
    release() {
      rmSync(holderFile, { force: true });
      native.unlock(descriptor);
      closeSync(descriptor);
    },
  };
};

/** How long the short work of others may take, and how often to look whether it is done. */
const SHORT_MS = { wait: 10_000, poll: 5 };

/**
 * For work of a few milliseconds. It waits for another process without giving way, so that nothing of this process
 * comes between either. @param file created if it is missing. @param busy what to throw if the other does not finish
 */
export const alone = <Result>(file: string, work: () => Result, busy: () => UserError): Result => {
  const deadline = Date.now() + SHORT_MS.wait;
  for (;;) {
    const done = ifFree(file, () => ({ result: work() }));
    if (done !== null) return done.result;
    if (Date.now() >= deadline) throw busy();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SHORT_MS.poll);
  }
};

/** Null if another process does such work. @param file created if it is missing; the work may keep something in it */
export const ifFree = <Result>(file: string, work: (descriptor: number) => Result): Result | null => {
  const native = createRequire(import.meta.url)("fs-native-extensions") as typeof Native;
  const descriptor = openSync(file, "a+", 0o600);
  try {
    return native.tryLock(descriptor) ? work(descriptor) : null;
  } finally {
    // The lock ends with it.
    closeSync(descriptor);
  }
};

/** To the minute, as it is written in Sweden: 2026-11-05 14:30. */
const localTime = (moment: string): string => new Date(moment).toLocaleString("sv-SE").slice(0, 16);

const describe = (holderFile: string): string => {
  try {
    const holder = JSON.parse(readFileSync(holderFile, "utf8")) as Holder;
    return `“aicost ${holder.command}” (process ${holder.pid}, since ${localTime(holder.since)})`;
  } catch {
    return "another aicost process";
  }
};
