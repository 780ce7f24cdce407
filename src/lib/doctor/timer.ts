import { existsSync } from "node:fs";
import path from "node:path";
import { installedJobs } from "../schedule/installed/index.js";
import type { InstalledJob } from "../schedule/installed/job.js";
import { jobName } from "../schedule/sync-job.js";
import { loadMemory } from "../scan/memory.js";
import { type Check, type Finding, ok, type Setup, unknown, warning, wrong } from "./check.js";

const INSTALL = "aicost sync --install";

/** Whether a timer runs `aicost sync`, whether what it runs is still there, and how its last run ended. */
export const timer: Check = {
  name: "timer",
  async look(setup) {
    const { machine } = setup;
    if (machine.platform === "win32") return unknown("the Task Scheduler of Windows is not looked at");
    const jobs = await installedJobs(jobName(setup.profile()), machine);
    const [job] = jobs;
    if (job === undefined)
      return (await collects(setup)) ? ok("none; you run aicost sync yourself", INSTALL) : null;
    return jobs.map(problemOf).find((problem) => problem !== null) ?? ok(summary(job));
  },
};

/** Whether there is a key to collect with, or logs that were scanned. */
const collects = async (setup: Setup): Promise<boolean> => {
  if (loadMemory(setup.dataDir, setup.profile().name) !== null) return true;
  const data = await setup.data().catch(() => null);
  const credentials = (await data?.call("list_credentials", {}))?.credentials ?? [];
  return credentials.some(({ is_active }) => is_active);
};

const problemOf = ({ scheduler, program, stopped, lastRun }: InstalledJob): Finding | null => {
  if (program.length === 0) return wrong(`what ${scheduler} runs cannot be read`, INSTALL);
  // Node, and the program that it runs.
  const gone = program.slice(0, 2).find((file) => path.isAbsolute(file) && !existsSync(file));
  if (gone !== undefined) return wrong(`${scheduler} runs ${gone}, which is no longer there`, INSTALL);
  if (stopped !== null) return wrong(`installed, but it does not run: ${stopped}`, INSTALL);
  if (lastRun === null || lastRun.failure === null) return null;
  const when = lastRun.at === null ? "" : ` (${lastRun.at})`;
  return warning(`the last run by ${scheduler} failed${when}: ${lastRun.failure}`, "aicost sync shows why");
};

const summary = ({ scheduler, lastRun }: InstalledJob): string => {
  const when = lastRun?.at ?? null;
  return when === null ? `${scheduler} runs aicost sync` : `${scheduler} runs aicost sync, last at ${when}`;
};
