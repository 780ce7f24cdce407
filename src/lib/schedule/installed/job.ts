import type { Scheduler } from "../job.js";

/** A job that a scheduler has, as it was found there. */
export interface InstalledJob {
  scheduler: Scheduler;
  /** The program by its whole path, and its arguments; empty if another hand changed them so that they cannot be read. */
  program: string[];
  /** Why it does not run though it is installed, as the end of a sentence; null if nothing says so. */
  stopped: string | null;
  /** What the scheduler says of its last run; null if it says nothing, or the job has not run yet. */
  lastRun: LastRun | null;
}

export interface LastRun {
  /** As the scheduler writes it; null if it does not say. */
  at: string | null;
  /** How it failed, as the end of a sentence; null if it went well. */
  failure: string | null;
}
