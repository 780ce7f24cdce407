import { ftruncateSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { ifFree } from "../system/lock.js";
import { PACKAGE_ROOT, programIn } from "../system/package-root.js";

/** A minute lies between two refreshes that prompts start, and twice as much after each that brought nothing new. */
const PAUSE_MS = { least: 60_000, most: 3_600_000 };

/** The last refresh that a prompt started. */
interface Start {
  /** When, in milliseconds. */
  at: number;
  /** How long to wait with the next one. */
  pause: number;
  /** What was known then: a refresh that brought something new has changed it. */
  known: string | null;
}

/**
 * Whether this process, and no other one, is to start a refresh now. It notes that it does, so where nothing can be
 * noted, nobody starts any.
 * @param known when what is known was learned
 */
export const mayRefresh = (dataDir: string, known: string | null, now: number): boolean => {
  try {
    const noted = ifFree(join(dataDir, "prompt-refresh"), (descriptor) => {
      const last = lastStart(descriptor);
      // Of processes at once, one may have looked at the clock before another did, and come here after it. A start that
      // lies further in the future was noted before the clock was set back.
      if (last !== null && Math.abs(now - last.at) < last.pause) return false;
      const isInVain = last !== null && last.known === known;
      const pause = isInVain ? Math.min(last.pause * 2, PAUSE_MS.most) : PAUSE_MS.least;
      note(descriptor, { at: now, pause, known });
      return true;
    });
    return noted ?? false;
  } catch {
    // A folder that is not there or may not be written, a full disk.
    return false;
  }
};

const lastStart = (descriptor: number): Start | null => {
  try {
    const start = JSON.parse(readFileSync(descriptor, "utf8")) as Start;
    const { at, pause } = start;
    return typeof at === "number" && pause >= PAUSE_MS.least && pause <= PAUSE_MS.most ? start : null;
  } catch {
    // None yet, or one that was cut short.
    return null;
  }
};

const note = (descriptor: number, start: Start): void => {
  ftruncateSync(descriptor);
  writeSync(descriptor, JSON.stringify(start), 0);
};

/** Lets `aicost today` learn in the background what prompts show. It does not wait for another process either. */
export const startRefresh = async (profile: string): Promise<void> => {
  const { spawn } = await import("node:child_process");
  spawn(process.execPath, [programIn(PACKAGE_ROOT), "today", "--quiet", "--profile", profile], {
    env: { ...process.env, AICOST_WAIT: "0" },
    detached: true,
    stdio: "ignore",
    windowsHide: true,
  })
    // A machine that cannot start a process has other worries.
    .on("error", () => undefined)
    .unref();
};
