import { ftruncateSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { ifFree } from "../system/lock.js";
import { PACKAGE_ROOT, programIn } from "../system/package-root.js";

/** Prompts refresh once a minute at most, and wait twice as long after each refresh that brought nothing new. */
const PAUSE_MS = { least: 60_000, most: 3_600_000 };

interface Start {
  /** In milliseconds. */
  at: number;
  /** How long to wait before the next one, in milliseconds. */
  pause: number;
  /** What was known then: it changes if a refresh brings something new. */
  known: string | null;
}

/**
 * It writes a note, so that only one process starts a refresh; if the note cannot be written, none does.
 * @param known when the known figures were current
 */
export const mayRefresh = (dataDir: string, known: string | null, now: number): boolean => {
  try {
    const noted = ifFree(join(dataDir, "prompt-refresh"), (descriptor) => {
      const last = lastStart(descriptor);
      // Concurrent processes may read the clock in another order than they come here. A start further in the future was
      // noted before the clock was set back.
      if (last !== null && Math.abs(now - last.at) < last.pause) return false;
      const isInVain = last !== null && last.known === known;
      const pause = isInVain ? Math.min(last.pause * 2, PAUSE_MS.most) : PAUSE_MS.least;
      note(descriptor, { at: now, pause, known });
      return true;
    });
    return noted ?? false;
  } catch {
    // No folder, no permission, or a full disk.
    return false;
  }
};

const lastStart = (descriptor: number): Start | null => {
  try {
    const start = JSON.parse(readFileSync(descriptor, "utf8")) as Start;
    const { at, pause } = start;
    return typeof at === "number" && pause >= PAUSE_MS.least && pause <= PAUSE_MS.most ? start : null;
  } catch {
    // No note yet, or an incomplete one.
    return null;
  }
};

const note = (descriptor: number, start: Start): void => {
  ftruncateSync(descriptor);
  writeSync(descriptor, JSON.stringify(start), 0);
};

export const startRefresh = async (profile: string): Promise<void> => {
  const { spawn } = await import("node:child_process");
  spawn(process.execPath, [programIn(PACKAGE_ROOT), "today", "--quiet", "--profile", profile], {
    env: { ...process.env, AICOST_WAIT: "0" },
    detached: true,
    stdio: "ignore",
    windowsHide: true,
  })
    // If the machine cannot start a process, the prompt stays as it is.
    .on("error", () => undefined)
    .unref();
};
